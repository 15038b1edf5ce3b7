// Where the visitor writes, and adds files.

import { field, h, icon, ICONS } from "./dom.js";

// 2,700 characters are 8,100 bytes at most: the server takes 8,192.
const MOST_CHARACTERS = "2700";

// `actions`: write(text, name), attach(files, name), typing(on).
export class Composer {
  #name;
  #text;
  #nameField;
  #picker;
  #actions;

  constructor(words, name, actions) {
    this.#actions = actions;
    this.#name = h("input", { id: "name", autocomplete: "name", maxlength: "100" });
    this.#name.value = name;
    this.#nameField = field(words.name, this.#name);
    this.#text = h("textarea", { id: "text", rows: "1", maxlength: MOST_CHARACTERS });
    this.#text.addEventListener("keydown", (event) => this.#onKey(event));
    this.#text.addEventListener("input", () => actions.typing(this.#text.value.trim() !== ""));
    this.#text.addEventListener("paste", (event) => this.#onFiles(event, event.clipboardData));
    this.#picker = h("input", { type: "file", multiple: true, hidden: true, tabindex: "-1" });
    this.#picker.addEventListener("change", () => this.#onPicked());
    const attach = h(
      "button",
      {
        class: "tool",
        type: "button",
        "aria-label": words.attach,
        title: words.attach,
        onclick: () => this.#picker.click(),
      },
      icon(ICONS.clip),
    );
    const send = h("button", { class: "primary", "aria-label": words.send }, icon(ICONS.send));
    this.element = h(
      "form",
      { class: "composer" },
      this.#nameField,
      h("div", { class: "row" }, attach, field(words.write, this.#text), send),
      this.#picker,
    );
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => this.#onFiles(event, event.dataTransfer));
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  // A name is asked for once, before the first message.
  set asksName(yes) {
    this.#nameField.hidden = !yes;
  }

  set name(name) {
    this.#name.value = name;
  }

  // What the dialog of the browser offers.
  set accept(accept) {
    this.#picker.accept = accept;
  }

  focus() {
    this.#text.focus();
  }

  #send() {
    const text = this.#text.value.trim();
    if (!text) return;
    this.#text.value = "";
    this.#actions.write(text, this.#name.value.trim());
    this.focus();
  }

  #onPicked() {
    this.#attach([...this.#picker.files]);
    this.#picker.value = "";
  }

  // Files that were dropped, or a picture that was pasted; text goes its own way.
  #onFiles(event, data) {
    if (!data?.files.length) return;
    event.preventDefault();
    this.#attach([...data.files]);
  }

  #attach(files) {
    this.#actions.attach(files, this.#name.value.trim());
    this.focus();
  }

  #onKey(event) {
    // Enter also confirms a word in input methods for Chinese, Japanese and Korean.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.element.requestSubmit();
  }
}
