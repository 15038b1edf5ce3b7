// Moves notes: by dragging their grip, and by keys (their menus have buttons for the same).
import { board } from "./workshop-live.js";
import { put } from "./workshop-outbox.js";

const EDGE = 60;
const SIDE = 0.28;

let drag = null;

export function listenToDrags() {
  document.addEventListener("pointerdown", begin);
  document.addEventListener("keydown", onKey);
}

function begin(event) {
  const grip = event.target.closest?.("[data-grip]");
  if (!grip || event.button !== 0) return;
  event.preventDefault();
  const card = grip.closest("[data-card]");
  const ghost = document.createElement("p");
  ghost.className = "ghost";
  ghost.textContent = card.querySelector("textarea").value;
  document.body.append(ghost);
  card.dataset.dragged = "";
  drag = { card, ghost, wall: card.closest("[data-wall]"), goal: null };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", end);
  move(event);
}

function move(event) {
  drag.ghost.style.translate = `${event.clientX + 8}px ${event.clientY + 8}px`;
  if (event.clientY < EDGE) scrollBy(0, -12);
  else if (event.clientY > innerHeight - EDGE) scrollBy(0, 12);
  unmark();
  drag.goal = goalAt(event);
  if (drag.goal?.card) drag.goal.card.dataset.drop = drag.goal.where;
}

// Where the card would go: beside the one under the pointer, or under it.
function goalAt({ clientX, clientY }) {
  const found = document.elementFromPoint(clientX, clientY);
  if (!found || !drag.wall.contains(found)) return null;
  const card = found.closest("[data-card]");
  if (!card) return { card: null, where: "into" };
  if (drag.card.contains(card)) return null;
  const box = card.querySelector("[data-note]").getBoundingClientRect();
  const isColumn = card.parentElement === drag.wall;
  const share = isColumn ? (clientX - box.left) / box.width : (clientY - box.top) / box.height;
  return { card, where: share < SIDE ? "before" : share > 1 - SIDE ? "after" : "into" };
}

function drop() {
  const { card, goal } = drag;
  end();
  if (!goal) return;
  put(board().dataset.address, [
    ["act", `place:${card.dataset.card}`],
    ["where", goal.where],
    ["target", goal.card?.dataset.card ?? ""],
  ]);
}

function unmark() {
  for (const marked of document.querySelectorAll("[data-drop]")) delete marked.dataset.drop;
}

function end() {
  document.removeEventListener("pointermove", move);
  document.removeEventListener("pointerup", drop);
  document.removeEventListener("pointercancel", end);
  unmark();
  delete drag.card.dataset.dragged;
  drag.ghost.remove();
  drag = null;
}

const BESIDE = { ArrowLeft: "earlier", ArrowRight: "later", ArrowDown: "in", ArrowUp: "out" };
const BELOW = { ArrowUp: "earlier", ArrowDown: "later", ArrowRight: "in", ArrowLeft: "out" };

function onKey(event) {
  if (event.key === "Escape" && drag) end();
  const card = event.altKey && event.target.closest?.("[data-card]");
  if (!card) return;
  const way = (card.matches(".column") ? BESIDE : BELOW)[event.key];
  const button = way && card.querySelector(`[data-note] [data-key="${way}"]:not([disabled])`);
  if (!way) return;
  event.preventDefault();
  button?.click();
}
