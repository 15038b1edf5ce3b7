// What was typed in forms and not sent goes along when the panes of a conversation are put in place
// anew, by another form or by a refusal; and so do the place on the screen, what was unfolded and the
// focus of who types beside the conversation. The text of the composer is kept by the composer itself, its files go along here.

const PANES = ["talk", "side"];
const NEAR_END = 60;

const panes = (page) => PANES.map((id) => page.getElementById(id));
const timelineOf = (page) => page.querySelector("[data-timeline]");
const folds = (pane) => [...pane.querySelectorAll("details:not(.menu)")];
const isComposer = (form) => form.matches("loket-composer form");

// Forms of one address are told apart by what they carry (which step, which role) and ask.
function nameOf(form) {
  const carried = [...form.querySelectorAll("input[type=hidden]:not([data-zone], [data-seen])")];
  const said = carried.filter(({ name }) => !/token|seen|once/.test(name)).map(({ name, value }) => `${name}=${value}`);
  return [form.getAttribute("action"), ...said, ...fieldsOf(form).map(({ name }) => name)].join(" ");
}

function formsOf(page) {
  const all = panes(page).flatMap((pane) => [...pane.querySelectorAll("form")]);
  return new Map(all.map((form) => [nameOf(form), form]));
}

// The one on the screen that does the same as one that was there before.
export function sameForm(form) {
  return formsOf(document).get(nameOf(form)) ?? null;
}

function fieldsOf(form) {
  const kinds = isComposer(form) ? "input[type=file]" : "input:not([type=hidden]), select, textarea";
  return [...form.querySelectorAll(kinds)].filter(({ name }) => name);
}

function isTouched(field) {
  if (field.type === "file") return field.files.length > 0;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  const chosen = [...field.options].findIndex((option) => option.defaultSelected);
  return field.selectedIndex !== Math.max(0, chosen);
}

function sameField(form, field) {
  return fieldsOf(form).find(({ name, type, value }) =>
    name === field.name && type === field.type && (!/checkbox|radio/.test(type) || value === field.value));
}

// A list that is filled when its menu is opened lacks what was chosen from it before.
function keepChoice(list, old) {
  if ([...list.options].some(({ value }) => value === old.value)) return;
  list.append(...[...old.selectedOptions].map((option) => option.cloneNode(true)));
}

function fill(form, old) {
  for (const field of fieldsOf(old).filter(isTouched)) {
    const same = sameField(form, field);
    if (!same) continue;
    if (field.options && same.closest("[data-later]")) keepChoice(same, field);
    if (field.type === "file") same.files = field.files;
    else if ("checked" in field && /checkbox|radio/.test(field.type)) same.checked = field.checked;
    else same.value = field.value;
  }
  if (isComposer(form)) form.closest("loket-composer").showFiles();
}

// What a fold is about: by its own name, the form in it, or its words.
function foldName(fold) {
  const form = fold.querySelector("form");
  return fold.dataset.fold ?? (form ? nameOf(form) : fold.querySelector("summary").textContent.trim());
}

function unfold(pane, old, done) {
  const before = folds(old).filter((fold) => !done || !fold.contains(done));
  const open = new Map(before.map((fold) => [foldName(fold), fold.open]));
  for (const fold of folds(pane)) fold.open = open.get(foldName(fold)) ?? fold.open;
}

// Takes what `page`, which is on the screen, has; gives what puts it into the page in its place,
// and says whether somebody types on there.
// `sent`: what was sent from it; when it was `taken`, what stood in that form is not wanted again.
export function keepUnsent(page, sent, taken) {
  const forms = formsOf(page);
  if (sent && taken) forms.delete(nameOf(sent));
  const [, side] = panes(page);
  const { scrollTop: top } = side;
  const caret = caretIn(side, sent);
  const read = sent && isComposer(sent) ? null : placeIn(timelineOf(page));
  return () => {
    const fresh = formsOf(document);
    for (const [name, old] of forms) if (fresh.has(name)) fill(fresh.get(name), old);
    const [, freshSide] = panes(document);
    unfold(freshSide, side, taken && sent);
    freshSide.scrollTop = top;
    const timeline = timelineOf(document);
    if (read && read.last === lastOf(timeline)) timeline.scrollTop = read.top;
    return caret !== null && putCaret(caret, fresh.get(caret.name));
  };
}

// Where somebody types beside the conversation; null when that is in what was `sent`.
function caretIn(side, sent) {
  const field = document.activeElement;
  if (!side.contains(field) || !field.form || field.form === sent) return null;
  const { selectionStart: start, selectionEnd: end } = field;
  return { name: nameOf(field.form), field, start, end };
}

function putCaret({ field, start, end }, form) {
  const same = form && sameField(form, field);
  if (!same) return false;
  same.focus({ preventScroll: true });
  if (typeof start === "number") same.setSelectionRange(start, end);
  return same === document.activeElement;
}

const lastOf = (timeline) => timeline.querySelector("[data-entry]:last-child")?.dataset.entry;

// Where somebody was reading; null at the end, where what is new is to be seen.
function placeIn(timeline) {
  const { scrollTop: top, scrollHeight, clientHeight } = timeline;
  return scrollHeight - clientHeight - top < NEAR_END ? null : { top, last: lastOf(timeline) };
}
