// <loket-by-hand>: what is typed is kept in this browser until it is sent; times are of this place.
import { askBeforeSending } from "./before-sending.js";
import { keep, read } from "./kept.js";
import { leaveNothing } from "./signing-out.js";
import { text } from "./texts.js";
import { listenToThemes } from "./views.js";

const KEPT = ["who", "name", "subject", "text", "at", "topic", "form"];
const SAVE_AFTER = 300;

class ByHand extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.elements.zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (document.querySelector("[data-done]")) this.forget();
    else this.restore();
    this.form.addEventListener("input", () => this.saveSoon());
    this.form.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("keydown", (event) => this.onEscape(event));
    window.addEventListener("pagehide", () => this.save());
  }

  get key() {
    return `by-hand:${this.dataset.draft}`;
  }

  // What the server gave back after a refusal is newer than what was kept here.
  restore() {
    const kept = read(this.key);
    const { text: area, who, name } = this.form.elements;
    if (!kept || area.value || who?.value || name?.value) return;
    for (const field of KEPT) {
      if (kept[field] && this.form.elements[field]) this.form.elements[field].value = kept[field];
    }
    this.showState();
  }

  saveSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE_AFTER);
  }

  save() {
    clearTimeout(this.timer);
    const { elements } = this.form;
    const draft = Object.fromEntries(KEPT.map((field) => [field, elements[field]?.value ?? ""]));
    const said = draft.text || draft.who || draft.name || draft.subject;
    keep(this.key, said ? draft : null);
    this.showState();
  }

  forget() {
    keep(this.key, null);
  }

  showState() {
    const { text: area } = this.form.elements;
    this.querySelector("[data-draft-state]").textContent = area.value ? text("Draft kept") : "";
  }

  onKey(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.form.requestSubmit(this.querySelector("[data-send]"));
    }
  }

  // Where Escape leads from the work as well. What is typed is kept, but a file would be lost.
  onEscape(event) {
    if (event.key !== "Escape" || event.defaultPrevented || this.form.elements.file.files.length) return;
    const menu = document.querySelector("details.menu[open]");
    if (!menu) return this.querySelector("[data-back]").click();
    menu.open = false;
    menu.querySelector("summary").focus();
  }
}

customElements.define("loket-by-hand", ByHand);
listenToThemes();
leaveNothing(async () => document.querySelector("loket-by-hand").save());
askBeforeSending();
