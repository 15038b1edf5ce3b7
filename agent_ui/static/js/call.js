// <loket-call>: the call bar. It follows the call by the live line, and stays where it is while
// somebody types a number in it.
import { fetchPart, showPanes } from "./parts.js";

const EVERY = 1_000;

// Answers overtake each other, and each puts another bar in place of the one that asked: so what
// is under way and what is shown are kept here, not with a bar.
let sending = false;
let shownAsked = 0;
// Keys that were pressed while others were on their way, each with the pad that it was pressed on:
// that of another call may be shown by then.
let waitingKeys = [];

const callOf = (pad) => pad.elements.namedItem("call").value;

class CallBar extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => this.onSubmit(event));
    this.addEventListener("keydown", (event) => this.onKey(event));
    this.clock = setInterval(() => this.tick(), EVERY);
    this.tick();
  }

  disconnectedCallback() {
    clearInterval(this.clock);
  }

  get path() {
    return `/console/conversations/${this.dataset.of}/call`;
  }

  tick() {
    const shown = this.querySelector("[data-call-time]");
    if (!shown) return;
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(this.dataset.since)) / 1000));
    const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
    shown.textContent = `${minutes}:${String(rest).padStart(2, "0")}`;
  }

  // On the pad a digit is a digit, not one of the agent's views.
  onKey(event) {
    const pad = event.target.closest(".keypad");
    if (!pad || event.ctrlKey || event.metaKey || !/^[0-9*#]$/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    pad.requestSubmit(pad.querySelector(`[name=keys][value="${event.key}"]`));
  }

  onSubmit(event) {
    const { target: form, submitter } = event;
    event.preventDefault();
    event.stopPropagation();
    if (sending && submitter?.name === "keys") waitingKeys.push({ pad: form, key: submitter.value });
    if (!sending) this.post(form, new URLSearchParams(new FormData(form, submitter)), submitter);
  }

  async post(form, body, submitter = null) {
    sending = true;
    submitter?.setAttribute("aria-busy", "true");
    const answer = await fetchPart(this.path, { method: "POST", body });
    sending = false;
    submitter?.removeAttribute("aria-busy");
    const done = answer?.ok && !form.classList.contains("keypad");
    // Who gave the call to a role of others sees their own work again.
    const here = document.querySelector("loket-call")?.dataset.of === this.dataset.of;
    if (answer?.ok && !answer.page.querySelector("loket-call")) {
      if (here) showPanes(answer);
    } else if (answer) show(answer, this.dataset.of, { posted: true, done });
    passOn();
  }

  async refresh() {
    const answer = await fetchPart(this.path);
    if (answer) show(answer, this.dataset.of);
  }

  // What is unfolded stays so, with what is typed there, unless it was just sent.
  become(fresh, { done = false } = {}) {
    const open = done ? null : this.querySelector("details[open]");
    const same = open && fresh.querySelector(open.hasAttribute("data-keypad") ? "[data-keypad]" : "[data-through]");
    const focused = this.contains(document.activeElement) ? document.activeElement : null;
    const key = focused?.dataset.key;
    if (same) same.replaceWith(open);
    this.replaceWith(fresh);
    if (!focused) return;
    const next = same?.contains(focused) || open?.contains(focused) ? focused : key && fresh.querySelector(`[data-key="${key}"]`);
    (next?.isConnected ? next : fresh.querySelector("button, summary") ?? document.getElementById("talk")).focus({ preventScroll: true });
  }
}

// What was pressed meanwhile in one call, all at once.
function passOn() {
  const pad = waitingKeys[0]?.pad;
  if (!pad) return;
  const isOfIt = (one) => callOf(one.pad) === callOf(pad);
  const keys = waitingKeys.filter(isOfIt).map((one) => one.key).join("");
  waitingKeys = waitingKeys.filter((one) => !isOfIt(one));
  pad.closest("loket-call").post(pad, new URLSearchParams([...new FormData(pad), ["keys", keys]]));
}

// Puts an answer in the bar that is there now. What was asked for before what is shown may tell of
// an older state: only a refusal is then still worth showing. What was posted may have changed more
// than what is shown knows of.
function show(answer, conversation, { posted = false, done = false } = {}) {
  const [bar, fresh] = [document, answer.page].map((page) => page.querySelector("loket-call"));
  if (bar?.dataset.of !== conversation || fresh?.dataset.of !== conversation) return;
  if (answer.ok && answer.asked < shownAsked) {
    if (done) bar.querySelector("details[open]")?.removeAttribute("open");
    if (posted) bar.refresh();
    return;
  }
  shownAsked = Math.max(shownAsked, answer.asked);
  bar.become(fresh, { done });
}

document.addEventListener("loket:opened", ({ detail: asked }) => {
  shownAsked = Math.max(shownAsked, asked);
});

customElements.define("loket-call", CallBar);

export function refreshCall() {
  document.querySelector("loket-call")?.refresh();
}
