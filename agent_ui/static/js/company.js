// Who else looks at the open conversation or types in it: each screen says so, nobody keeps it.
import { openConversation } from "./conversation.js";
import { text } from "./texts.js";

// Who goes through the list key by key does not look: they are gone before anybody reads that they do.
const LOOKS_AFTER = 400;
const AGAIN_EVERY = 20_000;
const GONE_AFTER = 45_000;
const TYPING_EVERY = 3_000;
const TYPING_FOR = 6_000;

let here = new Map();
let at = "";
let told = "";
let soon;
let typedAt = -TYPING_EVERY;

export function keepCompany() {
  document.addEventListener("loket:opened", follow);
  document.addEventListener("input", onInput);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && tell("looking"));
  window.addEventListener("pagehide", () => leave({ leaving: true }));
  setInterval(() => {
    if (document.visibilityState === "visible") tell("looking");
    show();
  }, AGAIN_EVERY);
  follow();
}

// What the live line tells of a colleague, or of the agent at another screen.
export function showCompany(conversation, sign) {
  if (sign.doing === "draft") {
    conversation.querySelector("loket-composer")?.follow(sign.page);
    return;
  }
  if (sign.agent_id === document.body.dataset.agent) return;
  if (sign.doing === "left") here.delete(sign.agent_id);
  else here.set(sign.agent_id, { name: sign.name, at: Date.now(), typing: sign.doing === "typing" ? Date.now() : 0 });
  if (sign.fresh) tell("looking");
  show();
  if (sign.doing === "typing") setTimeout(() => stopped(sign.agent_id), TYPING_FOR);
  if (sign.doing === "left") conversation.refresh();
}

// What they wrote and did not send is a draft now.
function stopped(agent) {
  show();
  const one = here.get(agent);
  if (one && Date.now() - one.typing >= TYPING_FOR) openConversation()?.refresh();
}

function follow() {
  const id = openConversation()?.dataset.id ?? "";
  if (id === at) {
    show();
    return;
  }
  leave();
  here = new Map();
  at = id;
  if (at) soon = setTimeout(() => tell("looking", { fresh: true }), LOOKS_AFTER);
}

// Only who was told that somebody looks is told that they left.
function leave(options) {
  clearTimeout(soon);
  if (told) tell("left", { id: told, ...options });
  told = "";
}

function onInput({ target }) {
  const now = performance.now();
  if (!target.matches("loket-composer textarea") || now - typedAt < TYPING_EVERY) return;
  typedAt = now;
  tell("typing");
}

function show() {
  const place = openConversation()?.querySelector("[data-company]");
  if (!place) return;
  const now = Date.now();
  for (const [id, one] of here) if (now - one.at > GONE_AFTER) here.delete(id);
  const words = [...here.values()].map(({ name, typing }) =>
    now - typing < TYPING_FOR ? text("{name} is writing here", { name }) : text("{name} is looking too", { name }),
  );
  const said = words.join(" \u00b7 ");
  if (place.textContent !== said) place.textContent = said;
  place.toggleAttribute("data-busy", [...here.values()].some(({ typing }) => now - typing < TYPING_FOR));
}

function tell(what, { id = at, fresh = false, leaving = false } = {}) {
  if (!id) return;
  if (what !== "left") told = id;
  const token = document.querySelector("#act input[type=hidden]");
  const body = new URLSearchParams({ [token.name]: token.value, what, fresh: fresh ? "1" : "" });
  const options = { method: "POST", body, headers: { "X-Loket-Part": "1" }, keepalive: leaving };
  fetch(`/console/conversations/${id}/company`, options).catch(() => {});
}
