// What the browser keeps between pages: the visitor's token, what was typed or added and is not yet
// acknowledged, and how far the visitor has read. One entry per message, so that two tabs do not
// overwrite each other. Where a browser forbids storage, it is kept as long as the page lives.

import * as shelf from "./shelf.js";

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
    this.#set(`message:${message.id}`, { at: Date.now(), count: this.#count++, ...message });
  }

  drop(id) {
    this.#remove(`message:${id}`);
  }

  // A file that waits. The mark says that there are any: who never added one has no database.
  addFile(entry) {
    this.#set("files", true);
    shelf.put(this.#prefix, entry);
  }

  async dropFile(id) {
    if (!this.#get("files")) return;
    await shelf.remove(this.#prefix, id);
    if (!(await shelf.all(this.#prefix)).length) this.#remove("files");
  }

  // Files that the server has not acknowledged, oldest first.
  async files() {
    return this.#get("files") ? shelf.all(this.#prefix) : [];
  }

  forget() {
    if (this.#get("files")) shelf.clear(this.#prefix);
    for (const key of this.#keys()) this.#remove(key);
  }

  // Also what users of the website have: nobody finds anything any more.
  static forgetAll(site) {
    try {
      const marked = Object.keys(localStorage).some((key) => key.endsWith(":files"));
      if (marked) shelf.clear(`loket-chat:${site}:`);
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
