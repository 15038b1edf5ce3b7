// The live line: follows the changes in order, and starts again when some may be missing.
import { refreshCall } from "./call.js";
import { showSign } from "./chat.js";
import { showCompany } from "./company.js";
import { goAlong, openConversation } from "./conversation.js";
import { refreshDesk } from "./desk.js";
import { watchLine, whenNetworkTurns } from "./line.js";
import { saySignedOut, showLive, showLost } from "./notices.js";
import { text } from "./texts.js";
import { refreshTrade } from "./trade.js";
import { workList } from "./work-list.js";

const AGAIN_AFTER = 2_000;
const KEPT = 100;
// So long out of sight, a phone or a tab may have been put to sleep.
const ASLEEP = 30_000;

let source = null;
let position = "";
let recent = [];
let left = 0;

export function goLive() {
  position = workList().position;
  document.addEventListener("loket:opened", (event) => catchUp(event.detail));
  document.addEventListener("loket:signed-in", connect);
  document.addEventListener("visibilitychange", onVisibility);
  whenNetworkTurns(onNetwork);
  connect();
}

function connect() {
  source?.close();
  source = new EventSource(`/console/live?after=${encodeURIComponent(position)}`);
  source.addEventListener("open", onOpen);
  source.addEventListener("changes", onChanges);
  source.addEventListener("reset", onReset);
  source.addEventListener("signed-out", onSignedOut);
  source.addEventListener("error", onError);
  watchLine(source, connect);
}

// Who slept may have lost the line without hearing of it.
function onVisibility() {
  if (document.visibilityState === "hidden") left = Date.now();
  else if (source.readyState !== EventSource.CLOSED && Date.now() - left > ASLEEP) connect();
}

function onNetwork() {
  if (source.readyState === EventSource.CLOSED) return;
  showLost();
  connect();
}

// What could not be kept meanwhile is kept now.
function onOpen() {
  showLive("live", text("Live"));
  document.dispatchEvent(new CustomEvent("loket:live"));
}

function onChanges(event) {
  position = event.lastEventId;
  const changes = JSON.parse(event.data);
  workList().take(changes.filter((change) => change.item));
  if (changes.some((change) => change.desk)) refreshDesk();
  for (const change of changes) if (change.conversation) tellConversation(change);
  const came = performance.now();
  recent = [...recent, ...changes.map((change) => ({ came, change }))].slice(-KEPT);
}

// A conversation that was just put on the screen may have been made before these came.
function catchUp(asked) {
  const id = openConversation()?.dataset.id;
  for (const { came, change } of recent) {
    if (came >= asked && change.conversation === id) tellConversation(change);
  }
}

function tellConversation(change) {
  const conversation = openConversation();
  const isOpen = conversation?.dataset.id === change.conversation;
  if (!isOpen && change.item && conversation?.dataset.work === change.item) {
    goAlong(conversation);
    return;
  }
  if (change.call) {
    if (isOpen) refreshCall();
  } else if (change.company) {
    if (isOpen) showCompany(conversation, change.company);
  } else if (change.sign) {
    if (isOpen) showSign(conversation, change.sign);
  } else if (isOpen && change.beside) refreshTrade(conversation.path);
  else if (isOpen && change.item) {
    conversation.refresh({ epoch: change.epoch });
    refreshCall();
  }
  else if (isOpen) conversation.update(change.entry);
  else if (change.followed) workList().tellFollowed(change.conversation);
  else if (change.inbound) workList().mark(change.conversation);
}

function onReset(event) {
  position = event.lastEventId;
  workList().refresh({ all: true });
  refreshDesk();
  openConversation()?.refresh({ entries: true });
  refreshCall();
}

function onSignedOut() {
  source.close();
  saySignedOut();
}

function onError() {
  showLost();
  // The browser tries again by itself, unless it was answered with a refusal.
  if (source.readyState === EventSource.CLOSED) setTimeout(reconnect, AGAIN_AFTER);
}

async function reconnect() {
  const response = await fetch("/console/work", { headers: { "X-Loket-Part": "1" } }).catch(() => null);
  if (response?.status === 401) saySignedOut();
  else connect();
}
