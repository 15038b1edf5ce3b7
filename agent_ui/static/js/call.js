// <loket-call>: the call bar. It follows the call by the live line, and stays where it is while
// somebody types a number in it.
import { fetchPart } from "./parts.js";

const EVERY = 1_000;

class CallBar extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => this.onSubmit(event));
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

  async onSubmit(event) {
    const { target: form, submitter } = event;
    event.preventDefault();
    event.stopPropagation();
    if (this.sending) return;
    this.sending = true;
    submitter?.setAttribute("aria-busy", "true");
    const body = new URLSearchParams(new FormData(form, submitter));
    const answer = await fetchPart(this.path, { method: "POST", body });
    this.sending = false;
    submitter?.removeAttribute("aria-busy");
    if (answer) this.put(answer.page, { done: answer.ok && !form.classList.contains("keypad") });
  }

  async refresh() {
    const answer = await fetchPart(this.path);
    if (answer) this.put(answer.page);
  }

  // What is unfolded stays so, with what is typed there, unless it was just sent.
  put(page, { done = false } = {}) {
    const fresh = page.querySelector("loket-call");
    if (!fresh || !this.isConnected || fresh.dataset.of !== this.dataset.of) return;
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

customElements.define("loket-call", CallBar);

export function refreshCall() {
  document.querySelector("loket-call")?.refresh();
}
