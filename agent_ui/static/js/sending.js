// What is on its way out: it stands in the timeline at once, and comes back when it did not go.
import { keep, read } from "./kept.js";

// What this page is sending, by draft.
const underWay = new Map();

const keyOf = (draft) => `sending:${draft}`;

// Takes what is to be sent out of the composer and shows it; null where there are no words to show.
export function sendOff(composer, submitter) {
  const { area, form } = composer;
  const { file, template, seen, once } = form.elements;
  if (template?.value || !(area.value.trim() || file?.files.length)) return null;
  const values = composer.values();
  const { draft } = composer.dataset;
  const going = { draft, values, files: copyOf(file), once: once.value, goesBack: false };
  going.entry = entryOf(going, canComeBack(composer, values, submitter));
  keep(keyOf(going.draft), { ...values, seen: seen.value, once: going.once });
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
}

// What a page that went away was sending, unless it stands in the timeline.
export function leftBehind(composer) {
  const key = keyOf(composer.dataset.draft);
  const kept = read(key);
  if (!kept) return null;
  keep(key, null);
  const entries = composer.parentElement.querySelectorAll(".entry-outbound, .entry-note");
  const since = [...entries].filter((entry) => Number(entry.dataset.sequence) > Number(kept.seen));
  return since.some((entry) => isOf(entry, kept.text)) ? null : kept;
}

// The field itself is emptied.
export function copyOf(file) {
  const all = new DataTransfer();
  for (const one of file?.files ?? []) all.items.add(one);
  return all.files;
}

// Whether an entry says what was written; a signature may stand below it.
export function isOf(entry, written) {
  const plain = (words) => words.replace(/\s+/g, " ").trim();
  return plain(entry.querySelector(".text")?.textContent ?? "").startsWith(plain(written));
}

function entryOf(going, mayComeBack) {
  const { values, files } = going;
  const entry = document.getElementById("being-sent").content.firstElementChild.cloneNode(true);
  const isNote = values.mode === "note";
  entry.classList.add(isNote ? "entry-note" : "entry-outbound");
  if (isNote) entry.firstElementChild.removeAttribute("aria-label");
  entry.dataset.going = values.text;
  const names = [...files].map((file) => file.name);
  entry.querySelector(".text").textContent = [values.text.trim(), ...names].filter(Boolean).join("\n");
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
