// Copy buttons, and the state of the traffic generator as it is now.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const text = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = text; }, 1500);
  });
}

const PAUSE = 2000;
const form = document.querySelector("[data-traffic]");
const problem = document.querySelector("[data-problem]");

function show(state) {
  for (const button of form.elements) {
    button.setAttribute("aria-pressed", String(Number(button.value) === state.per_minute));
  }
  for (const count of document.querySelectorAll("[data-count]")) {
    count.textContent = state[count.dataset.count];
  }
  if (problem.textContent !== state.problem) problem.textContent = state.problem;
}

async function refresh() {
  const response = await fetch("/demo/traffic");
  if (response.ok) show(await response.json());
}

// Without a script the form reloads the page; with one the focus stays where it is.
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new URLSearchParams({ per_minute: event.submitter.value });
  await fetch(form.action, { method: "POST", body, redirect: "manual" });
  await refresh();
});

async function keepFresh() {
  if (!document.hidden) await refresh().catch(() => {});
  setTimeout(keepFresh, PAUSE);
}
keepFresh();
