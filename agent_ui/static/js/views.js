// Which pane is on the screen where there is room for one, and which colours.
const EDGE = 8;

function show(view, target) {
  document.body.dataset.view = view;
  document.getElementById(target).focus({ preventScroll: true });
}

// On a narrow screen this is among what is done less often, which is hidden.
export function showMore(element) {
  const more = element.closest(".more-ways");
  more?.parentElement.querySelector("[data-more-actions]").setAttribute("aria-expanded", "true");
}

// Why the conversation is here stands far below in its pane.
function showWhy() {
  const why = document.getElementById("why");
  document.body.dataset.view = "side";
  why.open = true;
  why.querySelector("summary").focus({ preventScroll: true });
  why.scrollIntoView();
}

// What is still to be done, and looked at before it is ticked.
export function showStep() {
  document.body.dataset.view = "side";
  document.querySelector("[data-steps] button[value=done]")?.focus();
}

function onClick(event) {
  if (event.target.closest("[data-to-side]")) {
    event.preventDefault();
    show("side", "side");
  } else if (event.target.closest("[data-to-why]")) {
    event.preventDefault();
    showWhy();
  } else if (event.target.closest("[data-to-steps]")) {
    event.preventDefault();
    showStep();
  } else if (event.target.closest("[data-more-actions]")) {
    const button = event.target.closest("[data-more-actions]");
    button.setAttribute("aria-expanded", String(button.ariaExpanded !== "true"));
  } else if (event.target.closest("[data-from-side]")) {
    event.preventDefault();
    show("conversation", "talk");
  }
}

function showTheme() {
  const chosen = document.documentElement.dataset.theme;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
  }
}

function chooseTheme(event) {
  const choice = event.target.closest("[data-theme-choice]")?.dataset.themeChoice;
  if (choice === undefined) return;
  document.documentElement.dataset.theme = choice;
  localStorage.setItem("theme", choice);
  showTheme();
}

export function listenToThemes() {
  document.getElementById("themes").addEventListener("click", chooseTheme);
  showTheme();
}

// A menu that would lie beyond an edge of its pane is moved back.
function keepInside({ target: menu }) {
  const pane = menu.matches("details.menu[open]") && menu.closest(".pane");
  const body = pane && menu.querySelector(":scope > .menu-body");
  if (!body) return;
  body.style.translate = "";
  const [room, at] = [pane, body].map((one) => one.getBoundingClientRect());
  const before = room.left + EDGE - at.left;
  const beyond = at.right + EDGE - room.right;
  if (before > 0) body.style.translate = `${before}px`;
  else if (beyond > 0) body.style.translate = `${-beyond}px`;
}

export function listenToViews() {
  document.addEventListener("click", onClick);
  document.addEventListener("toggle", keepInside, { capture: true });
  listenToThemes();
}
