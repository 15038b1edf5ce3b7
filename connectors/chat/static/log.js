// The messages on the screen. Lines of the server stand in its order; what it has not
// acknowledged yet stands below them.

import { h, linked } from "./dom.js";
import { fileElement, sizeWords } from "./files.js";

const NEAR_END = 40;

export class Log {
  #words;
  #base;
  #locale;
  #time;
  #own = new Map();
  #lines = [];
  #seen = 0;
  #atEnd = true;

  // `base`: what the addresses of files are relative to.
  constructor(words, locale, base) {
    this.#words = words;
    this.#base = base;
    this.#locale = locale;
    this.#time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
    this.element = h("div", {
      class: "log",
      role: "log",
      tabindex: "0",
      "aria-label": words.messages,
      "aria-live": "off",
    });
    this.element.addEventListener("scroll", () => this.#noteScroll());
    new ResizeObserver(() => this.#follow()).observe(this.element);
    this.clear();
  }

  // A screen reader reads out what comes from now on, not the history.
  set announces(yes) {
    this.element.setAttribute("aria-live", yes ? "polite" : "off");
  }

  // The highest sequence of our side that is in the log.
  get last() {
    return this.#lines.findLast((line) => line.side === "us")?.sequence ?? 0;
  }

  unreadSince(sequence) {
    return this.#lines.filter((line) => line.side === "us" && line.sequence > sequence).length;
  }

  // Whether the visitor wrote last and nobody has answered.
  get unanswered() {
    return this.#lines.at(-1)?.side === "you";
  }

  get isEmpty() {
    return !this.#lines.length && !this.#own.size;
  }

  // Up to where the other side has read.
  set seen(sequence) {
    if (sequence <= this.#seen) return;
    this.#seen = sequence;
    for (const line of this.#lines) {
      if (line.side === "you" && line.sequence <= sequence) this.#describe(line.element, line);
    }
  }

  clear() {
    this.#own.clear();
    this.#lines = [];
    this.#seen = 0;
    const greeting = h("p", { class: "greeting line" });
    greeting.append(h("span", { class: "bubble" }, this.#words.greeting));
    this.element.replaceChildren(greeting);
  }

  // A line of the server; of the visitor's own, the one that waits takes its place.
  add(line) {
    const waiting = this.#own.get(line.id);
    const element = waiting ?? this.#make(line.side, line.text, line.name);
    this.#lines.push({ ...line, element });
    if (line.files.length) this.#showFiles(element, line);
    this.#place(element);
    element.classList.remove("waiting", "refused");
    this.#describe(element, line);
    this.#follow();
  }

  // What the visitor wrote, or added, just now.
  wait({ id, text, file }) {
    if (this.#own.has(id)) return;
    const element = this.#make("you", file ? file.name || this.#words.file : text);
    element.classList.add("waiting");
    this.#own.set(id, element);
    this.#say(element, this.#words.sending);
    this.element.append(element);
    this.toEnd();
  }

  kept({ id, sequence }) {
    const element = this.#own.get(id);
    if (!element?.classList.contains("waiting")) return;
    // Kept in an earlier chat, so it is not one of this chat's lines.
    if (!sequence) element.remove();
    else this.#say(element, this.#words.sent);
  }

  refused({ id, code }) {
    const element = this.#own.get(id);
    if (!element) return;
    element.classList.replace("waiting", "refused");
    this.#say(element, this.#refusal(code));
  }

  #refusal(code) {
    const words = this.#words;
    if (code === "too_long") return words.tooLong;
    if (code === "bad_type") return words.badType;
    return code?.most ? words.tooLarge(sizeWords(code.most, this.#locale)) : words.notSent;
  }

  #showFiles(element, line) {
    const bubble = element.querySelector(".bubble");
    const shown = () => this.#follow();
    const files = line.files.map((file) => fileElement(file, this.#base, this.#locale, shown));
    bubble.replaceChildren(...(line.side === "us" ? linked(line.text) : [line.text]), ...files);
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
  }

  // Who reads what was said before is left in peace.
  #follow() {
    if (this.#atEnd) this.toEnd();
  }

  #noteScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  #make(side, text, name) {
    const bubble = h("p", { class: "bubble", dir: "auto" });
    bubble.append(...(side === "us" ? linked(text) : [text]));
    const who = side === "us" ? name || this.#words.us : this.#words.you;
    const said = h("span", { class: side === "us" ? "about quiet" : "unseen" }, who);
    return h("div", { class: `line ${side}` }, said, bubble, h("span", { class: "about quiet" }));
  }

  #place(element) {
    const before = this.element.querySelector(".waiting, .refused");
    if (before !== element) this.element.insertBefore(element, before);
  }

  #describe(element, line) {
    const time = h("time", { datetime: line.at }, this.#time.format(new Date(line.at)));
    const mark = line.sequence <= this.#seen ? this.#words.seen : this.#words.sent;
    element.lastChild.replaceChildren(time, line.side === "you" ? ` · ${mark}` : "");
  }

  #say(element, text) {
    element.lastChild.textContent = text;
  }
}
