// Asks for a mail address: for answers that are missed, or for a copy of the chat.

import { field, h } from "./dom.js";

export class AddressForm {
  #words;
  #address;
  #error;
  #save;

  // `id` tells one form from another; `texts`: label, help and save; `save(address)` gives "" or the words
  // that say why it was not taken.
  constructor(id, words, texts, save, cancel) {
    this.#words = words;
    this.#save = save;
    this.#address = h("input", {
      id,
      type: "email",
      autocomplete: "email",
      maxlength: "254",
      required: true,
      "aria-describedby": `${id}-help ${id}-error`,
    });
    this.#error = h("p", { class: "error", id: `${id}-error`, role: "alert" });
    this.element = h(
      "form",
      { class: "card", novalidate: true, hidden: true },
      field(texts.label, this.#address),
      h("p", { class: "quiet", id: `${id}-help` }, texts.help),
      this.#error,
      h(
        "div",
        { class: "row" },
        h("button", { class: "primary" }, texts.save),
        h("button", { class: "plain", type: "button", onclick: cancel }, words.cancel),
      ),
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  set suggestion(address) {
    if (!this.#address.value) this.#address.value = address;
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
    const good = this.#address.checkValidity();
    const problem = good ? await this.#save(address) : this.#words.badAddress;
    this.#error.textContent = problem;
    if (!problem) return this.close();
    this.#address.focus();
  }
}
