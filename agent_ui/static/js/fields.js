// Fields of the customer are changed one by one, in their place: what stands in the others stays.
import { fetchPart } from "./parts.js";

const ROW = "[data-field]";
let sending = false;

const rowOf = (root, name) =>
  [...root.querySelectorAll(ROW)].find((row) => row.dataset.field === name);

// Puts what is new on the screen, but for lines that somebody is changing, and `mine` in any case.
export function refreshFields(page, mine = "") {
  const shown = document.querySelector("[data-fields]");
  const fresh = page.querySelector("[data-fields]");
  if (!shown || !fresh || shown.dataset.fields !== fresh.dataset.fields) return;
  for (const row of shown.querySelectorAll(ROW)) {
    const name = row.dataset.field;
    const other = rowOf(fresh, name);
    const isOpen = row.querySelector("details[open]") !== null;
    if (other && (name === mine || (!isOpen && row.dataset.value !== other.dataset.value))) {
      row.replaceWith(other);
    }
  }
  const group = document.querySelector("[data-which-group]");
  const freshGroup = page.querySelector("[data-which-group]");
  if (mine && group && freshGroup && !group.open) group.replaceWith(freshGroup);
}

async function send(form) {
  const name = form.closest(ROW).dataset.field;
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetchPart(form.getAttribute("action"), { method: "POST", body });
  if (!answer) return;
  refreshFields(answer.page, name);
  const row = rowOf(document, name);
  const wrong = row?.querySelector("[aria-invalid]");
  (wrong ?? row?.querySelector("summary"))?.focus();
}

function onSubmit(event) {
  const { target: form, submitter } = event;
  if (!form.hasAttribute("data-field-form")) return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  submitter?.setAttribute("aria-busy", "true");
  send(form).finally(() => {
    sending = false;
    submitter?.removeAttribute("aria-busy");
  });
}

// Opened, the first thing to type in has the keyboard; Escape leaves it as it was.
function onToggle(event) {
  if (!event.target.matches?.(".field-edit[open]")) return;
  event.target.querySelector("form :is(input:not([type=hidden]), select, textarea)")?.focus();
}

function onKey(event) {
  const edit = event.key === "Escape" && event.target.closest?.(".field-edit[open]");
  if (!edit) return;
  event.stopPropagation();
  edit.querySelector("form").reset();
  edit.open = false;
  edit.querySelector("summary").focus();
}

export function watchFields() {
  document.addEventListener("submit", onSubmit);
  document.addEventListener("toggle", onToggle, true);
  document.addEventListener("keydown", onKey, true);
}
