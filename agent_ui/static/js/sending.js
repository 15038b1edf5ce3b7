// What is on its way out: it stands in the timeline at once, and comes back when it did not go.
import { keep, read } from "./kept.js";

// What this page is sending, by draft.
const underWay = new Map();
// Files of drafts that are not on the screen: a draft itself keeps none.
const filesLeft = new Map();

const keyOf = (draft) => `sending:${draft}`;

// Takes what is to be sent out of the composer and shows it; null where there are no words to show.
export function sendOff(composer, submitter) {
  const { area, form } = composer;
  const { file, template, seen, once } = form.elements;
  if (template?.value || !(area.value.trim() || file?.files.length)) return null;
  const values = composer.values();
  const { draft } = composer.dataset;
  const going = { draft, values, files: copyOf(file), once: once.value, goesBack: false };
  going.after = lastIn(composer);
  going.entry = entryOf(going, canComeBack(composer, values, submitter));
  keep(keyOf(draft), { ...values, files: namesOf(going), seen: seen.value, once: going.once });
  keep(composer.key, null);
  composer.sending = true;
  underWay.set(going.draft, going);
  stand(going, composer);
  composer.empty();
  document.dispatchEvent(new CustomEvent("loket:sending"));
  return going;
}

export function goingOf(composer) {
  return underWay.get(composer.dataset.draft) ?? null;
}

// Shows it in the timeline, also of who left and came back meanwhile.
export function stand({ entry }, composer) {
  const timeline = composer.parentElement.querySelector("[data-timeline]");
  timeline.querySelector("[data-entries]").append(entry);
  timeline.querySelector(".empty").hidden = true;
  timeline.scrollTop = timeline.scrollHeight;
}

// It is with Loket now.
export function arrived({ draft, entry }) {
  underWay.delete(draft);
  keep(keyOf(draft), null);
  entry.remove();
}

// What was written is in the composer again, before what was written since, or beside that. `once`: the name
// it went by, when it may have arrived all the same.
export function giveBack(going, composer, once) {
  arrived(going);
  const shown = document.querySelector(`loket-composer[data-draft="${going.draft}"]`);
  (shown ?? composer).takeBack({ ...going.values, once }, going.files);
  if (!shown) leaveFiles(composer);
}

// They are in the composer again when the conversation is.
export function leaveFiles({ dataset, form }) {
  const files = copyOf(form.elements.file);
  if (files.length) filesLeft.set(dataset.draft, files);
}

export function filesOf({ dataset }) {
  const files = filesLeft.get(dataset.draft) ?? [];
  filesLeft.delete(dataset.draft);
  return files;
}

// Of what `page` shows and what can be taken back, this one.
export function takenBackBy(going, page) {
  const buttons = [...page.querySelectorAll("[data-entry] [data-take-back]")];
  const since = buttons.filter((button) => Number(button.closest("[data-entry]").dataset.sequence) > going.after);
  const { text } = going.values;
  return since.find((button) => isOf(button.closest("[data-entry]"), text, namesOf(going))) ?? since.at(-1);
}

const namesOf = ({ files }) => [...files].map((file) => file.name);

function lastIn(composer) {
  const entries = composer.parentElement.querySelectorAll("[data-entry]");
  return Math.max(0, ...[...entries].map((entry) => Number(entry.dataset.sequence)));
}

// What a page that went away was sending, unless it stands in the timeline.
export function leftBehind(composer) {
  const key = keyOf(composer.dataset.draft);
  const kept = read(key);
  if (!kept) return null;
  keep(key, null);
  return hasArrived(composer, kept) ? null : kept;
}

// Whether what was written when `seen` was the last entry stands in the timeline.
export function hasArrived(composer, { seen, text, files, ...values }) {
  const entries = composer.parentElement.querySelectorAll(kindOf(values));
  const since = [...entries].filter((entry) => Number(entry.dataset.sequence) > Number(seen));
  return since.some((entry) => isOf(entry, text, files));
}

// The field itself is emptied.
export function copyOf(file) {
  const all = new DataTransfer();
  for (const one of file?.files ?? []) all.items.add(one);
  return all.files;
}

// Whether an entry says what was written; a signature may stand below it. Files without a word are
// known by their names.
function isOf(entry, written, files = []) {
  const plain = (words) => words.replace(/\s+/g, " ").trim();
  if (plain(written)) return plain(entry.querySelector(".text")?.textContent ?? "").startsWith(plain(written));
  const names = [...entry.querySelectorAll(".file-name")].map((name) => name.textContent);
  return files.length > 0 && files.every((name) => names.includes(name));
}

// What stands in `timeline` as on its way and has come as `entry`.
export function goingAs(entry, timeline) {
  const shown = timeline.querySelector("[data-going]");
  const going = [...underWay.values()].find((one) => one.entry === shown);
  if (!going || Number(entry.dataset.sequence) <= going.after) return null;
  return entry.matches(kindOf(going.values)) && isOf(entry, going.values.text, namesOf(going)) ? shown : null;
}

const kindOf = ({ mode }) => (mode === "note" ? ".entry-note" : ".entry-outbound");

function entryOf(going, mayComeBack) {
  const { values } = going;
  const entry = document.getElementById("being-sent").content.firstElementChild.cloneNode(true);
  const isNote = values.mode === "note";
  entry.classList.add(isNote ? "entry-note" : "entry-outbound");
  if (isNote) entry.firstElementChild.removeAttribute("aria-label");
  entry.querySelector(".text").textContent = [values.text.trim(), ...namesOf(going)].filter(Boolean).join("\n");
  const back = entry.querySelector("[data-take-back]");
  if (!mayComeBack) back.remove();
  back.addEventListener("click", () => {
    going.goesBack = true;
    back.disabled = true;
  });
  return entry;
}

// A mail waits a while before it leaves.
function canComeBack(composer, { mode, way }, submitter) {
  const isMail = mode === "forward" || way.startsWith("email|");
  return mode !== "note" && isMail && "undo" in composer.dataset && submitter?.value !== "resolve";
}
