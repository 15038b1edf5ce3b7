// What rules propose: kept up to date, with all around what is said; and the door that a proposal
// opened gets the focus.
import { refreshAround } from "./around.js";
import { fetchPart } from "./parts.js";
import { showTimes } from "./times.js";
import { showMore } from "./views.js";

const SOON = 400;
const AGAIN_AFTER = 60_000;
let waiting;
let turning;

// Facts changed: look again, unless the agent is just saying why not.
export function refreshNext(page) {
  const fresh = page?.querySelector("[data-next]");
  const shown = document.querySelector("[data-next]");
  if (!fresh || !shown || fresh.dataset.next !== shown.dataset.next) return;
  const menu = shown.querySelector("details.menu[open]");
  if (menu) {
    menu.addEventListener("toggle", () => refreshNextSoon(openPath()), { once: true });
    return;
  }
  const more = shown.querySelector(".next-more[open]");
  const focused = shown.contains(document.activeElement);
  shown.replaceWith(fresh);
  waitForTurn();
  if (more) fresh.querySelector(".next-more")?.setAttribute("open", "");
  showTimes(fresh);
  if (focused) document.getElementById("talk").focus({ preventScroll: true });
}

export function refreshNextSoon(path) {
  clearTimeout(waiting);
  waiting = setTimeout(() => lookAgain(path), SOON);
}

async function lookAgain(path) {
  if (!path || path !== openPath()) return;
  const answer = await fetchPart(path);
  if (!answer || path !== openPath()) return;
  refreshNext(answer.page);
  refreshAround(answer.page);
}

// Time alone makes other rules hold: the server says when, and it is asked then, not before.
export function keepNext() {
  waitForTurn();
  document.addEventListener("loket:opened", waitForTurn);
}

function waitForTurn() {
  clearTimeout(turning);
  const ahead = document.querySelector("[data-turns-in]")?.dataset.turnsIn;
  if (ahead) turning = setTimeout(turn, Number(ahead), openPath());
}

// What could not be asked, for want of a network, is asked again.
async function turn(path) {
  if (!path || path !== openPath()) return;
  const answer = await fetchPart(path);
  if (answer) refreshNext(answer.page);
  else if (path === openPath()) turning = setTimeout(turn, AGAIN_AFTER, path);
}

function openPath() {
  return document.querySelector("loket-conversation")?.path;
}

// Where what was taken up is to be done; null when nothing was.
export function openedDoor() {
  const door = document.querySelector("[data-door]");
  if (!door) return null;
  showMore(door);
  if (door.closest("#side")) document.body.dataset.view = "side";
  return door.matches("details") ? firstField(door) : door;
}

function firstField(menu) {
  return menu.querySelector("textarea, input:not([type=hidden]), select, button");
}
