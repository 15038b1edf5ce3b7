// Sends forms and follows links without leaving the page. Without scripts they work as they are.
import { refreshDesk } from "./desk.js";
import { openedDoor } from "./next-action.js";
import { fetchPart, open, showPanes } from "./parts.js";
import { toast } from "./notices.js";
import { text } from "./texts.js";
import { sameForm } from "./unsent.js";
import { showMore } from "./views.js";
import { workList } from "./work-list.js";

const WRONG_INPUT = 400;
let sending = false;

async function send(form, submitter) {
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  const fields = new FormData(form, submitter);
  const body = form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields);
  const composer = form.closest("loket-composer");
  const written = composer?.area.value;
  await composer?.settle();
  // A proposal may write below what is being typed.
  if (form.closest("[data-next]")) await document.querySelector("loket-composer")?.flush();
  const answer = await fetchPart(action, { method: "POST", body });
  if (composer) composer.sending = false;
  if (!answer) return;
  const tookNothing = action.endsWith("/take") && new URL(answer.url).pathname === "/console";
  if (answer.ok) composer?.forget(written);
  const typing = composer !== null || document.activeElement.matches("loket-composer textarea");
  // A refusal shows the conversation again; its address is not one to come back to.
  const goesOn = showPanes(answer, { push: answer.ok, sent: form, from: submitter ?? form });
  refreshDesk();
  if (action.endsWith("/follow")) workList().countSoon();
  if (!goesOn) focusAfter(typing, form, submitter ?? form, answer);
  if (tookNothing) toast(text("Nothing waits for your roles."));
}

function focusAfter(typing, sent, from, { status }) {
  const notice = document.querySelector("[data-notice] [role=alert]");
  if (notice) notice.scrollIntoView({ block: "nearest" });
  const same = sent.isConnected ? null : sameForm(sent);
  const wrong = status === WRONG_INPUT && notice && openAgain(same, notice);
  const next = wrong || openedDoor() || (typing && document.querySelector("loket-composer textarea"));
  const beside = from.closest("#side") && (firstField(same) ?? document.getElementById("side"));
  (next || beside || document.getElementById("talk")).focus({ preventScroll: true });
}

// What was filled in wrongly in a menu is mended there; the notice goes with it.
function openAgain(form, notice) {
  const menu = form?.closest("details.menu");
  if (!menu) return null;
  showMore(menu);
  menu.open = true;
  form.prepend(notice);
  return firstField(form);
}

function firstField(form) {
  const fields = form?.querySelectorAll("input:not([type=hidden]), textarea, select, button") ?? [];
  return [...fields].find((field) => field.checkVisibility());
}

function onSubmit(event) {
  const { target: form, submitter } = event;
  if (!form.hasAttribute("data-part") || submitter?.hasAttribute("data-full")) return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  submitter?.setAttribute("aria-busy", "true");
  send(form, submitter).finally(() => {
    sending = false;
    submitter?.removeAttribute("aria-busy");
  });
}

function onClick(event) {
  const link = event.target.closest("a[data-part]");
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!link || !plain) return;
  event.preventDefault();
  follow(link);
}

async function follow(link) {
  if (await open(link.href)) document.getElementById("talk").focus({ preventScroll: true });
}

export function takeOverForms() {
  document.addEventListener("submit", onSubmit);
  document.addEventListener("click", onClick);
  window.addEventListener("popstate", () => open(location.href, { push: false }));
}
