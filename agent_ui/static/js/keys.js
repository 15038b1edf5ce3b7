// Keys for everything; single keys can be switched off (WCAG 2.1.4).
import { fill } from "./later.js";
import { listenToPalette, openPalette } from "./palette.js";
import { openCorrection } from "./topics.js";
import { showMore, showStep } from "./views.js";
import { workList } from "./work-list.js";
import { neighbour } from "./work-rows.js";

const SWITCH = "single-keys";

const FIELD = "select, form button, input:not([type=hidden]), textarea";

// What a key does; `needs`: without it on the page there is nothing to do.
const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  o: () => (workList().focused?.querySelector(".row-link") ?? firstRow())?.click(),
  u: back,
  t: press('[data-key="t"]'),
  i: press('[data-key="i"]'),
  E: press("[data-end-wrap]"),
  X: press("[data-more-wrap]"),
  P: menu("#presence", ".button-main"),
  Y: go("[data-asked] button"),
  r: needing("[name=mode][value=reply]", () => composer()?.write("reply")),
  x: needing("loket-composer", () => composer()?.write("note")),
  v: menu("details[data-promise]"),
  K: go("[data-promises]:not([hidden]) button"),
  A: press("[data-take]"),
  Z: menu("details[data-not-this]"),
  D: needing("[data-steps] button[value=done]", showStep),
  Q: go(".needs :is(input:not([type=hidden]), select, textarea)"),
  C: go("#side"),
  V: go(".ask-approval input:not([type=hidden])"),
  O: menu("details.send-more", "[name=later]"),
  J: go("[name=cc]"),
  f: needing("[name=mode][value=forward]", () => composer()?.write("forward")),
  b: needing("[data-take-back]", () => [...document.querySelectorAll("[data-take-back]")].at(-1)?.click()),
  G: go("[data-send-now]"),
  R: go("[data-send-again]"),
  e: menu("details[data-resolve]"),
  F: press("[data-follow]"),
  W: press("[data-followed]"),
  T: menu("details[data-task]"),
  I: press("[data-listen]"),
  g: menu("details[data-give]"),
  z: menu("details[data-aside]"),
  s: menu("details[data-aside]"),
  B: press("[data-release]"),
  y: press("[data-accept]"),
  N: go("[data-decline]"),
  n: () => move(1, { open: true }),
  "/": openPalette,
  p: press('[data-key="p"]'),
  h: press('[data-key="h"]'),
  m: press('[data-key="m"]'),
  d: menu("details[data-keypad]"),
  w: menu("details[data-through]"),
  H: press('[data-key="H"]'),
  c: needing("details[data-correct]", openCorrection),
  l: press("[data-by-hand]"),
  a: needing("[data-one-of]", sayWho),
  S: regroup("split"),
  M: regroup("merge"),
  L: regroup("link"),
  U: go(":is([data-linked], [data-regrouped]) form button"),
  q: menu("details[data-filter]"),
  0: press("[data-all-work]"),
  ".": press("[data-to-why]"),
  "?": openKeys,
};

function firstRow() {
  return workList().querySelector(".row-link");
}

async function move(step, { open = false } = {}) {
  const list = workList();
  const from = list.focused ?? list.current;
  if (narrow()) document.body.dataset.view = "work";
  let row = from ? (neighbour(from, step) ?? from) : firstRow()?.parentElement;
  row?.querySelector(".row-link").focus();
  if (row && row === from && step > 0) row = await list.long.goBeyond(row);
  if (open) row?.querySelector(".row-link").click();
}

function narrow() {
  return matchMedia("(max-width: 48rem)").matches;
}

function back() {
  document.body.dataset.view = "work";
  const current = workList().current?.querySelector(".row-link");
  (current ?? firstRow() ?? document.getElementById("talk")).focus();
}

function composer() {
  return document.querySelector("loket-composer");
}

function needing(needs, act) {
  return Object.assign(act, { needs });
}

function press(selector) {
  return needing(selector, () => document.querySelector(selector)?.click());
}

// To where something is done that is better looked at first.
function go(selector) {
  return needing(selector, () => {
    const place = document.querySelector(selector);
    if (!place) return;
    if (place.closest("#side")) document.body.dataset.view = "side";
    const folded = place.closest("details:not([open])");
    if (folded) folded.open = true;
    place.focus();
  });
}

function menu(selector, first = FIELD) {
  return needing(selector, () => openMenu(selector, first));
}

function openMenu(selector, first = FIELD) {
  const found = document.querySelector(selector);
  if (!found) return;
  showMore(found);
  found.open = true;
  fill(found);
  found.querySelector(first).focus();
}

function regroup(what) {
  const chosen = `form[data-${what}] :is(select, input:not([type=hidden]))`;
  return needing(`[data-regroup] ${chosen}`, () => {
    openMenu("details[data-regroup]");
    // Where there is nothing to choose, why stands in its place.
    document.querySelector(`[data-regroup] :is(${chosen}, form[data-${what}] p)`)?.focus();
  });
}

function sayWho() {
  const asked = document.querySelector("[data-one-of]");
  const folded = asked?.closest("details");
  if (folded) folded.open = true;
  asked?.querySelector("button")?.focus();
}

function openKeys() {
  document.getElementById("keys").showModal();
}

function isTyping(element) {
  return element.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");
}

// Where Enter alone begins a line, or opens a choice; by the button that Enter presses elsewhere.
function sendFrom(field) {
  const button = field.matches("textarea, select") && field.form?.querySelector("button:not([type=button])");
  if (button) field.form.requestSubmit(button);
  return Boolean(button);
}

function singleKeysWork() {
  return localStorage.getItem(SWITCH) !== "off";
}

function onEscape() {
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (document.activeElement.closest("loket-composer")) {
    document.querySelector("[data-timeline]").focus();
  } else {
    back();
  }
}

function onKey(event) {
  if (document.querySelector("dialog[open]") || event.defaultPrevented) return;
  if (event.key === "Escape") {
    event.preventDefault();
    onEscape();
    return;
  }
  if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && sendFrom(event.target)) {
    event.preventDefault();
    return;
  }
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if (modified || event.isComposing || isTyping(event.target) || !singleKeysWork()) return;
  const view = /^[1-9]$/.test(event.key) && document.querySelector(`[data-view-key="${event.key}"]`);
  const action = view ? () => view.click() : ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
}

export function listenToKeys() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", closeMenus);
  listenToPalette(ACTIONS);
  document.querySelector("[data-open-palette]").addEventListener("click", openPalette);
  document.querySelector("[data-open-keys]").addEventListener("click", openKeys);
  const box = document.getElementById("single-keys");
  box.checked = singleKeysWork();
  box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
}
