// Keeps what people type and do in a session: each field by itself, as it is typed.
import { sayUnreachable, toast } from "./notices.js";
import { board, go, refresh } from "./workshop-live.js";
import { put } from "./workshop-outbox.js";

const PAUSE = 700;
const FIELD = '[name^="w:"]';
const timers = new WeakMap();

export function listenToWriting() {
  document.addEventListener("input", onInput);
  document.addEventListener("change", onChange);
  document.addEventListener("keydown", onEnter);
  document.addEventListener("paste", onPaste);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("click", onClick);
}

function onInput({ target }) {
  if (!target.matches(FIELD)) return;
  grow(target);
  mark(target);
  if (!target.matches("[type=checkbox], [type=date], select")) {
    clearTimeout(timers.get(target));
    timers.set(target, setTimeout(() => save(target), PAUSE));
  }
}

// From the first letter on this field is being written: `base` is the board as it was then.
function mark(field) {
  if (field.dataset.dirty) return;
  field.dataset.dirty = "yes";
  field.dataset.base = board().dataset.number;
}

function onChange({ target }) {
  if (!target.matches(FIELD)) return;
  mark(target);
  save(target);
}

async function save(field) {
  clearTimeout(timers.get(field));
  if (!field.dataset.dirty) return;
  const { value } = field;
  const base = field.dataset.base;
  await put(board().dataset.address, [["at", base], ...pairs(field)]);
  if (field.value !== value) return;
  delete field.dataset.dirty;
  delete field.dataset.base;
}

// A list is all its boxes.
function pairs(field) {
  if (field.type !== "checkbox") return [[field.name, field.value]];
  const boxes = [...field.form.querySelectorAll(`[name="${CSS.escape(field.name)}"]`)];
  return boxes.filter((box) => box.type === "hidden" || box.checked).map((box) => [box.name, box.value]);
}

function onEnter(event) {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches?.(`input${FIELD}, textarea${FIELD}`)) return;
  event.preventDefault();
  save(event.target);
}

// A list from a spreadsheet makes a card of each line.
function onPaste(event) {
  if (!event.target.matches?.("[data-lines]")) return;
  const lines = event.clipboardData.getData("text/plain");
  if (!lines.trim().includes("\n")) return;
  event.preventDefault();
  add(event.target.form, lines);
}

function add(form, written) {
  if (!written.trim()) return;
  const hidden = [...form.querySelectorAll("[type=hidden]")].map((field) => [field.name, field.value]);
  const act = form.querySelector("button[name=act]").value;
  put(board().dataset.address, [...kept(hidden), ["act", act], ["text", written]]);
}

function kept(pairs) {
  return pairs.filter(([name]) => !["form_token", "back"].includes(name) && !name.startsWith("w:"));
}

function onSubmit(event) {
  const { target: form, submitter } = event;
  if (form.matches("[data-add]")) {
    event.preventDefault();
    const field = form.querySelector("[name=text]");
    add(form, field.value);
    field.value = "";
    field.focus();
  } else if (form.matches("[data-changes]")) {
    event.preventDefault();
    const data = [...new FormData(form, submitter)];
    if (submitter?.hasAttribute("formaction") || !form.action.endsWith("/changes")) command(form, submitter, data);
    else if (submitter?.name === "act") put(board().dataset.address, kept(data));
  } else if (form.matches("[data-go-form]")) {
    event.preventDefault();
    go(`?${new URLSearchParams(new FormData(form))}`);
  }
}

// What the facilitator does is done now or not at all.
async function command(form, submitter, data) {
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  try {
    const response = await fetch(action, { method: "POST", headers: { "X-Loket-Part": "1" }, body: new URLSearchParams(data) });
    if (!response.ok) toast((await response.json()).detail);
  } catch {
    sayUnreachable();
  }
  refresh();
}

function onClick(event) {
  const link = event.target.closest("a[data-go]");
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!link || !plain) return;
  event.preventDefault();
  go(link.getAttribute("href"));
}

// A note is as high as its text.
export function grow(field) {
  if (!field.matches("textarea[rows='1']")) return;
  field.rows = 1;
  while (field.scrollHeight > field.clientHeight + 1 && field.rows < 8) field.rows += 1;
}
