// Shows what comes in: asks whether something changed, and takes over the changed parts.

const PAUSE = 1500;
const place = document.querySelector("[data-version]");
const news = document.querySelector("[data-news]");

/** Whether somebody is writing here, so that it must stay as it is. */
function busy(part) {
  const field = part.querySelector("textarea");
  return field && (field === document.activeElement || field.value !== field.defaultValue);
}

/** Takes over the fresh content; a link that has the focus keeps it. */
function replace(part, fresh) {
  const focused = part.contains(document.activeElement) && document.activeElement.getAttribute("href");
  part.replaceChildren(...fresh.childNodes);
  if (focused) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

async function update() {
  const response = await fetch(location.href);
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(part.id);
    if (fresh && part.innerHTML !== fresh.innerHTML && !busy(part)) replace(part, fresh);
  }
  news.textContent = "";
  news.textContent = news.dataset.news;
}

async function keepFresh() {
  try {
    if (!document.hidden) {
      const { version } = await (await fetch(place.dataset.versionAt)).json();
      if (String(version) !== place.dataset.version) {
        await update();
        place.dataset.version = version;
      }
    }
  } catch {
    // Loket is being started again; the next round finds it.
  }
  setTimeout(keepFresh, PAUSE);
}
setTimeout(keepFresh, PAUSE);
