// The <loket-chat> element: brings together the line to the server and what is on the screen.

import { AddressForm } from "./address.js";
import { Ending } from "./ending.js";
import { Composer } from "./forms.js";
import { Link } from "./link.js";
import { Log } from "./log.js";
import { PreChat } from "./prechat.js";
import { style } from "./style.js";
import { View } from "./view.js";
import { followPage } from "./where.js";
import { languageOf, localeFor, wordsIn } from "./words.js";

const OFFER_AFTER_MS = 60_000;
const AWAY_AFTER_MS = 60_000;
const TYPING_FOR_MS = 6_000;

// What administrators chose for this website; the page itself has the last word.
function chosenWords({ title, look = {} }, language) {
  const chosen = { title: title || look.titles?.[language], greeting: look.greetings?.[language] };
  return Object.fromEntries(Object.entries(chosen).filter(([, words]) => words));
}

class LoketChat extends HTMLElement {
  #words;
  #link;
  #log;
  #composer;
  #preChat;
  #ending;
  #addressForm;
  #copyForm;
  #view;
  #topic;
  #userEmail = "";
  #offered = false;
  #timers = {};

  constructor(base, options) {
    super();
    const language = languageOf(options.lang ?? document.documentElement.lang);
    this.#words = { ...wordsIn(language), ...chosenWords(options, language) };
    this.#topic = options.topic ?? "";
    this.#link = new Link(base, options.site, () => ({
      page: location.href,
      title: document.title,
      language,
      topic: this.#topic,
    }));
    this.#makeParts(base, localeFor(language), options.name);
    this.#listen();
    this.lang = language;
    if (options.theme) this.setAttribute("theme", options.theme);
    this.#paint(options.look ?? {});
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
    this.#tell("open");
  }

  close() {
    if (!this.#view.isOpen) return;
    this.#link.typing(false);
    this.#view.close();
    if (this.#shouldOffer()) {
      this.#offered = true;
      this.#view.offerOnLeaving();
    }
    this.#tell("close");
  }

  setTopic(topic) {
    this.#topic = topic;
    this.#preChat.topic = topic;
    this.#link.tellAbout();
  }

  // The visitor is this user of the website: { id, hash, name, email }; `hash` is made on its server.
  identify(user) {
    this.#userEmail = user.email ?? "";
    this.#addressForm.suggestion = this.#copyForm.suggestion = this.#userEmail;
    if (user.name) {
      this.#composer.name = user.name;
      this.#composer.asksName = false;
    }
    this.#link.identify(user);
    this.#comeBack();
  }

  // The next person at this browser sees nothing of this chat: call it when somebody signs out.
  shutdown() {
    this.close();
    this.#view.withdrawOffers();
    this.#userEmail = "";
    this.#composer.name = "";
    this.#composer.asksName = true;
    this.#link.forget();
  }

  forget() {
    this.shutdown();
  }

  // Inside

  #paint({ accent, onAccent, dark }) {
    if (!accent) return;
    for (const theme of dark ? ["", "-dark"] : [""]) {
      this.style.setProperty(`--chosen-accent${theme}`, accent);
      this.style.setProperty(`--chosen-on-accent${theme}`, onAccent);
    }
  }

  #makeParts(base, locale, givenName) {
    const words = this.#words;
    this.#log = new Log(words, locale, base);
    this.#preChat = new PreChat(words, locale);
    const name = givenName ?? this.#link.keep.name;
    this.#composer = new Composer(words, name, {
      write: (text, by) => this.#write(text, by),
      attach: (files, by) => this.#attach(files, by),
      typing: (on) => this.#link.typing(on),
    });
    this.#composer.asksName = !name;
    this.#makeForms();
    const actions = {
      toggle: () => (this.#view.isOpen ? this.close() : this.open()),
      close: () => this.close(),
      byMail: () => this.#ask(this.#addressForm),
    };
    const inside = [this.#log, this.#preChat, this.#ending, this.#addressForm, this.#copyForm];
    const elements = [...inside, this.#composer].map((part) => part.element);
    this.#view = new View(words, actions, elements, base);
    this.#view.canGoOnByMail = false;
  }

  #makeForms() {
    const words = this.#words;
    this.#ending = new Ending(
      words,
      (score, comment) => this.#rate(score, comment),
      () => this.#ask(this.#copyForm),
    );
    const form = (id, texts, send) =>
      new AddressForm(id, words, texts, send, () => this.#closeForms());
    const on = { label: words.address, help: words.addressHelp, save: words.save };
    const copy = { label: words.copyTo, help: words.copyHelp, save: words.sendCopy };
    this.#addressForm = form("address", on, (to) => this.#goOn(to));
    this.#copyForm = form("copy", copy, (to) => this.#copy(to));
  }

  #listen() {
    const on = (type, action) => this.#link.addEventListener(type, (e) => action(e.detail));
    on("state", ({ state }) => (this.#view.state = this.#words[state] ?? ""));
    on("reset", () => this.#onReset());
    on("ready", () => this.#onReady());
    on("line", (line) => this.#onLine(line));
    on("kept", (answer) => this.#log.kept(answer));
    on("refused", (answer) => this.#log.refused(answer));
    on("restored", () => this.#onRestored());
    on("status", (status) => this.#onStatus(status));
    on("typing", (sign) => this.#onTyping(sign));
    document.addEventListener("visibilitychange", () => this.#onVisibility());
    // A socket would keep the page out of the browser's back and forward cache.
    addEventListener("pagehide", () => this.#link.stop());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#comeBack());
    addEventListener("focus", () => this.#comeBack());
    followPage(() => this.#link.tellAbout());
  }

  #onReset() {
    this.#log.announces = false;
    this.#log.clear();
    this.#closeForms({ focus: false });
    this.#ending.close();
    this.#preChat.show(false);
    this.#view.agent = { agent: "" };
    this.#view.typing = this.#view.note = "";
    this.#view.canGoOnByMail = false;
    this.#view.unread = 0;
  }

  #onReady() {
    const { topics, files, email } = this.#link.offer;
    this.#showWaiting();
    this.#composer.accept = files.accept;
    this.#preChat.offer(topics, this.#topic, { mail: email, email: this.#userEmail });
    this.#preChat.show(this.#log.isEmpty);
    this.#log.announces = true;
    this.#look();
  }

  #onLine(line) {
    this.#log.add(line);
    this.#preChat.show(false);
    if (line.side === "us") this.#onAnswer(line);
    this.#view.canGoOnByMail = this.#link.offer.email !== "off";
    this.#look();
  }

  #onAnswer(line) {
    clearTimeout(this.#timers.offer);
    this.#view.withdrawOffers();
    this.#view.typing = this.#view.note = "";
    if (line.sequence <= this.#link.keep.seen) return;
    if (!this.#view.isOpen) this.#view.announce(this.#words.newFrom(line.name || this.#words.us));
    this.#tell("message", { name: line.name, text: line.text });
  }

  #onRestored() {
    this.#showWaiting();
    this.#comeBack();
  }

  #onStatus(status) {
    this.#view.agent = status;
    this.#log.seen = status.seen;
    if (status.waiting) this.#view.note = this.#preChat.answerIn(status.wait);
    else if (status.agent) this.#view.note = "";
    if (status.rating) this.#ending.open();
    else if (!this.#ending.isDone) this.#ending.close();
  }

  #onTyping({ name, on }) {
    clearTimeout(this.#timers.typing);
    this.#view.typing = on ? this.#words.typing(name) : "";
    // Whoever loses the line while typing does not type for ever.
    this.#timers.typing = setTimeout(() => (this.#view.typing = ""), TYPING_FOR_MS);
  }

  // What is on the screen counts as seen; what is not, as unread.
  #look() {
    if (this.#view.isLookedAt) this.#link.seen(this.#log.last);
    const unread = this.#log.unreadSince(this.#link.keep.seen);
    this.#view.unread = unread;
    this.#tell("unread", { count: unread });
  }

  #write(text, name) {
    const more = this.#begin(name);
    this.#log.wait({ id: this.#link.write(text, name, more), text });
    this.#expectAnswer();
  }

  #attach(files, name) {
    const { most } = this.#link.offer.files;
    for (const file of files) {
      const more = this.#begin(name);
      const tooLarge = most && file.size > most;
      const id = tooLarge ? crypto.getRandomValues(new Uint32Array(1))[0] : null;
      this.#log.wait({ id: id ?? this.#link.sendFile(file, name, more), file });
      if (tooLarge) this.#log.refused({ id, code: { most } });
    }
    this.#expectAnswer();
  }

  // With the first message goes what was asked before it.
  #begin(name) {
    const more = this.#preChat.answers;
    this.#link.keep.name = name;
    this.#composer.asksName = false;
    this.#preChat.wrote(more);
    if (more.email) this.#link.addressGiven();
    return more;
  }

  #expectAnswer() {
    clearTimeout(this.#timers.offer);
    this.#timers.offer = setTimeout(() => this.#offerWhileWaiting(), OFFER_AFTER_MS);
  }

  #showWaiting() {
    for (const message of this.#link.waiting) this.#log.wait(message);
  }

  async #rate(score, comment) {
    const code = await this.#link.request("rate", { score, comment });
    return code && code !== "rated" ? this.#words.addressLater : "";
  }

  // By mail

  #shouldOffer() {
    return this.#link.offer.email === "offered" && this.#log.unanswered && !this.#offered;
  }

  #offerWhileWaiting() {
    if (!this.#view.isOpen || !this.#shouldOffer()) return;
    this.#offered = true;
    this.#view.offerWhileWaiting();
  }

  #ask(form) {
    this.open();
    this.#view.withdrawOffers();
    this.#addressForm.close();
    this.#copyForm.close();
    form.open();
  }

  async #goOn(address) {
    const code = await this.#link.request("email", { address });
    if (!code) this.#preChat.mailedTo = address;
    return this.#told(code, this.#words.addressKept(address));
  }

  async #copy(address) {
    const code = await this.#link.request("transcript", { address });
    const { copyNoAnswer: no_answer, copyOften: mailed } = this.#words;
    return { no_answer, mailed }[code] ?? this.#told(code, this.#words.copySent(address));
  }

  // What was asked is done, which is said; else gives the words that say why not.
  #told(code, done) {
    if (code) return code === "bad_address" ? this.#words.badAddress : this.#words.addressLater;
    this.#view.note = done;
    this.#composer.focus();
    return "";
  }

  #closeForms({ focus = true } = {}) {
    this.#addressForm.close();
    this.#copyForm.close();
    if (focus) this.#composer.focus();
  }

  // Coming and going

  #onVisibility() {
    clearTimeout(this.#timers.away);
    if (document.visibilityState === "visible") {
      this.#comeBack();
      this.#look();
    } else {
      // Who does not look is not here: answers then go by mail, if the visitor wanted that.
      this.#timers.away = setTimeout(() => this.#link.stop(), AWAY_AFTER_MS);
    }
  }

  // A visitor who never wrote or opened the chat costs no connection and leaves no trace.
  #comeBack() {
    const { keep } = this.#link;
    if (this.#view.isOpen || keep.session || this.#link.waiting.length) this.#link.start();
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

// Puts the chat on the page; nothing when it is there already.
export function show(base, options) {
  if (customElements.get("loket-chat")) return null;
  customElements.define("loket-chat", LoketChat);
  const chat = new LoketChat(base, options);
  if (document.body) document.body.append(chat);
  else addEventListener("DOMContentLoaded", () => document.body.append(chat));
  return chat;
}
