// Fetches parts of pages and puts them in place, so that the live line stays open.
import { saySignedOut, sayUnreachable, toast } from "./notices.js";
import { showTimes } from "./times.js";
import { keepUnsent } from "./unsent.js";

const HEADERS = { "X-Loket-Part": "1" };

// The answer as a document; null when it is a refusal, which has then been shown.
export async function fetchPart(url, options = {}) {
  const asked = performance.now();
  let response, body;
  try {
    response = await fetch(url, { ...options, headers: HEADERS });
    body = await response.text();
  } catch {
    sayUnreachable();
    return null;
  }
  if (response.status === 401) {
    saySignedOut();
    return null;
  }
  if (response.headers.get("Content-Type")?.startsWith("text/html")) {
    const page = new DOMParser().parseFromString(body, "text/html");
    return { page, url: response.url, ok: response.ok, status: response.status, asked };
  }
  toast(refusal(body));
  return null;
}

function refusal(body) {
  try {
    const problem = JSON.parse(body);
    return problem.detail || problem.title;
  } catch {
    return body.slice(0, 200);
  }
}

// Puts the conversation and customer panes of an answer on the screen.
// `sent`: the form that it answers, `from`: what was pressed. True when somebody goes on where they were.
export function showPanes(answer, { push = true, sent = null, from = sent } = {}) {
  const talk = answer.page.getElementById("talk");
  const side = answer.page.getElementById("side");
  if (!talk || !side) {
    location.assign(answer.url);
    return false;
  }
  if (push && answer.url !== location.href) history.pushState(null, "", answer.url);
  const stays = conversationIn(document) && conversationIn(document) === conversationIn(talk);
  const putBack = stays ? keepUnsent(document, sent, answer.ok) : null;
  const inSide = stays && document.body.dataset.view === "side" && from?.closest("#side");
  const busy = menuInUse(talk, sent);
  const view = talk.querySelector("loket-conversation") ? "conversation" : "work";
  document.body.dataset.view = inSide ? "side" : view;
  // All that changes sizes comes before the conversation, which measures itself to show its end.
  showTimes(talk);
  showTimes(side);
  document.getElementById("side").replaceWith(side);
  document.getElementById("talk").replaceWith(talk);
  const inMenu = busy?.() ?? false;
  const beside = putBack?.() ?? false;
  document.title = talk.dataset.title;
  document.dispatchEvent(new CustomEvent("loket:opened", { detail: answer.asked }));
  return inMenu || beside;
}

function conversationIn(pane) {
  return pane.querySelector("loket-conversation")?.dataset.id;
}

// What somebody writes in a menu while an answer is on its way moves on to the new pane: the live
// line may have shown before what the answer shows.
function menuInUse(talk, sent) {
  const menu = document.querySelector("#talk [data-head] details.menu[open]");
  if (!menu || menu.contains(sent) || conversationIn(document) !== conversationIn(talk)) return null;
  const name = [...menu.attributes].find((attribute) => attribute.name.startsWith("data-"))?.name;
  const place = name && talk.querySelector(`[data-head] details.menu[${name}]`);
  const focused = document.activeElement;
  if (!place || !menu.contains(focused)) return null;
  return () => {
    place.replaceWith(menu);
    focused.focus({ preventScroll: true });
    return true;
  };
}

export async function open(url, options = {}) {
  const answer = await fetchPart(url);
  if (answer) showPanes(answer, options);
  return answer;
}
