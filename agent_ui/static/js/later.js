// Fills the long list of a menu when the menu is opened: what nobody opens costs nothing.
import { fetchPart } from "./parts.js";

// The menus whose list is on its way, with when it is there.
const coming = new Map();

async function load(menu) {
  const list = menu.querySelector("select");
  list.setAttribute("aria-busy", "true");
  list.form.noValidate = true; // what is to be chosen may not be there yet
  const answer = await fetchPart(menu.dataset.later);
  list.form.noValidate = false;
  list.removeAttribute("aria-busy");
  const whole = answer?.page.querySelector("select");
  if (!whole) return; // it is asked for again when the menu is opened again
  delete menu.dataset.later;
  const chosen = list.value;
  list.replaceChildren(...whole.children);
  list.value = chosen;
  // What was typed meanwhile narrows all that is there now.
  menu.querySelector("[data-topic-filter] input")?.dispatchEvent(new Event("input", { bubbles: true }));
}

// Whoever opens a menu and goes on typing calls this: the browser tells of it only a while later.
export function fill(menu) {
  if (!menu.open || !menu.dataset.later || coming.has(menu)) return;
  coming.set(menu, load(menu).finally(() => coming.delete(menu)));
}

const onToggle = ({ target }) => fill(target);

// Who is faster than the list has their choice sent when it is there.
function onSubmit(event) {
  const { target: form, submitter } = event;
  const whole = coming.get(form.closest("details"));
  if (!whole) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  whole.then(() => form.isConnected && form.requestSubmit(submitter));
}

export function fillMenus() {
  document.addEventListener("toggle", onToggle, { capture: true });
  document.addEventListener("submit", onSubmit, { capture: true });
}
