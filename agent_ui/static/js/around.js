// What stands around what is said and changes with it: over what to answer, and beside it who the
// customer is, where they are, what must be known, which clocks run. Put in place anew, unless
// somebody is at it.
import { showTimes } from "./times.js";

export function refreshAround(page) {
  const composer = document.querySelector("loket-composer");
  const other = page.querySelector("loket-composer");
  if (composer && composer.dataset.id !== other?.dataset.id) return;
  composer?.followCustomer(other);
  for (const shown of document.querySelectorAll("#side [data-beside]")) {
    const fresh = page.querySelector(`#side [data-beside="${shown.dataset.beside}"]`);
    if (!fresh || isInUse(shown)) continue;
    shown.replaceWith(fresh);
    showTimes(fresh);
  }
}

// The keyboard is in it, something was unfolded, or typed and not kept yet.
function isInUse(part) {
  const typed = [...part.querySelectorAll("input, textarea, select")];
  const isOpen = part.querySelector("details[open]:not([data-opens])") !== null;
  return isOpen || part.contains(document.activeElement) || typed.some(isChanged);
}

function isChanged(field) {
  if (field.options) return [...field.options].some((one) => one.selected !== one.defaultSelected);
  return field.value !== field.defaultValue || field.checked !== field.defaultChecked;
}
