// Keys for everything; single keys can be switched off (WCAG 2.1.4).
import { listenToPalette, openPalette } from "./palette.js";
import { openCorrection } from "./topics.js";
import { showMore } from "./views.js";
import { workList } from "./work-list.js";

const SWITCH = "single-keys";

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  o: () => (focusedRow() ?? rows()[0])?.click(),
  u: back,
  t: () => press('[data-key="t"]'),
  i: () => press('[data-key="i"]'),
  E: () => press("[data-end-wrap]"),
  X: () => press("[data-more-wrap]"),
  r: () => document.querySelector("loket-composer")?.write("reply"),
  x: () => document.querySelector("loket-composer")?.write("note"),
  v: () => openMenu("details[data-promise]"),
  A: () => press("[data-take]"),
  Z: () => openMenu("details[data-not-this]"),
  f: () => document.querySelector("loket-composer")?.write("forward"),
  b: () => press("[data-take-back]"),
  e: () => openMenu("details[data-resolve]"),
  F: () => press("[data-follow]"),
  W: () => press("[data-followed]"),
  T: () => openMenu("details[data-task]"),
  g: () => openMenu("details[data-give]"),
  z: () => openMenu("details[data-aside]"),
  y: () => press("[data-accept]"),
  N: () => document.querySelector("[data-decline]")?.focus(),
  n: () => move(1, { open: true }),
  s: () => openMenu("details[data-aside]"),
  "/": openPalette,
  p: () => press('[data-key="p"]'),
  h: () => press('[data-key="h"]'),
  m: () => press('[data-key="m"]'),
  d: () => openMenu("details[data-keypad]"),
  w: () => openMenu("details[data-through]"),
  H: () => press('[data-key="H"]'),
  c: openCorrection,
  l: () => press("[data-by-hand]"),
  a: sayWho,
  S: () => regroup("split"),
  M: () => regroup("merge"),
  L: () => regroup("link"),
  q: () => openMenu("details[data-filter]"),
  0: () => press("[data-all-work]"),
  "?": openKeys,
};

function rows() {
  return [...workList().querySelectorAll(".row-link")];
}

function focusedRow() {
  return rows().find((row) => row === document.activeElement);
}

function move(step, { open = false } = {}) {
  const all = rows();
  const current = focusedRow() ?? all.find((row) => row.hasAttribute("aria-current"));
  const at = current ? all.indexOf(current) + step : 0;
  document.body.dataset.view = narrow() ? "work" : document.body.dataset.view;
  const row = all[Math.max(0, Math.min(at, all.length - 1))];
  row?.focus();
  if (open) row?.click();
}

function narrow() {
  return matchMedia("(max-width: 48rem)").matches;
}

function back() {
  document.body.dataset.view = "work";
  const current = workList().querySelector(".row-link[aria-current]");
  (current ?? rows()[0] ?? document.getElementById("talk")).focus();
}

function press(selector) {
  document.querySelector(selector)?.click();
}

function openMenu(selector) {
  const menu = document.querySelector(selector);
  if (!menu) return;
  showMore(menu);
  menu.open = true;
  menu.querySelector("select, form button, input:not([type=hidden]), textarea").focus();
}

function regroup(what) {
  openMenu("details[data-regroup]");
  const chosen = `form[data-${what}] :is(select, input:not([type=hidden]))`;
  document.querySelector(`[data-regroup] ${chosen}`)?.focus();
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
