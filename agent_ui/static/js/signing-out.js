// Before somebody signs out: what this browser keeps of what they typed goes to Loket, and nothing of it
// stays for who comes next. What Loket cannot keep is asked about.
import { forgetFor, keep, keysOf, read } from "./kept.js";
import { text } from "./texts.js";

const ready = new WeakSet();

// `written`: settles when nothing of this page is on its way any more.
export function leaveNothing(written = async () => {}) {
  document.addEventListener("submit", (event) => onSubmit(event, written), { capture: true });
}

async function onSubmit(event, written) {
  const { target: form, submitter } = event;
  const agent = form.dataset.signsOut;
  if (!agent || ready.has(form)) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  // A form is not submitted anew while the listeners of its first submission still run.
  await new Promise((over) => setTimeout(over));
  await written();
  for (const key of keysOf(agent).filter((one) => one.startsWith("draft:"))) await bring(key, form);
  const goes = !keysOf(agent).length || confirm(question());
  form.removeAttribute("aria-busy");
  if (!goes) return;
  forgetFor(agent);
  ready.add(form);
  form.requestSubmit(submitter);
}

// The draft of a conversation.
async function bring(key, form) {
  const { name, value } = form.querySelector("input[type=hidden]");
  const body = new URLSearchParams({ ...read(key), [name]: value });
  const url = `/console/conversations/${key.split("/")[1]}/draft`;
  const answer = await fetch(url, { method: "POST", body, headers: { "X-Loket-Part": "1" } }).catch(() => null);
  if (answer?.ok) keep(key, null);
}

const question = () =>
  text("This browser has text of yours that Loket does not have. It is deleted when you sign out. Sign out?");
