// The board of a session as it is now: the live line says that it changed, then it is fetched and
// put in place. Whatever is lost on the way, the next stamp tells.
import { morph } from "./morph.js";
import { saySignedOut, showLive } from "./notices.js";
import { text } from "./texts.js";
import { showTimes } from "./times.js";
import { isEmpty, tryNow } from "./workshop-outbox.js";

const AGAIN_AFTER = 2_000;

let source = null;
let asking = false;
let again = false;
let told = "";

export function board() {
  return document.getElementById("content");
}

export function goLive() {
  told = board().dataset.stamp;
  connect();
  addEventListener("popstate", () => refresh());
}

function connect() {
  source = new EventSource(`${board().dataset.address}/live`);
  source.addEventListener("open", onOpen);
  source.addEventListener("board", onBoard);
  source.addEventListener("out", () => location.assign("/console/join"));
  source.addEventListener("error", onError);
}

function onOpen() {
  if (isEmpty()) showLive("live", text("Live"));
  tryNow();
}

function onBoard(event) {
  told = JSON.parse(event.data).stamp;
  if (told !== board().dataset.stamp) refresh();
}

function onError() {
  showLive("connecting", text("Connecting again"));
  // The browser tries again by itself, unless it was answered with a refusal.
  if (source.readyState === EventSource.CLOSED) setTimeout(reconnect, AGAIN_AFTER);
}

async function reconnect() {
  const response = await fetch(location.href, { headers: { "X-Loket-Part": "1" } }).catch(() => null);
  if (response?.status === 401) saySignedOut();
  else connect();
}

// Of many changes at once, two fetches are enough.
export async function refresh() {
  again = asking;
  if (asking) return;
  asking = true;
  const fresh = await fetchBoard();
  asking = false;
  if (fresh) place(fresh);
  if (again) refresh();
}

async function fetchBoard() {
  const address = location.href;
  try {
    const response = await fetch(address, { headers: { "X-Loket-Part": "1" } });
    if (response.status === 401) saySignedOut();
    if (!response.ok) return null;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return address === location.href ? page : null;
  } catch {
    return null;
  }
}

function place(page) {
  const fresh = page.getElementById("content");
  if (!fresh || Number(fresh.dataset.number) < Number(board().dataset.number)) return;
  const { page: here, lead: before } = board().dataset;
  document.title = page.title;
  morph(board(), fresh);
  morph(document.getElementById("people-holder"), page.getElementById("people-holder"));
  showTimes(board());
  if (isEmpty()) showLive("live", text("Live"));
  const lead = board().dataset.lead;
  // Who was where the facilitator was goes along, unless they are writing.
  if (lead !== before && here === before && !document.querySelector("[data-dirty]")) go(`?step=${lead}`);
  document.dispatchEvent(new CustomEvent("loket:board"));
}

export async function go(address) {
  history.pushState(null, "", address);
  await refresh();
  const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  (target ?? document.documentElement).scrollIntoView({ block: target ? "center" : "start" });
}
