// <loket-composer>: what is typed is kept in this browser until it is sent.
import { showCount } from "./segments.js";
import { text } from "./texts.js";

const SAVE_AFTER = 300;

class Composer extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.area = this.querySelector("textarea");
    this.restore();
    this.form.addEventListener("input", () => {
      this.saveSoon();
      this.showCount();
    });
    this.form.addEventListener("change", () => this.showFiles());
    this.form.addEventListener("keydown", (event) => this.onKey(event));
    this.leave = () => this.save();
    window.addEventListener("pagehide", this.leave);
    this.showCount();
  }

  disconnectedCallback() {
    this.save();
    window.removeEventListener("pagehide", this.leave);
  }

  get key() {
    return `draft:${this.dataset.draft}`;
  }

  restore() {
    const kept = read(this.key);
    if (!kept || this.area.value) return;
    this.area.value = kept.text;
    this.showState();
    this.choose(kept.mode);
    const { way, subject } = this.form.elements;
    if (way && [...way.options].some((option) => option.value === kept.way)) way.value = kept.way;
    if (subject && kept.subject) subject.value = kept.subject;
  }

  choose(mode) {
    const choice = this.form.querySelector(`input[name="mode"][value="${mode}"]`);
    if (choice) choice.checked = true;
    return choice !== null;
  }

  write(mode) {
    if (this.choose(mode)) this.area.focus();
  }

  saveSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE_AFTER);
  }

  save() {
    clearTimeout(this.timer);
    const { mode, way, subject } = this.form.elements;
    const draft = {
      text: this.area.value, mode: mode.value, way: way?.value, subject: subject?.value,
    };
    keep(this.key, draft.text ? draft : null);
    this.showState();
  }

  showState() {
    const words = this.area.value ? text("Draft kept") : "";
    this.querySelector("[data-draft-state]").textContent = words;
  }

  showCount() {
    const place = this.querySelector("[data-segments]");
    if (place) showCount(place, this.area.value);
  }

  // `sent` is on its way to the customer; what was typed behind it meanwhile stays.
  forget(sent) {
    const { value } = this.area;
    this.area.value = value.startsWith(sent) ? value.slice(sent.length).trimStart() : "";
    this.save();
  }

  // A file may go without a word.
  showFiles() {
    const files = [...(this.form.elements.file?.files ?? [])];
    this.area.required = !files.length;
    const shown = this.querySelector("[data-files]");
    if (!shown) return;
    shown.textContent = files.map((file) => file.name).join(", ") || shown.dataset.words;
  }

  onKey(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.form.requestSubmit(this.querySelector("[data-send]"));
    }
  }
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function keep(key, value) {
  try {
    if (value) localStorage.setItem(key, JSON.stringify(value));
    else localStorage.removeItem(key);
  } catch {
    // A browser without storage keeps the text on the page, which is what there is.
  }
}

customElements.define("loket-composer", Composer);
