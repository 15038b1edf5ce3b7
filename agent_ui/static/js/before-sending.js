// Before the browser leaves a page with a form: whether somebody is there to take it. Who was signed
// out meanwhile, or has no network, stays where they are, with what they typed.
import { saySignedOut, sayUnreachable } from "./notices.js";

const ASKED = "/console/desk";
const sure = new WeakSet();

async function isTaken() {
  try {
    const { status } = await fetch(ASKED, { headers: { "X-Loket-Part": "1" }, cache: "no-store" });
    if (status === 401) saySignedOut();
    return status !== 401;
  } catch {
    sayUnreachable();
    return false;
  }
}

async function onSubmit(event) {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.method !== "post" || sure.delete(form)) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  const taken = await isTaken();
  form.removeAttribute("aria-busy");
  if (!taken) {
    form.dispatchEvent(new CustomEvent("loket:stays"));
    return;
  }
  sure.add(form);
  form.requestSubmit(submitter);
}

export function askBeforeSending() {
  document.addEventListener("submit", onSubmit);
}
