// Short messages at the foot of the window, read out as they come.
import { text } from "./texts.js";

const SHOWN = 8_000;

export function toast(words, link = null) {
  const box = document.createElement("p");
  box.className = "toast";
  box.append(words);
  if (link) {
    const anchor = document.createElement("a");
    Object.assign(anchor, { href: link.href, target: "_blank", textContent: link.words });
    box.append(anchor);
  }
  place().replaceChildren(box);
  if (!link) setTimeout(() => box.remove(), SHOWN);
  return box;
}

function place() {
  const there = document.getElementById("toasts");
  if (there) return there;
  const made = document.createElement("div");
  Object.assign(made, { id: "toasts", className: "toasts", role: "alert" });
  document.body.append(made);
  return made;
}

export function sayUnreachable() {
  const box = toast(text("Loket cannot be reached. What you typed is kept. Try again."));
  box.dataset.unreachable = "";
}

let asking = false;

// Who comes back to the window or the tab, or takes up the phone, may be told so by two events at once.
function onSeen() {
  if (asking || document.visibilityState !== "visible") return;
  asking = true;
  comeBack().finally(() => (asking = false));
}

// Signed in again in another tab: go on here, with what was typed.
async function comeBack() {
  const answer = await fetch("/console", { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || new URL(answer.url).pathname !== "/console") return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  window.removeEventListener("focus", onSeen);
  document.removeEventListener("visibilitychange", onSeen);
  if (page.body.dataset.agent !== document.body.dataset.agent) {
    location.reload();
    return;
  }
  const { name, value } = page.querySelector("#act input[type=hidden]");
  for (const field of document.querySelectorAll(`input[name="${name}"]`)) field.value = value;
  toast(text("You are signed in again. Go on where you were."));
  document.dispatchEvent(new CustomEvent("loket:signed-in"));
}

export function saySignedOut() {
  window.addEventListener("focus", onSeen);
  document.addEventListener("visibilitychange", onSeen);
  showLive("out", text("Signed out"));
  const link = { href: "/console/sign-in", words: text("Sign in again") };
  toast(text("You are signed out. What you typed is kept."), link);
}

// Only some pages are live.
export function showLive(state, words) {
  const live = document.getElementById("live");
  if (!live) return;
  // Who reads that Loket is live again does not read beside it that it cannot be reached.
  if (state === "live" && live.dataset.state !== state) document.querySelector(".toast[data-unreachable]")?.remove();
  live.dataset.state = state;
  const said = document.getElementById("live-text");
  if (said.textContent !== words) said.textContent = words;
}

export function showLost() {
  showLive("connecting", navigator.onLine ? text("Connecting again") : text("No network"));
}
