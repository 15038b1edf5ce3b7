// What the browser keeps between pages: the visitor's token, what was typed and is not yet
// acknowledged, and how far the visitor has read. One entry per message, so that two tabs do not
// overwrite each other. Where a browser forbids storage, it is kept as long as the page lives.

const USER = "@";

export class Keep {
  #prefix;
  #memory = new Map();
  #count = 0;

  // What a user of the website has is kept apart from what was said before they signed in.
  constructor(site, user = "") {
    this.#prefix = `loket-chat:${site}:${user ? `${USER}${encodeURIComponent(user)}:` : ""}`;
  }

  get session() {
    return this.#get("session");
  }

  set session(session) {
    this.#set("session", session);
  }

  get name() {
    return this.#get("name") ?? "";
  }

  set name(name) {
    this.#set("name", name);
  }

  get seen() {
    const seen = this.#get("seen");
    return seen?.session === this.session?.session ? (seen?.sequence ?? 0) : 0;
  }

  set seen(sequence) {
    this.#set("seen", { session: this.session?.session, sequence });
  }

  // Messages that the server has not acknowledged, oldest first.
  get messages() {
    return this.#keys()
      .filter((key) => key.startsWith("message:"))
      .map((key) => this.#get(key))
      .filter(Boolean)
      .sort((one, other) => one.at - other.at || one.count - other.count);
  }

  add(message) {
    this.#set(`message:${message.id}`, { ...message, at: Date.now(), count: this.#count++ });
  }

  drop(id) {
    this.#remove(`message:${id}`);
  }

  forget() {
    for (const key of this.#keys()) this.#remove(key);
  }

  // Also what users of the website have: nobody finds anything any more.
  static forgetAll(site) {
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(`loket-chat:${site}:`)) localStorage.removeItem(key);
      }
    } catch {
      // Nothing was stored.
    }
  }

  // Calls back when another tab of this site began a session or forgot it.
  onSessionChange(callback) {
    addEventListener("storage", ({ key }) => {
      if (key === `${this.#prefix}session` || key === null) callback();
    });
  }

  #get(name) {
    if (this.#memory.has(name)) return this.#memory.get(name);
    try {
      return JSON.parse(localStorage.getItem(this.#prefix + name));
    } catch {
      return null;
    }
  }

  #set(name, value) {
    try {
      localStorage.setItem(this.#prefix + name, JSON.stringify(value));
      this.#memory.delete(name);
    } catch {
      this.#memory.set(name, value);
    }
  }

  #remove(name) {
    this.#memory.delete(name);
    try {
      localStorage.removeItem(this.#prefix + name);
    } catch {
      // Nothing was stored.
    }
  }

  #keys() {
    const names = new Set(this.#memory.keys());
    try {
      for (const key of Object.keys(localStorage)) {
        const name = key.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : USER;
        if (!name.startsWith(USER)) names.add(name);
      }
    } catch {
      // Only memory, then.
    }
    return [...names];
  }
}
