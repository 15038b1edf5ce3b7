// What the visitor fills in: the message, and the address for answers by mail.

import { h, icon, ICONS } from "./dom.js";

// 2,700 characters are 8,100 bytes at most: the server takes 8,192.
const MOST_CHARACTERS = "2700";

// The place to write; `write(text, name)` is called with what is sent.
export class Composer {
  #name;
  #text;
  #nameField;

  constructor(words, name, write) {
    this.#name = h("input", { id: "name", autocomplete: "name", maxlength: "100" });
    this.#name.value = name;
    this.#nameField = field(words.name, this.#name);
    this.#text = h("textarea", { id: "text", rows: "1", maxlength: MOST_CHARACTERS });
    this.#text.addEventListener("keydown", (event) => this.#onKey(event));
    const send = h("button", { class: "primary", "aria-label": words.send }, icon(ICONS.send));
    this.element = h(
      "form",
      { class: "composer" },
      this.#nameField,
      h("div", { class: "row" }, field(words.write, this.#text), send),
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(write);
    });
  }

  // A name is asked for once, before the first message.
  set asksName(yes) {
    this.#nameField.hidden = !yes;
  }

  focus() {
    this.#text.focus();
  }

  #send(write) {
    const text = this.#text.value.trim();
    if (!text) return;
    this.#text.value = "";
    write(text, this.#name.value.trim());
    this.focus();
  }

  #onKey(event) {
    // Enter also confirms a word in input methods for Chinese, Japanese and Korean.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.element.requestSubmit();
  }
}

// Asks for a mail address; `save(address)` gives "" or why it was not taken.
export class AddressForm {
  #words;
  #address;
  #error;
  #save;

  constructor(words, save, cancel) {
    this.#words = words;
    this.#save = save;
    this.#address = h("input", {
      id: "address",
      type: "email",
      autocomplete: "email",
      maxlength: "254",
      required: true,
      "aria-describedby": "address-help address-error",
    });
    this.#error = h("p", { class: "error", id: "address-error", role: "alert" });
    this.element = h(
      "form",
      { class: "card", novalidate: true, hidden: true },
      field(words.address, this.#address),
      h("p", { class: "quiet", id: "address-help" }, words.addressHelp),
      this.#error,
      h(
        "div",
        { class: "row" },
        h("button", { class: "primary" }, words.save),
        h("button", { class: "plain", type: "button", onclick: cancel }, words.cancel),
      ),
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  open() {
    this.#error.textContent = "";
    this.element.hidden = false;
    this.#address.focus();
  }

  close() {
    this.element.hidden = true;
  }

  async #submit() {
    const address = this.#address.value.trim();
    const code = this.#address.checkValidity() ? await this.#save(address) : "bad_address";
    this.#error.textContent = "";
    if (!code) return this.close();
    const { badAddress, addressLater } = this.#words;
    this.#error.textContent = code === "bad_address" ? badAddress : addressLater;
    this.#address.focus();
  }
}

function field(label, input) {
  const name = h("label", { class: "quiet", for: input.id }, label);
  return h("div", { class: "field" }, name, input);
}
