// The palette (Ctrl+K, or "/" to find something): actions with their keys, the work on the list, and
// what the search finds. Arrows choose, Enter does, Escape goes back to where the focus was.
import { fits } from "./fitting.js";
import { fetchPart, open } from "./parts.js";
import { text } from "./texts.js";

const ASK_AFTER = 120;
const MOST_WORK = 6;

let actions = {};
let cameFrom = null;
let asking;
let asked = 0;

const box = () => document.getElementById("palette");
const field = () => document.getElementById("palette-words");
const list = () => document.getElementById("palette-list");
const shown = () => [...list().querySelectorAll("[role=option]:not([hidden])")];

export function openPalette() {
  if (box().open) return;
  cameFrom = document.activeElement;
  field().value = "";
  box().showModal();
  narrow();
}

export function listenToPalette(known) {
  actions = known;
  field().addEventListener("input", narrow);
  box().addEventListener("keydown", onKey);
  box().addEventListener("close", goBack);
  list().addEventListener("click", ({ target }) => take(target.closest("[role=option]")));
}

// Shows what fits the words: at once what the page knows, then what the server finds.
function narrow() {
  asked += 1; // an answer to other words comes too late
  const words = field().value.trim();
  for (const old of list().querySelectorAll("[data-open]")) old.remove();
  for (const option of list().children) {
    option.hidden = !fits(option.textContent, words) || !canDo(option);
  }
  if (words) list().append(...work(words));
  choose(shown()[0]);
  clearTimeout(asking);
  if (words.length > 1) asking = setTimeout(() => find(words), ASK_AFTER);
}

// What the page has nothing for is not proposed.
function canDo({ dataset: { do: key, press } }) {
  const needs = press ?? actions[key]?.needs;
  return !needs || document.querySelector(needs) !== null;
}

function work(words) {
  const rows = [...document.querySelectorAll("loket-work .row-link")];
  return rows.filter((row) => fits(row.textContent, words)).slice(0, MOST_WORK).map((row) => {
    const name = row.querySelector(".row-name").textContent;
    return line(row.href, `${name} \u00b7 ${row.querySelector(".row-title").textContent}`, text("work"));
  });
}

async function find(words) {
  const mine = asked;
  const answer = await fetchPart(`/console/search?q=${encodeURIComponent(words)}`);
  if (!answer || mine !== asked || !box().open) return;
  for (const section of answer.page.querySelectorAll(".found")) {
    const kind = section.querySelector("h2").textContent;
    for (const link of section.querySelectorAll("[data-found]")) {
      const what = link.querySelector(".past-what").textContent.trim();
      list().append(line(link.getAttribute("href"), what, kind));
    }
  }
  const all = line(`/console/search?q=${encodeURIComponent(words)}`, text("Search everything for “{words}”", { words }), "");
  all.dataset.full = "";
  list().append(all);
  if (!list().querySelector("[aria-selected=true]")) choose(shown()[0]);
}

function line(href, what, kind) {
  const option = document.createElement("li");
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.id = `open-${list().children.length}-${Math.random().toString(36).slice(2, 7)}`;
  option.dataset.open = href;
  const words = document.createElement("span");
  words.textContent = what;
  const note = document.createElement("span");
  note.className = "faint";
  note.textContent = kind;
  option.append(words, " ", note);
  return option;
}

function choose(option) {
  for (const one of list().children) one.setAttribute("aria-selected", String(one === option));
  if (option) field().setAttribute("aria-activedescendant", option.id);
  else field().removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function onKey(event) {
  const all = shown();
  const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
  else if (event.key === "ArrowUp") choose(all[(at + all.length - 1) % all.length]);
  else if (event.key === "Enter") take(all[at]);
  else return;
  event.preventDefault();
}

async function take(option) {
  if (!option) return;
  const { do: key, go, open: href, press } = option.dataset;
  if (!press) cameFrom = null; // what is done says itself where to go on
  box().close();
  if (press) document.querySelector(press)?.click();
  else if (key) actions[key]?.();
  else if (go || "full" in option.dataset) location.assign(go ?? href);
  else if (await open(href)) document.getElementById("talk").focus({ preventScroll: true });
}

function goBack() {
  clearTimeout(asking);
  if (cameFrom?.isConnected) cameFrom.focus({ preventScroll: true });
}
