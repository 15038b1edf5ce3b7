// What did not go while something for other readers was being written: it stands apart, and goes back
// into the composer when asked. Texts for different readers never become one.
import { keep, read } from "./kept.js";
import { say, text } from "./texts.js";

// A browser keeps no files: they stay with this page.
const filesOf = new Map();

const keyOf = (composer) => `aside:${composer.dataset.draft}`;

const readersOf = ({ mode, way, to, cc }) => (mode === "note" ? mode : JSON.stringify([mode, way, to, cc]));

// What was written first, and below it what was written since; null when others are to read that.
export function joined(first, since) {
  const words = since.text.trim();
  const isForOthers = words ? readersOf(first) !== readersOf(since) : first.mode !== since.mode;
  if (isForOthers) return null;
  return words && words !== first.text ? { ...first, text: `${first.text}\n\n${words}` } : first;
}

export function isAside(composer) {
  return allOf(composer).length > 0;
}

export function setAside(composer, values, files) {
  const id = Math.random().toString(36).slice(2);
  if (files?.length) filesOf.set(id, files);
  keep(keyOf(composer), [...allOf(composer), { ...values, id }]);
  showAside(composer);
  say(wordsFor(values));
}

export function showAside(composer) {
  for (const shown of composer.querySelectorAll("[data-apart]")) shown.remove();
  composer.prepend(...allOf(composer).map((one) => noticeOf(composer, one)));
}

const allOf = (composer) => read(keyOf(composer)) ?? [];

function noticeOf(composer, one) {
  const notice = document.getElementById("set-aside").content.firstElementChild.cloneNode(true);
  const names = [...(filesOf.get(one.id) ?? [])].map((file) => file.name);
  notice.querySelector("p").textContent = wordsFor(one);
  notice.querySelector(".text").textContent = [one.text.trim(), ...names].filter(Boolean).join("\n");
  notice.querySelector("button").addEventListener("click", () => putBack(composer, one));
  return notice;
}

function wordsFor({ mode }) {
  if (mode === "note") return text("This note was not added. It is kept here, apart from what you write now.");
  if (mode === "forward") return text("This was not forwarded. It is kept here, apart from what you write now.");
  return text("This reply was not sent. It is kept here, apart from what you write now.");
}

// What stands in the composer for others takes its place here.
function putBack(composer, { id, ...values }) {
  const left = allOf(composer).filter((one) => one.id !== id);
  keep(keyOf(composer), left.length ? left : null);
  const here = composer.values();
  const together = here.text.trim() ? joined(values, here) : values;
  if (!together) setAside(composer, here, composer.takeFiles());
  composer.takeOver(together ?? values, filesOf.get(id) ?? []);
  filesOf.delete(id);
  showAside(composer);
  composer.area.focus();
}
