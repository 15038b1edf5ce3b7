// The agent's desk: whether they take offers, and the offers and the wrap-up with the time that is
// left.
import { tellOf } from "./alerts.js";
import { fetchPart } from "./parts.js";
import { keepPhone } from "./softphone.js";
import { say, text } from "./texts.js";
import { showTimes } from "./times.js";

const EVERY = 1_000;
// As in the style sheet: where the customer is not beside the conversation, a card stands above it.
const NARROW = "(max-width: 75rem)";
const LONGEST_WAIT = 2 ** 31 - 1;
const CARDS = "[data-offer], [data-asked], [data-wrap]";
const ID = { presence: "presence", offers: "offers" };

const sizes = new ResizeObserver(tellSize);
let turning;
let asking = false;
let again = false;

// Something about the desk changed: fetch it as it is now. Of many at once, two are enough.
export async function refreshDesk() {
  again = asking;
  if (asking) return;
  asking = true;
  const answer = await fetchPart("/console/desk");
  asking = false;
  if (answer) put(answer.page);
  if (again) refreshDesk();
}

export function put(page) {
  for (const id of Object.values(ID)) place(id, page.getElementById(id));
  keepPhone();
  tick();
}

function place(id, fresh) {
  const old = document.getElementById(id);
  if (!fresh || !old) return;
  const focused = old.contains(document.activeElement);
  if (id === ID.presence && old.open && focused) return showState(old, fresh);
  // Somebody is choosing something in it: what is new waits until they are done.
  const chosen = focused && old.querySelector("select:focus");
  if (chosen && fresh.querySelector(`[data-offer="${chosen.closest("[data-offer]")?.dataset.offer}"]`)) return;
  const next = carryFields(old, fresh) ?? (focused && sameIn(old, fresh));
  if (old.open) fresh.open = true;
  if (id === ID.offers) foldAsked(fresh, old);
  if (old.querySelector("[data-wrap]") && !fresh.querySelector("[data-wrap]")) say(text("The wrap-up is over."));
  old.replaceWith(fresh);
  if (id === ID.offers) keepOffers();
  showTimes(fresh);
  if (focused) (next || document.getElementById("talk")).focus({ preventScroll: true });
}

// What a colleague asks waits for hours: on a narrow screen it is opened by who answers it.
function foldAsked(fresh, old = null) {
  for (const card of fresh.querySelectorAll("[data-asked]")) {
    const before = old?.querySelector(`[data-asked="${card.dataset.asked}"] details`);
    const fold = card.querySelector("details");
    if (before) fold.open = before.open;
    else if (matchMedia(NARROW).matches) fold.open = false;
  }
}

// The end of the customer's pane stays in reach below them; and they are another when a time is over.
function keepOffers() {
  const offers = document.getElementById(ID.offers);
  sizes.disconnect();
  sizes.observe(offers);
  clearTimeout(turning);
  const { turnsIn } = offers.dataset;
  if (turnsIn) turning = setTimeout(refreshDesk, Math.min(Number(turnsIn), LONGEST_WAIT));
}

function tellSize([{ target }]) {
  document.body.style.setProperty("--offers-height", `${target.offsetHeight}px`);
}

// Somebody is choosing in the menu: its head alone tells what is new.
function showState(old, fresh) {
  old.dataset.state = fresh.dataset.state;
  const head = old.querySelector("summary");
  const focused = document.activeElement === head;
  head.replaceWith(fresh.querySelector("summary"));
  if (focused) old.querySelector("summary").focus({ preventScroll: true });
}

function sameCard(card, fresh) {
  const nameOf = (one) => ["offer", "asked", "wrap"].map((name) => one.dataset[name]).join(" ");
  return [...fresh.querySelectorAll(CARDS)].find((one) => nameOf(one) === nameOf(card));
}

// What has the focus, where it is now: on the same card, by its place there.
function sameIn(old, fresh) {
  const pressed = "summary, a[href], button, select, input:not([type=hidden]), textarea";
  const card = document.activeElement.closest(CARDS);
  const same = card ? sameCard(card, fresh) : fresh;
  const at = [...(card ?? old).querySelectorAll(pressed)].indexOf(document.activeElement);
  return same?.querySelectorAll(pressed)[at] ?? null;
}

// What is being filled in on the same card stays; gives the field that had the focus.
function carryFields(old, fresh) {
  let focused = null;
  for (const field of old.querySelectorAll("[data-wrap] [name^='result.'], [data-why-not]")) {
    const card = sameCard(field.closest(CARDS), fresh);
    const same = card?.querySelector(`[name="${CSS.escape(field.name)}"]`);
    if (!same) continue;
    same.value = field.value;
    if (field === document.activeElement) focused = same;
  }
  return focused;
}

// What was filled in when the time is up is kept.
function endWrapUp(card) {
  if (card.dataset.over) return;
  card.dataset.over = "yes";
  const fields = [...card.querySelectorAll("[name^='result.']")];
  if (fields.some((field) => field.value !== "")) card.querySelector("[data-end-wrap]").click();
}

// Answers on the desk stay on the page that is open.
async function onSubmit(event) {
  const { target: form, submitter } = event;
  if (!form.hasAttribute("data-desk")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, submitter));
  document.getElementById(ID.presence).open = false;
  await fetchPart(form.getAttribute("action"), { method: "POST", body });
  await refreshDesk();
  if (document.activeElement === document.body) document.getElementById("talk").focus({ preventScroll: true });
}

function tick() {
  const now = Date.now();
  const cards = [...document.querySelectorAll("[data-offer]")];
  const wrapUp = document.querySelector("[data-wrap]");
  for (const card of wrapUp ? [...cards, wrapUp] : cards) {
    const left = Math.max(0, Math.ceil((Date.parse(card.dataset.ends) - now) / 1000));
    card.querySelector("[data-left]").textContent = text("{n} s", { n: left });
    card.querySelector("[data-bar]").value = left;
    if (card === wrapUp && left === 0) endWrapUp(card);
  }
  tellOf(cards);
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = cards.length ? `(${cards.length}) ${title}` : title;
}

function fillZones() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const field of document.querySelectorAll("[data-zone]")) field.value = zone;
  for (const name of document.querySelectorAll("[data-zone-name]")) name.textContent = zone;
}

export function keepDesk() {
  document.addEventListener("submit", onSubmit);
  document.addEventListener("toggle", fillZones, { capture: true });
  foldAsked(document.getElementById(ID.offers));
  keepOffers();
  setInterval(tick, EVERY);
  tick();
}
