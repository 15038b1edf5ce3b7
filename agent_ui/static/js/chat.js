// A chat has two ends: the visitor sees that we type and how far we read, and we see what they do.
import { openConversation } from "./conversation.js";
import { fetchPart } from "./parts.js";
import { showTimes } from "./times.js";

const TYPING_EVERY = 4_000;
const TYPING_FOR = 6_000;

let typedAt = 0;
let told = "";
let fades;

export function keepChat() {
  document.addEventListener("input", onInput);
  document.addEventListener("visibilitychange", tellSeen);
  document.addEventListener("loket:opened", follow);
  follow();
}

// What the visitor does, as the live line tells it.
export function showSign(conversation, sign) {
  const line = conversation.querySelector("[data-typing]");
  clearTimeout(fades);
  if (line) line.textContent = sign === "typing" ? line.dataset.words : "";
  if (sign === "typing") fades = setTimeout(() => showSign(conversation, ""), TYPING_FOR);
  if (sign === "here" || sign === "left") refreshVisitor(conversation);
}

function follow() {
  const conversation = openConversation();
  if (!conversation) return;
  new MutationObserver(tellSeen).observe(conversation, { attributeFilter: ["data-seen"] });
  tellSeen();
}

function onInput({ target }) {
  if (!target.matches("loket-composer textarea")) return;
  const { mode, way } = target.form.elements;
  const toChat = mode.value === "reply" && way?.selectedOptions[0]?.dataset.channel === "chat";
  const now = performance.now();
  if (toChat && target.value && now - typedAt > TYPING_EVERY) {
    typedAt = now;
    tell("typing");
  } else if (toChat && !target.value && typedAt) {
    typedAt = 0;
    tell("stopped");
  }
}

function tellSeen() {
  const conversation = openConversation();
  if (!conversation?.hasAttribute("data-chat") || document.visibilityState !== "visible") return;
  const { id, seen } = conversation.dataset;
  if (told === `${id}/${seen}`) return;
  told = `${id}/${seen}`;
  tell("seen", seen);
}

function tell(what, seen = "") {
  const conversation = openConversation();
  if (!conversation?.hasAttribute("data-chat")) return;
  const token = conversation.querySelector("loket-composer input[type=hidden]");
  const body = new URLSearchParams({ [token.name]: token.value, what, seen });
  // Nobody waits for it, and nothing is lost with it.
  fetch(`${conversation.path}/signs`, { method: "POST", body }).catch(() => {});
}

async function refreshVisitor(conversation) {
  const answer = await fetchPart(conversation.path);
  const fresh = answer?.page.querySelector("[data-visitor]");
  const shown = document.querySelector("[data-visitor]");
  if (!fresh || !shown || openConversation() !== conversation) return;
  shown.replaceWith(fresh);
  showTimes(fresh);
}
