// The agent's desk: whether they take offers, and the offers with the time that is left.
import { tellOf } from "./alerts.js";
import { fetchPart } from "./parts.js";
import { keepPhone } from "./softphone.js";
import { text } from "./texts.js";
import { showTimes } from "./times.js";

const EVERY = 1_000;
const ID = { presence: "presence", offers: "offers" };

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
  // Somebody is choosing something in it: what is new waits until they are done.
  if (old.open && old.contains(document.activeElement)) fresh.open = true;
  const focused = old.contains(document.activeElement);
  const chosen = focused && old.querySelector("select:focus");
  if (chosen && fresh.querySelector(`[data-offer="${chosen.closest("[data-offer]")?.dataset.offer}"]`)) return;
  old.replaceWith(fresh);
  showTimes(fresh);
  if (focused && id === ID.presence) fresh.querySelector("summary").focus({ preventScroll: true });
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
  for (const card of cards) {
    const left = Math.max(0, Math.ceil((Date.parse(card.dataset.ends) - now) / 1000));
    card.querySelector("[data-left]").textContent = text("{n} s", { n: left });
    card.querySelector("[data-bar]").value = left;
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
  setInterval(tick, EVERY);
  tick();
}
