// The <loket-chat> element: brings together the line to the server and what is on the screen.

import { AddressForm, Composer } from "./forms.js";
import { Keep } from "./keep.js";
import { Link } from "./link.js";
import { Log } from "./log.js";
import { style } from "./style.js";
import { View } from "./view.js";
import { languageOf, localeFor, wordsIn } from "./words.js";

const OFFER_AFTER_MS = 60_000;
const AWAY_AFTER_MS = 60_000;

class LoketChat extends HTMLElement {
  #words;
  #keep;
  #link;
  #log;
  #composer;
  #addressForm;
  #view;
  #offered = false;
  #offerTimer;
  #awayTimer;

  constructor(base, options) {
    super();
    const language = languageOf(options.lang ?? document.documentElement.lang);
    this.#words = { ...wordsIn(language), ...(options.title && { title: options.title }) };
    this.#keep = new Keep(options.site);
    this.#link = new Link(base, options.site, this.#keep, () => ({
      page: location.href,
      language,
      topic: options.topic ?? "",
    }));
    this.#makeParts(language, options.name);
    this.#listen();
    this.lang = language;
    if (options.theme) this.setAttribute("theme", options.theme);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style];
    root.append(this.#view.element);
  }

  connectedCallback() {
    this.#showWaiting();
    this.#comeBack();
  }

  disconnectedCallback() {
    this.#link.stop();
  }

  // For the page

  open() {
    if (this.#view.isOpen) return;
    const fillsScreen = this.#view.open();
    this.#log.toEnd();
    this.#link.start();
    this.#look();
    if (!fillsScreen) this.#composer.focus();
  }

  close() {
    if (!this.#view.isOpen) return;
    this.#view.close();
    if (this.#shouldOffer()) {
      this.#offered = true;
      this.#view.offerOnLeaving();
    }
  }

  // The next person at this browser sees nothing of this chat: call it when somebody signs out.
  forget() {
    this.close();
    this.#view.withdrawOffers();
    this.#link.forget();
  }

  // Inside

  #makeParts(language, givenName) {
    const words = this.#words;
    this.#log = new Log(words, localeFor(language));
    const name = givenName ?? this.#keep.name;
    this.#composer = new Composer(words, name, (text, by) => this.#write(text, by));
    this.#composer.asksName = !name;
    this.#addressForm = new AddressForm(
      words,
      (address) => this.#goOnByMail(address),
      () => this.#closeAddressForm(),
    );
    const actions = {
      toggle: () => (this.#view.isOpen ? this.close() : this.open()),
      close: () => this.close(),
      byMail: () => this.#askAddress(),
    };
    const inside = [this.#log.element, this.#addressForm.element, this.#composer.element];
    this.#view = new View(words, actions, inside);
    this.#view.canGoOnByMail = false;
  }

  #listen() {
    const on = (type, action) => this.#link.addEventListener(type, (e) => action(e.detail));
    on("state", ({ state }) => (this.#view.state = this.#words[state] ?? ""));
    on("reset", () => this.#onReset());
    on("ready", () => this.#onReady());
    on("line", (line) => this.#onLine(line));
    on("kept", (answer) => this.#log.kept(answer));
    on("refused", (answer) => this.#log.refused(answer));
    document.addEventListener("visibilitychange", () => this.#onVisibility());
    // A socket would keep the page out of the browser's back and forward cache.
    addEventListener("pagehide", () => this.#link.stop());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#comeBack());
    addEventListener("focus", () => this.#comeBack());
  }

  #onReset() {
    this.#log.announces = false;
    this.#log.clear();
    this.#view.canGoOnByMail = false;
  }

  #onReady() {
    this.#showWaiting();
    this.#log.announces = true;
    this.#look();
  }

  #onLine(line) {
    this.#log.add(line);
    if (line.side === "us") this.#onAnswer(line);
    this.#view.canGoOnByMail = this.#link.email !== "off";
    this.#look();
  }

  #onAnswer(line) {
    clearTimeout(this.#offerTimer);
    this.#view.withdrawOffers();
    if (!this.#view.isOpen && line.sequence > this.#keep.seen) {
      this.#view.announce(this.#words.newFrom(line.name || this.#words.us));
    }
  }

  // What is on the screen counts as seen; what is not, as unread.
  #look() {
    if (this.#view.isLookedAt) this.#link.seen(this.#log.last);
    this.#view.unread = this.#log.unreadSince(this.#keep.seen);
  }

  #write(text, name) {
    this.#keep.name = name;
    this.#composer.asksName = false;
    const id = this.#link.write(text, name);
    this.#log.wait({ id, text });
    clearTimeout(this.#offerTimer);
    this.#offerTimer = setTimeout(() => this.#offerWhileWaiting(), OFFER_AFTER_MS);
  }

  #showWaiting() {
    for (const message of this.#keep.messages) this.#log.wait(message);
  }

  // Going on by mail

  #shouldOffer() {
    return this.#link.email === "offered" && this.#log.unanswered && !this.#offered;
  }

  #offerWhileWaiting() {
    if (!this.#view.isOpen || !this.#shouldOffer()) return;
    this.#offered = true;
    this.#view.offerWhileWaiting();
  }

  #askAddress() {
    this.open();
    this.#view.withdrawOffers();
    this.#addressForm.open();
  }

  async #goOnByMail(address) {
    const problem = await this.#link.goOnByMail(address);
    if (!problem) {
      this.#view.note = this.#words.addressKept(address);
      this.#composer.focus();
    }
    return problem;
  }

  #closeAddressForm() {
    this.#addressForm.close();
    this.#composer.focus();
  }

  // Coming and going

  #onVisibility() {
    clearTimeout(this.#awayTimer);
    if (document.visibilityState === "visible") {
      this.#comeBack();
      this.#look();
    } else {
      // Who does not look is not here: answers then go by mail, if the visitor wanted that.
      this.#awayTimer = setTimeout(() => this.#link.stop(), AWAY_AFTER_MS);
    }
  }

  // A visitor who never wrote or opened the chat costs no connection and leaves no trace.
  #comeBack() {
    if (this.#keep.session || this.#keep.messages.length) this.#link.start();
  }
}

export function show(base, options) {
  if (customElements.get("loket-chat")) return;
  customElements.define("loket-chat", LoketChat);
  const add = () => document.body.append(new LoketChat(base, options));
  if (document.body) add();
  else addEventListener("DOMContentLoaded", add);
}
