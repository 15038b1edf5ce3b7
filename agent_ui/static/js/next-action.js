// What rules propose: kept up to date, and the door that a proposal opened gets the focus.
import { fetchPart } from "./parts.js";
import { showTimes } from "./times.js";
import { showMore } from "./views.js";

const SOON = 400;
let waiting;

// Facts changed: look again, unless the agent is just saying why not.
export function refreshNext(page) {
  const fresh = page?.querySelector("[data-next]");
  const shown = document.querySelector("[data-next]");
  if (!fresh || !shown || fresh.dataset.next !== shown.dataset.next) return;
  if (shown.querySelector("details.menu[open]")) return;
  const more = shown.querySelector(".next-more[open]");
  const focused = shown.contains(document.activeElement);
  shown.replaceWith(fresh);
  if (more) fresh.querySelector(".next-more")?.setAttribute("open", "");
  showTimes(fresh);
  if (focused) document.getElementById("talk").focus({ preventScroll: true });
}

export function refreshNextSoon(path) {
  clearTimeout(waiting);
  waiting = setTimeout(async () => refreshNext((await fetchPart(path))?.page), SOON);
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
