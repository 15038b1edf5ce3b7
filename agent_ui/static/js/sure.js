// What cannot be taken back: a first press makes the button ask, a second one does it.
function ask(button) {
  const before = [...button.childNodes];
  button.dataset.asks = "yes";
  button.setAttribute("aria-live", "assertive");
  button.textContent = button.dataset.sure;
  button.addEventListener("blur", () => {
    delete button.dataset.asks;
    button.removeAttribute("aria-live");
    button.replaceChildren(...before);
  }, { once: true });
}

function onSubmit(event) {
  const { submitter: button } = event;
  if (!button?.dataset.sure || button.dataset.asks) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ask(button);
}

export function askWhetherSure() {
  document.addEventListener("submit", onSubmit, { capture: true });
}
