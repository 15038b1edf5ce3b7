// Fetches parts of pages and puts them in place, so that the live line stays open.
import { saySignedOut, sayUnreachable, toast } from "./notices.js";
import { showTimes } from "./times.js";

const HEADERS = { "X-Loket-Part": "1" };

// The answer as a document; null when it is a refusal, which has then been shown.
export async function fetchPart(url, options = {}) {
  const asked = performance.now();
  let response;
  try {
    response = await fetch(url, { ...options, headers: HEADERS });
  } catch {
    sayUnreachable();
    return null;
  }
  if (response.status === 401) {
    saySignedOut();
    return null;
  }
  const body = await response.text();
  if (response.headers.get("Content-Type")?.startsWith("text/html")) {
    const page = new DOMParser().parseFromString(body, "text/html");
    return { page, url: response.url, ok: response.ok, asked };
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
export function showPanes(answer, { push = true } = {}) {
  const talk = answer.page.getElementById("talk");
  const side = answer.page.getElementById("side");
  if (!talk || !side) {
    location.assign(answer.url);
    return;
  }
  if (push && answer.url !== location.href) history.pushState(null, "", answer.url);
  document.getElementById("talk").replaceWith(talk);
  document.getElementById("side").replaceWith(side);
  document.title = talk.dataset.title;
  document.body.dataset.view = talk.querySelector("loket-conversation") ? "conversation" : "work";
  showTimes(talk);
  showTimes(side);
  document.dispatchEvent(new CustomEvent("loket:opened", { detail: answer.asked }));
}

export async function open(url, options = {}) {
  const answer = await fetchPart(url);
  if (answer) showPanes(answer, options);
  return answer;
}
