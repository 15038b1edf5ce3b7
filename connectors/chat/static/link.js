// The line to the server: begins a session, keeps a socket open, and sees to it that every message
// arrives once and in order, whatever the network does. README.md has the protocol.
//
// Events: `state` (online, offline, closed, unavailable), `reset` (another chat begins: forget the
// lines), `ready` (its history is in), `line` (a message of either side, in order), `kept` and
// `refused` (of a message that was written here), `restored` (of files of an earlier page),
// `status` and `typing` (of the other side).

import { Door } from "./door.js";
import { newId } from "./ids.js";
import { Keep } from "./keep.js";

const NEW_SESSION = 4401;
const REPLACED = 4409;
const ANSWER_MS = 10_000;
const PING_MS = 25_000;
const TYPING_MS = 4_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export class Link extends EventTarget {
  #door;
  #site;
  #keep;
  #about;
  #user = null;
  #anonymous = null;
  #session = "";
  #offer = { email: "off", topics: [], files: { most: 0, accept: "" } };
  #last = 0;
  #wanted = false;
  #socket = null;
  #online = false;
  #inFlight = "";
  #failures = 0;
  #attempt = 0;
  #files = [];
  #written = new Set();
  #requests = new Map();
  #typedAt = 0;
  #timers = {};

  // `about`: what the server is told about the page: page, title, language, topic.
  constructor(base, site, about) {
    super();
    this.#door = new Door(base, site);
    this.#site = site;
    this.#about = about;
    this.#use(new Keep(site));
    addEventListener("online", () => this.#wanted && this.#reconnect());
    addEventListener("offline", () => this.#wanted && this.#drop());
  }

  get keep() {
    return this.#keep;
  }

  // What the server offers: `email` (off, offered, given), `topics`, `files`.
  get offer() {
    return this.#offer;
  }

  start() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#connect();
  }

  stop() {
    this.#wanted = false;
    this.#hangUp();
    this.#say("state", { state: "closed" });
  }

  // Let nothing remain of this visitor in the browser.
  forget() {
    this.#keep.forget();
    Keep.forgetAll(this.#site);
    this.#become(null, new Keep(this.#site));
    this.stop();
  }

  // From now on the visitor is this user of the website: { id, hash }.
  identify(user) {
    if (user.id === this.#user?.id) return;
    const before = this.#user ? null : this.#keep;
    this.#become(user, new Keep(this.#site, user.id), before);
    if (this.#wanted) this.#connect();
  }

  // Keep a message and send it as soon as the server answers; gives its id. `more`: topic,
  // answers, email.
  write(text, name, more = {}) {
    const id = newId();
    this.#written.add(id);
    this.#keep.add({ id, text, name, ...more });
    this.#typedAt = 0;
    this.#flush();
    return id;
  }

  // The same for a file.
  sendFile(file, name, more = {}) {
    const id = newId();
    const entry = { id, file, name, at: Date.now(), ...more };
    this.#written.add(id);
    this.#files.push(entry);
    this.#keep.addFile(entry);
    this.#flush();
    return id;
  }

  // An address went along with what was written: it is not asked for again.
  addressGiven() {
    this.#offer.email = "given";
  }

  // What the server has not acknowledged, oldest first.
  get waiting() {
    return [...this.#keep.messages, ...this.#files].sort((one, other) => one.at - other.at);
  }

  // Everything up to `sequence` was on the screen.
  seen(sequence) {
    if (sequence <= this.#keep.seen) return;
    this.#keep.seen = sequence;
    this.#sendSeen();
  }

  typing(on = true) {
    const now = Date.now();
    if (!this.#online || (on && now - this.#typedAt < TYPING_MS) || (!on && !this.#typedAt)) return;
    this.#typedAt = on ? now : 0;
    this.#send({ type: "typing", on });
  }

  // The visitor is on another page, or it is about something else.
  tellAbout() {
    if (this.#online) this.#send({ type: "about", ...this.#about() });
  }

  // Ask for something (email, rate, transcript); gives "" when it was done, else why not.
  async request(type, fields) {
    if (!this.#online) return "later";
    const id = newId();
    const code = await new Promise((settle) => {
      this.#requests.set(id, settle);
      this.#ask({ type, id, ...fields });
    });
    this.#requests.delete(id);
    if (type === "email" && !code) this.#offer.email = "given";
    return code;
  }

  // Connecting

  #use(keep) {
    this.#keep = keep;
    keep.onSessionChange(() => keep === this.#keep && this.#onSessionChange());
    this.#restore(keep);
  }

  // Files that another page, or this one before it was loaded anew, could not send.
  async #restore(keep) {
    const kept = await keep.files();
    if (keep !== this.#keep || !kept.length) return;
    const known = new Set(this.#files.map(({ id }) => id));
    this.#files.unshift(
      ...kept.filter(({ id }) => !known.has(id)).map((file) => ({ ...file, restored: true })),
    );
    this.#say("restored");
    this.#flush();
  }

  #become(user, keep, anonymous = null) {
    this.#hangUp();
    this.#user = user;
    this.#anonymous = anonymous;
    this.#session = "";
    this.#files = [];
    this.#written = new Set();
    this.#use(keep);
    this.#say("reset");
  }

  // What the server has not acknowledged goes along to who the visitor turns out to be.
  async #carry(from, to, goes = () => true) {
    for (const message of from.messages.filter(goes)) {
      to.add(message);
      from.drop(message.id);
    }
    for (const file of (await from.files()).filter(goes)) {
      to.addFile(file);
      await from.dropFile(file.id);
    }
    this.#restore(to);
  }

  async #connect() {
    this.#hangUp();
    const attempt = this.#attempt;
    const stored = this.#keep.session;
    if (stored && stored.session === this.#session) return this.#open();
    try {
      const begun = await this.#door.begin(this.#sessionRequest(stored));
      if (attempt !== this.#attempt) return;
      // Another tab may have been quicker: then its session is this tab's too.
      if (this.#keep.session?.session !== stored?.session) return this.#connect();
      this.#adopt(begun);
      this.#open();
    } catch (error) {
      if (attempt === this.#attempt) this.#onNoSession(error);
    }
  }

  #sessionRequest(stored) {
    const token = stored?.token ?? this.#anonymous?.session?.token;
    const { language } = this.#about();
    const user = this.#user && { id: String(this.#user.id), hash: String(this.#user.hash) };
    return { ...(token && { token }), ...(user && { user }), language };
  }

  #onNoSession(error) {
    if (error.code === "identity") {
      console.error("Loket chat: the proof of who the user is does not fit.");
      const [refused, written] = [this.#keep, this.#written];
      this.#become(null, this.#anonymous ?? new Keep(this.#site));
      // Not what the user left here at another time: it is theirs.
      this.#carry(refused, this.#keep, ({ id }) => written.has(id));
      return this.#connect();
    }
    if (!error.final) return this.#tryLater();
    this.stop();
    this.#say("state", { state: "unavailable" });
  }

  #adopt({ token, session, history, email, topics, files }) {
    this.#keep.session = { token, session };
    const anonymous = this.#anonymous;
    this.#anonymous = null;
    if (anonymous) this.#carry(anonymous, this.#keep).then(() => anonymous.forget());
    this.#offer = { email, topics, files };
    if (session === this.#session) return;
    this.#session = session;
    this.#last = 0;
    this.#say("reset");
    for (const line of history) this.#receive(line);
    this.#say("ready");
  }

  #open() {
    const socket = new WebSocket(this.#door.socket);
    this.#socket = socket;
    const { token } = this.#keep.session;
    this.#expectAnswer();
    socket.onopen = () => this.#ask({ type: "hello", token, last: this.#last, ...this.#about() });
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = ({ code }) => this.#onClose(code);
  }

  #onClose(code) {
    this.#hangUp();
    if (code === REPLACED) return this.stop();
    if (code === NEW_SESSION) this.#session = "";
    this.#tryLater();
  }

  // Let go of the socket without waiting for the other side, which may be long gone.
  #hangUp() {
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#timers = {};
    this.#attempt++;
    this.#online = false;
    this.#inFlight = "";
    for (const settle of this.#requests.values()) settle("later");
    this.#typedAt = 0;
    if (!this.#socket) return;
    const socket = this.#socket;
    this.#socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #drop() {
    this.#hangUp();
    this.#tryLater();
  }

  #reconnect() {
    this.#failures = 0;
    if (!this.#online) this.#connect();
  }

  #tryLater() {
    if (!this.#wanted) return;
    this.#say("state", { state: "offline" });
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures++, LONGEST_PAUSE_MS);
    this.#after("connect", pause * (0.5 + Math.random() / 2), () => this.#connect());
  }

  #onSessionChange() {
    if (this.#keep.session?.session === this.#session) return;
    if (!this.#keep.session) this.forget();
    else if (this.#wanted) this.#connect();
  }

  // Talking

  #hear(frame) {
    clearTimeout(this.#timers.answer);
    this.#after("ping", PING_MS, () => this.#ask({ type: "ping" }));
    switch (frame.type) {
      case "welcome":
        return this.#onWelcome();
      case "message":
        return this.#receive(frame);
      case "ack":
        return this.#onAnswer(frame, "");
      case "refused":
        return this.#onAnswer(frame, frame.code);
      case "retry":
        return this.#onRetry(frame);
      case "status":
      case "typing":
        return this.#say(frame.type, frame);
    }
  }

  #onWelcome() {
    this.#online = true;
    this.#failures = 0;
    this.#say("state", { state: "online" });
    this.#sendSeen();
    this.#flush();
  }

  #receive(line) {
    if (line.sequence <= this.#last) return;
    this.#last = line.sequence;
    this.#say("line", line);
  }

  #onAnswer({ id, sequence }, code) {
    if (this.#requests.has(id)) return this.#requests.get(id)(code);
    this.#keep.drop(id);
    this.#keep.dropFile(id);
    this.#files = this.#files.filter((file) => file.id !== id);
    this.#inFlight = "";
    this.#say(code ? "refused" : "kept", { id, sequence, code });
    this.#flush();
  }

  #onRetry({ id, after }) {
    if (this.#requests.has(id)) return this.#requests.get(id)("later");
    this.#after("retry", after * 1000, () => {
      this.#inFlight = "";
      this.#flush();
    });
  }

  // One message at a time: the next is sent when the server has the one before.
  #flush() {
    if (!this.#online || this.#inFlight) return;
    const [text] = this.#keep.messages;
    const [file] = this.#files;
    const next = file && (!text || file.at < text.at) ? file : text;
    if (!next) return;
    this.#inFlight = next.id;
    if (next.file) return this.#upload(next);
    const { id, text: words, name, topic, answers, email } = next;
    this.#ask({ type: "message", id, text: words, name, topic, answers, email });
  }

  async #upload({ id, file, name, topic, answers, email, restored }) {
    const attempt = this.#attempt;
    // Another tab may have sent it meanwhile.
    const gone = restored && !(await this.#keep.files()).some((kept) => kept.id === id);
    if (attempt !== this.#attempt) return;
    if (gone) return this.#onAnswer({ id }, "");
    const { token } = this.#keep.session;
    const about = { ...this.#about(), token, id, name, answers, email };
    const answer = await this.#door.upload({ ...about, ...(topic && { topic }) }, file);
    if (attempt !== this.#attempt) return;
    if (answer.after) this.#onRetry({ id, after: answer.after });
    else this.#onAnswer({ id, sequence: answer.sequence }, answer.code ?? "");
  }

  #sendSeen() {
    const sequence = this.#keep.seen;
    if (this.#online && sequence) this.#send({ type: "seen", sequence });
  }

  #ask(frame) {
    this.#expectAnswer();
    this.#send(frame);
  }

  #send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  // A line on which nothing comes back is dead, whatever the browser says.
  #expectAnswer() {
    this.#after("answer", ANSWER_MS, () => this.#drop());
  }

  #after(name, milliseconds, action) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = setTimeout(action, milliseconds);
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
