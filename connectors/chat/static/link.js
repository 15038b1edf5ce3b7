// The line to the server: begins a session, keeps a socket open, and sees to it that every message
// arrives once and in order, whatever the network does. README.md has the protocol.
//
// Events: `state` (online, offline, closed, unavailable), `reset` (another chat begins: forget the
// lines), `ready` (its history is in), `line` (a message of either side, in order), `kept` and
// `refused` (of a message that was written here).

const NEW_SESSION = 4401;
const REPLACED = 4409;
const ANSWER_MS = 10_000;
const PING_MS = 25_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export class Link extends EventTarget {
  #base;
  #site;
  #keep;
  #about;
  #session = "";
  #last = 0;
  #email = "off";
  #wanted = false;
  #socket = null;
  #online = false;
  #inFlight = "";
  #failures = 0;
  #attempt = 0;
  #address = null;
  #timers = {};

  // `about`: what the server is told about the page: page, language, topic.
  constructor(base, site, keep, about) {
    super();
    this.#base = base;
    this.#site = site;
    this.#keep = keep;
    this.#about = about;
    addEventListener("online", () => this.#wanted && this.#reconnect());
    addEventListener("offline", () => this.#wanted && this.#drop());
    keep.onSessionChange(() => this.#onSessionChange());
  }

  // Whether the chat can go on by mail: off, offered or given.
  get email() {
    return this.#email;
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
    this.#session = "";
    this.stop();
    this.#say("reset");
  }

  // Keep a message and send it as soon as the server answers; gives its id.
  write(text, name) {
    const id = newId();
    this.#keep.add({ id, text, name });
    this.#flush();
    return id;
  }

  // Everything up to `sequence` was on the screen.
  seen(sequence) {
    if (sequence <= this.#keep.seen) return;
    this.#keep.seen = sequence;
    this.#sendSeen();
  }

  // Ask for answers by mail; gives "" when the server has the address, else why not.
  goOnByMail(address) {
    if (!this.#online) return Promise.resolve("later");
    this.#address?.settle("later");
    return new Promise((settle) => {
      this.#address = { id: newId(), settle };
      this.#ask({ type: "email", id: this.#address.id, address });
    });
  }

  // Connecting

  async #connect() {
    this.#hangUp();
    const attempt = this.#attempt;
    const stored = this.#keep.session;
    if (stored && stored.session === this.#session) return this.#open();
    try {
      const begun = await this.#begin(stored?.token);
      if (attempt !== this.#attempt) return;
      // Another tab may have been quicker: then its session is this tab's too.
      if (this.#keep.session?.session !== stored?.session) return this.#connect();
      this.#adopt(begun);
      this.#open();
    } catch (error) {
      if (attempt !== this.#attempt) return;
      if (!error.final) return this.#tryLater();
      this.stop();
      this.#say("state", { state: "unavailable" });
    }
  }

  async #begin(token) {
    const response = await fetch(`${this.#base}sessions?site=${this.#site}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(token ? { token } : {}),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (response.ok) return response.json();
    const final = [403, 404].includes(response.status);
    throw Object.assign(new Error(`no session: ${response.status}`), { final });
  }

  #adopt({ token, session, history, email }) {
    this.#keep.session = { token, session };
    this.#email = email;
    if (session === this.#session) return;
    this.#session = session;
    this.#last = 0;
    this.#say("reset");
    for (const line of history) this.#receive(line);
    this.#say("ready");
  }

  #open() {
    const url = new URL(`socket?site=${this.#site}`, this.#base);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
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
    this.#address?.settle("later");
    this.#address = null;
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
    if (id === this.#address?.id) {
      if (!code) this.#email = "given";
      this.#address.settle(code);
      this.#address = null;
      return;
    }
    this.#keep.drop(id);
    this.#inFlight = "";
    this.#say(code ? "refused" : "kept", { id, sequence, code });
    this.#flush();
  }

  #onRetry({ id, after }) {
    if (id === this.#address?.id) return this.#onAnswer({ id }, "later");
    this.#after("retry", after * 1000, () => {
      this.#inFlight = "";
      this.#flush();
    });
  }

  // One message at a time: the next is sent when the server has the one before.
  #flush() {
    if (!this.#online || this.#inFlight) return;
    const next = this.#keep.messages[0];
    if (!next) return;
    this.#inFlight = next.id;
    this.#ask({ type: "message", id: next.id, text: next.text, name: next.name });
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

// 128 random bits; crypto.randomUUID is missing on pages without TLS.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
