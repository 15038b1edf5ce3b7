// The rows of a list of work: their order, the one before and behind, and how fresh ones fit in.
import { morph } from "./morph.js";

export function placeOf(row) {
  return `${row.dataset.rank}.${row.dataset.item}`;
}

// The order of the queue: who waits longest, with priority counted in.
export function comesBefore(row, other) {
  const ranks = Number(row.dataset.rank) - Number(other.dataset.rank);
  return ranks ? ranks < 0 : row.dataset.item < other.dataset.item;
}

// What is put aside comes as it returns; last what waits until the customer writes.
function returnsBefore(row, other) {
  const [until, later] = [row, other].map(({ dataset }) => Number(dataset.until || Infinity));
  return until === later ? row.dataset.item < other.dataset.item : until < later;
}

// The row that a new one goes in front of; null for the end, where most go.
export function placeFor(row, list) {
  const isBefore = list.dataset.partOfList === "aside" ? returnsBefore : comesBefore;
  let next = null;
  let other = list.lastElementChild;
  while (other && (other === row || isBefore(row, other))) {
    if (other !== row) next = other;
    other = other.previousElementSibling;
  }
  return next;
}

// The row before or behind, also when that is in another part of the work.
export function neighbour(row, step) {
  const side = step > 0 ? "nextElementSibling" : "previousElementSibling";
  const end = step > 0 ? "firstElementChild" : "lastElementChild";
  if (row[side]) return row[side];
  const lists = [...row.closest("loket-work").querySelectorAll(".rows")];
  let at = lists.indexOf(row.parentElement) + step;
  while (lists[at] && !lists[at][end]) at += step;
  return lists[at]?.[end] ?? null;
}

// The focus goes to a row; to the conversation when there is none.
export function focusOn(row, options = { preventScroll: true }) {
  const link = row?.querySelector(".row-link") ?? document.getElementById("talk");
  link.focus(options);
}

// Makes the part of a list behind `after` (null: from its beginning) as the fresh rows say, and
// leaves what is the same where it is. `isLast`: nothing comes behind them. A list with an order of
// its own is always given whole.
export function fitIn(work, list, fresh, { after = null, isLast = true } = {}) {
  const wanted = new Set(fresh.map((row) => row.dataset.item));
  const end = fresh.at(-1);
  for (const row of behind(list, after)) {
    const isCovered = isLast || (end && !comesBefore(end, row));
    if (isCovered && !wanted.has(row.dataset.item)) row.remove();
  }
  let last = null;
  for (const row of fresh) {
    const old = work.row(row.dataset.item);
    if (old && Number(old.dataset.epoch) > Number(row.dataset.epoch)) continue;
    if (old?.hasAttribute("data-news")) row.dataset.news = "";
    if (old) morph(old, row);
    const shown = old ?? row;
    if ("ownOrder" in list.dataset) last = putBehind(last, shown, list);
    else if (!isInPlace(shown, list)) list.insertBefore(shown, placeFor(shown, list));
  }
}

function putBehind(last, row, list) {
  const next = last ? last.nextElementSibling : list.firstElementChild;
  if (row !== next) list.insertBefore(row, next);
  return row;
}

function behind(list, after) {
  const found = [];
  let row = list.lastElementChild;
  while (row && (!after || comesBefore(after, row))) {
    found.push(row);
    row = row.previousElementSibling;
  }
  return found;
}

function isInPlace(row, list) {
  const { parentElement, previousElementSibling: before, nextElementSibling: next } = row;
  if (parentElement !== list) return false;
  return !(before && comesBefore(row, before)) && !(next && comesBefore(next, row));
}
