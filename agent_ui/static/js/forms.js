// Sends forms and follows links without leaving the page. Without scripts they work as they are.
import { openConversation } from "./conversation.js";
import { refreshDesk } from "./desk.js";
import { openedDoor } from "./next-action.js";
import { fetchPart, open, showPanes } from "./parts.js";
import { toast } from "./notices.js";
import { arrived, giveBack, goingOf, leaveFiles, sendOff, takenBackBy } from "./sending.js";
import { text } from "./texts.js";
import { sameForm } from "./unsent.js";
import { showMore } from "./views.js";
import { workList } from "./work-list.js";

const WRONG_INPUT = 400;
let sending = null;
// What is written and on its way out, by draft.
const writing = new Map();

// Gives whether it was done.
async function send(form, submitter, earlier) {
  const action = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  const fields = new FormData(form, submitter);
  const body = form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields);
  const composer = form.closest("loket-composer");
  const going = composer && sendOff(composer, submitter);
  const written = going ? "" : composer?.area.value;
  await earlier;
  await composer?.settle();
  // A proposal may write below what is being typed.
  if (form.closest("[data-next]")) await document.querySelector("loket-composer")?.flush();
  const answer = await fetchPart(action, { method: "POST", body });
  if (composer) composer.sending = false;
  if (going && !answer?.ok) giveBack(going, composer, answer ? "" : going.once);
  if (!answer) return false;
  const tookNothing = action.endsWith("/take") && new URL(answer.url).pathname === "/console";
  if (going && answer.ok) arrived(going);
  if (answer.ok) composer?.forget(written);
  if (going && openConversation()?.dataset.id !== composer.dataset.id) {
    await endElsewhere(going, answer);
    return answer.ok;
  }
  const active = document.activeElement;
  const away = going && active !== document.body && !document.getElementById("talk").contains(active);
  const typing = going ? active.closest("loket-composer") : composer ?? active.closest("loket-composer textarea");
  // A refusal shows the conversation again; its address is not one to come back to.
  const goesOn = showPanes(answer, { push: answer.ok, sent: going ? null : form, from: submitter ?? form });
  refreshDesk();
  if (action.endsWith("/follow")) workList().countSoon();
  // Who went on while it was on its way stays where they are.
  const stays = goesOn || (away && active.isConnected);
  if (!stays) focusAfter(typing, form, submitter ?? form, answer);
  if (tookNothing) toast(text("Nothing waits for your roles."));
  if (going?.goesBack && answer.ok) takeBack(going, document);
  return answer.ok;
}

// Who sent it has another conversation before them by now, and keeps that.
async function endElsewhere(going, { page, ok }) {
  refreshDesk();
  if (ok && going.goesBack) takeBack(going, page);
  if (ok) return;
  const why = page.querySelector("[data-notice]")?.textContent.trim() ?? "";
  toast(text("Your answer was not sent and is kept as a draft: {why}", { why }));
}

// As soon as Loket has it.
function takeBack(going, page) {
  const button = takenBackBy(going, page);
  if (!button) toast(text("It has left already."));
  else if (page === document) button.click();
  else {
    const body = new URLSearchParams(new FormData(document.getElementById("act")));
    fetchPart(button.getAttribute("formaction"), { method: "POST", body });
  }
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
  if (form.closest("loket-composer")) write(form, submitter);
  else if (!sending) {
    const earlier = Promise.all(writing.values());
    sending = marked(form, submitter, earlier).finally(() => (sending = null));
  }
}

// One after the other; what is written behind an answer that is on its way goes next.
async function write(form, submitter) {
  const { draft } = form.parentElement.dataset;
  const first = writing.get(draft);
  if (!first) {
    const sent = marked(form, submitter, sending).finally(() => writing.delete(draft));
    writing.set(draft, sent);
  } else if (goingOf(form.parentElement) && isWritten(form)) {
    const at = form.elements.later_at?.value;
    if (await first) pressAgain(form, submitter, at);
  }
}

const isWritten = ({ elements: { text: area, file } }) => area.value.trim() !== "" || file?.files.length > 0;

// The answer to the first has put another composer in place; or the conversation was left meanwhile.
function pressAgain(old, { name, value }, at) {
  const { draft } = old.parentElement.dataset;
  const form = document.querySelector(`loket-composer[data-draft="${draft}"] form`);
  const button = form && [...form.querySelectorAll("button:not([type])")].find((one) => one.name === name && one.value === value);
  if (!button) {
    if (!form) leaveFiles(old.parentElement);
    toast(text("What you wrote behind your answer was not sent. It is kept as a draft."));
  } else if (isWritten(form)) {
    if (at) form.elements.later_at.value = at;
    form.requestSubmit(button);
  }
}

async function marked(form, submitter, earlier) {
  submitter?.setAttribute("aria-busy", "true");
  try {
    return await send(form, submitter, earlier);
  } finally {
    submitter?.removeAttribute("aria-busy");
  }
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

// Nothing is on its way any more, and Loket has what is being typed.
export async function allWritten() {
  await Promise.all([sending, ...writing.values()]);
  await document.querySelector("loket-composer")?.flush();
}

export function takeOverForms() {
  document.addEventListener("submit", onSubmit);
  document.addEventListener("click", onClick);
  window.addEventListener("popstate", () => open(location.href, { push: false }));
}
