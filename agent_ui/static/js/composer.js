// <loket-composer>: what is typed is kept, here at once and in Loket a moment later, until it is sent.
import { addFiles, dropsAndPastes, listFiles, tooLarge } from "./composer-files.js";
import { offersReplies } from "./canned.js";
import { keep, read } from "./kept.js";
import { mark } from "./marks.js";
import { toast } from "./notices.js";
import { showCount } from "./segments.js";
import { copyOf, filesOf, goingOf, hasArrived, leftBehind, stand } from "./sending.js";
import { isAside, joined, setAside, showAside } from "./set-aside.js";
import { say, text } from "./texts.js";

const SAVE_AFTER = 300;
const TELL_AFTER = 900;
// A page that did not go by then, stays.
const GONE_AFTER = 30_000;
const FIELDS = ["mode", "text", "way", "subject", "cc", "to"];
// What somebody chooses before they write a word.
const CHOSEN = ["way", "subject", "cc", "to"];
const TICKED = ["rich", "signed"];
// Names this page, so that what it keeps does not come back to it.
const PAGE = Math.random().toString(36).slice(2);

class Composer extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.area = this.querySelector("textarea");
    this.told = JSON.stringify(this.values());
    this.restore();
    this.form.addEventListener("input", () => {
      this.saveSoon();
      this.showCount();
    });
    // Leaving the text is a change as well: it must not take away the button that is being pressed.
    this.form.addEventListener("change", ({ target }) => this.onChange(target));
    this.form.addEventListener("submit", (event) => this.refuseLarge(event));
    this.form.addEventListener("keydown", (event) => this.onKey(event));
    this.addEventListener("click", (event) => this.onClick(event));
    dropsAndPastes(this);
    offersReplies(this);
    this.leave = () => this.save({ leaving: true });
    window.addEventListener("pagehide", this.leave);
    this.go = () => this.onGoing();
    window.addEventListener("beforeunload", this.go);
    this.again = () => this.tellSoon();
    document.addEventListener("loket:live", this.again);
    this.showCount();
    addFiles(this.form.elements.file, filesOf(this));
    this.showFiles();
  }

  disconnectedCallback() {
    this.goes = false;
    if (!this.sent) this.save({ leaving: true });
    window.removeEventListener("beforeunload", this.go);
    window.removeEventListener("pagehide", this.leave);
    document.removeEventListener("loket:live", this.again);
  }

  get key() {
    return `draft:${this.dataset.draft}`;
  }

  values() {
    const values = valuesOf(this.form);
    if (!this.form.elements.signed) values.signed = "1";
    return values;
  }

  // What this browser has and Loket does not is newer than what the page came with.
  restore() {
    const going = goingOf(this);
    if (going) {
      this.empty();
      this.sending = true;
      stand(going, this);
    }
    const left = going ? null : leftBehind(this);
    const back = left && this.besides(left);
    if (back) {
      keep(this.key, back);
      toast(text("What you were sending here did not arrive. It is in your answer again."));
    } else if (left) setAside(this, left);
    const kept = back || this.newer();
    if (kept) this.put(kept);
    showAside(this);
    this.showState(kept ? "here" : "loket");
    if (kept) this.tellSoon();
  }

  // `left`, which a page that died was sending, with what was written since; null when that is for others.
  besides(left) {
    const since = read(this.key);
    if (since) return joined(left, since);
    // What Loket has may be how it began.
    const here = this.values();
    return left.text.startsWith(here.text.trim()) || joined(left, here) ? left : null;
  }

  // What this browser kept, unless the agent went on with it at another machine.
  newer() {
    const kept = read(this.key);
    if (!kept) return null;
    const { page, was, seen, ...values } = kept;
    if (page === PAGE) return values;
    const here = this.values().text;
    const isLast = here === was || values.text.startsWith(here);
    if (isLast && !hasArrived(this, kept)) return values;
    keep(this.key, null);
    if (!isLast && !here.startsWith(values.text)) setAside(this, values);
    return null;
  }

  // What can no more be said to whom it was meant for stays among ourselves.
  put(values) {
    this.area.value = values.text;
    if (!this.choose(values.mode)) this.choose("note");
    for (const name of FIELDS.slice(2)) {
      const field = this.form.elements[name];
      const fits = field?.options ? [...field.options].some((one) => one.value === values[name]) : field;
      if (fits && values[name]) field.value = values[name];
    }
    for (const name of TICKED) {
      const box = this.form.elements[name];
      if (box && name in values) box.checked = values[name] !== "";
    }
    this.goBy(values.once);
    this.showCount();
  }

  // What may have arrived goes under the name that it went by, so that it goes once; all else under a new one.
  goBy(once) {
    const field = this.form.elements.once;
    field.value = once || PAGE + Date.now().toString(36);
    field.toggleAttribute("data-tried", Boolean(once));
  }

  choose(mode) {
    const choice = this.form.querySelector(`input[name="mode"][value="${mode}"]`);
    if (choice) choice.checked = true;
    return choice !== null;
  }

  write(mode) {
    if (!this.choose(mode)) return;
    this.nameIt();
    this.area.focus();
    if (mode === "forward" && !this.form.elements.to.value) this.form.elements.to.focus();
  }

  saveSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE_AFTER);
  }

  save({ leaving = false } = {}) {
    clearTimeout(this.timer);
    const values = this.values();
    if (JSON.stringify(values) === this.told) return;
    // Beside what did not go, that nothing is written yet counts as well: a refusal brings its text along.
    keep(this.key, values.text || isAside(this) ? this.mine(values) : null);
    this.showState("here");
    if (leaving) this.tell({ leaving });
    else this.tellSoon();
  }

  // With what Loket had, and what had been said, when it was written.
  mine(values) {
    const was = JSON.parse(this.told).text;
    return { ...values, page: PAGE, was, seen: this.form.elements.seen.value };
  }

  tellSoon() {
    clearTimeout(this.teller);
    this.teller = setTimeout(() => this.tell(), TELL_AFTER);
  }

  tell(how = {}) {
    clearTimeout(this.teller);
    if (this.sending) return null;
    this.telling = this.keepInLoket(how);
    return this.telling;
  }

  // All that was typed is in Loket.
  async flush() {
    this.save();
    await this.tell();
  }

  // Nothing that is on its way to be kept may come after what is sent now.
  async settle() {
    clearTimeout(this.timer);
    clearTimeout(this.teller);
    this.sending = true;
    await this.telling;
  }

  async keepInLoket({ leaving = false } = {}) {
    const values = this.values();
    const told = JSON.stringify(values);
    if (told === this.told) {
      this.haveInLoket();
      return;
    }
    const token = this.form.querySelector("input[type=hidden]");
    const body = new URLSearchParams({ ...values, page: PAGE, [token.name]: token.value });
    const url = `/console/conversations/${this.dataset.id}/draft`;
    const options = { method: "POST", body, headers: { "X-Loket-Part": "1" }, keepalive: leaving };
    const answer = await fetch(url, options).catch(() => null);
    if (!answer?.ok) return;
    this.told = told;
    if (JSON.stringify(this.values()) === told) this.haveInLoket();
  }

  // The next page may have been made just before Loket had it: it finds what is kept here.
  haveInLoket() {
    if (!this.goes) keep(this.key, null);
    this.showState("loket");
  }

  onGoing() {
    this.goes = true;
    clearTimeout(this.stayer);
    this.stayer = setTimeout(() => {
      this.goes = false;
      this.tell();
    }, GONE_AFTER);
  }

  // The agent wrote at another screen of theirs: go on from there, unless they type here as well.
  async follow(page) {
    if (page === PAGE || JSON.stringify(this.values()) !== this.told) return;
    const answer = await fetch(location.href, { headers: { "X-Loket-Part": "1" } }).catch(() => null);
    if (!answer?.ok || JSON.stringify(this.values()) !== this.told) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const other = fresh.querySelector(`loket-composer[data-id="${this.dataset.id}"] form`);
    if (!other) return;
    this.put(valuesOf(other));
    this.told = JSON.stringify(this.values());
    this.showState("loket");
  }

  showState(where) {
    const words = { here: text("Draft kept on this device"), loket: text("Draft kept") };
    this.querySelector("[data-draft-state]").textContent = this.area.value ? words[where] : "";
  }

  showCount() {
    const place = this.querySelector("[data-segments]");
    if (place) showCount(place, this.area.value);
  }

  // What stood in it is on its way.
  empty() {
    this.area.value = "";
    this.goBy("");
    if (this.form.elements.file) this.form.elements.file.value = "";
    this.showFiles();
    this.showCount();
    this.area.required = false; // a second press is no mistake
    this.showState("here");
  }

  // What was on its way did not go.
  takeBack(values, files) {
    this.sending = false;
    const all = joined(values, this.values());
    if (all) this.takeOver(all, files);
    else {
      setAside(this, values, files);
      this.save();
    }
  }

  takeOver(values, files) {
    this.put(values);
    addFiles(this.form.elements.file, files);
    this.showFiles();
    this.save();
  }

  // The customer wrote over another channel: an answer goes over it, too, unless the agent chose a
  // way or has begun to write. `other` is this composer as the server makes it now.
  followCustomer(other) {
    const { way, subject } = this.form.elements;
    const ways = other.querySelector("select[name=way]");
    if (!way || !ways || this.sending || this.chose || this.area.value || this.chosen.length) return;
    const { value } = ways;
    way.replaceChildren(...ways.children);
    way.value = value;
    const fresh = other.querySelector("input[name=subject]");
    if (subject && fresh) {
      subject.value = fresh.value;
      Object.assign(subject.dataset, fresh.dataset);
    }
    this.told = JSON.stringify(this.values());
  }

  // From another composer, whose text is here as far as Loket had it.
  goOnFrom(old) {
    const { mode, text: typed } = old.values();
    if (typed.trim()) {
      const had = JSON.parse(old.told).text;
      const { value } = this.area;
      const before = had && value.endsWith(had) ? value.slice(0, -had.length) : value && `${value}\n\n`;
      if (!this.choose(mode)) this.choose("note");
      this.area.value = before + typed;
      const at = before.length + old.area.selectionStart;
      this.area.setSelectionRange(at, before.length + old.area.selectionEnd);
    }
    this.takeOver(this.values(), copyOf(old.form.elements.file));
  }

  // The files that are chosen, which are then chosen no more.
  takeFiles() {
    const files = copyOf(this.form.elements.file);
    if (files.length) this.form.elements.file.value = "";
    return files;
  }

  // `sent` is on its way to the customer; what was typed behind it meanwhile stays.
  forget(sent) {
    this.sending = this.chose = false;
    const { value } = this.area;
    this.area.value = value.startsWith(sent) ? value.slice(sent.length).trimStart() : "";
    this.told = JSON.stringify({ ...this.values(), text: "" });
    keep(this.key, null);
    this.sent = this.area.value === "";
    this.save();
  }

  // A file may go without a word.
  showFiles() {
    this.chosen = listFiles(this);
    this.area.required = !this.chosen.length;
    this.form.toggleAttribute("data-files-chosen", this.chosen.length > 0);
  }

  onChange({ name }) {
    if (CHOSEN.includes(name)) this.chose = true;
    if (name === "mode") this.nameIt();
    if (name === "mode" || name === "file") this.showFiles();
  }

  // What is passed on is no answer, unless somebody gave it another subject.
  nameIt() {
    const { mode, subject } = this.form.elements;
    if (!subject) return;
    const { reply, forward } = subject.dataset;
    const isForward = mode.value === "forward";
    if (subject.value === (isForward ? reply : forward)) subject.value = isForward ? forward : reply;
  }

  // What no mail server takes is not sent off first.
  refuseLarge(event) {
    const why = tooLarge(this);
    if (!why) return;
    event.preventDefault();
    event.stopPropagation();
    say(why);
  }

  onClick({ target }) {
    const button = target.closest("[data-mark]");
    if (button) this.mark(button.dataset.mark);
    const others = target.closest("[data-use-draft]")?.parentElement.querySelector("[data-draft-text]");
    if (!others) return;
    const own = this.area.value.trim();
    this.insert(others.textContent, 0, this.area.value.length, own ? `${own}\n\n` : "");
    say(text("Draft kept"));
  }

  mark(sign) {
    const { rich } = this.form.elements;
    if (!rich) return;
    rich.checked = true;
    mark(this.area, sign);
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Puts a text in place of what stands there, so that Ctrl+Z takes it out again.
  insert(words, start, end, before = "") {
    this.area.focus();
    this.area.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, before + words)) {
      this.area.setRangeText(before + words, start, end, "end");
    }
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // A line above the text is not the answer: Enter leads from it to the text, and sends at the time
  // where one is chosen.
  onEnter({ target }) {
    if (target.name === "later_at") this.form.requestSubmit(this.querySelector("[name=then][value=later]"));
    else this.area.focus();
  }

  onKey(event) {
    if (event.defaultPrevented || event.isComposing) return;
    if (!(event.ctrlKey || event.metaKey)) {
      if (event.key !== "Enter" || !event.target.matches("input:not([type=file])")) return;
      event.preventDefault();
      this.onEnter(event);
      return;
    }
    if (event.key === "Enter") {
      event.preventDefault();
      const end = event.shiftKey ? this.querySelector("[data-send-resolve]") : null;
      this.form.requestSubmit(end ?? this.querySelector("[data-send]"));
    } else if (event.target === this.area && (event.key === "b" || event.key === "i")) {
      event.preventDefault();
      this.mark(event.key === "b" ? "**" : "*");
    }
  }
}

function valuesOf(form) {
  const { elements } = form;
  const values = Object.fromEntries(FIELDS.map((name) => [name, elements[name]?.value ?? ""]));
  for (const name of TICKED) values[name] = elements[name]?.checked ? "1" : "";
  values.once = elements.once.hasAttribute("data-tried") ? elements.once.value : "";
  return values;
}

customElements.define("loket-composer", Composer);
