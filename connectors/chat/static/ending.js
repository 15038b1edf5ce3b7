// Asks, when a matter is resolved, how the visitor was helped.

import { field, h } from "./dom.js";

export class Ending {
  #words;
  #form;
  #comment;
  #error;
  #thanks;
  #rate;

  // `rate(score, comment)` gives "" or why it was not taken; `copy` mails the chat.
  constructor(words, rate, copy) {
    this.#words = words;
    this.#rate = rate;
    this.#comment = h("textarea", { id: "comment", rows: "2", maxlength: "2000" });
    this.#error = h("p", { class: "error", role: "alert" });
    this.#thanks = h("p", { role: "status" });
    this.#form = h(
      "form",
      {},
      h("fieldset", { class: "scores" }, h("legend", {}, words.rate), ...this.#scores()),
      this.#ends(),
      field(words.comment, this.#comment),
      this.#error,
      h("div", { class: "row" }, h("button", { class: "primary" }, words.giveRating)),
    );
    const mail = h("button", { class: "plain", type: "button", onclick: copy }, words.copy);
    this.element = h("div", { class: "card", hidden: true }, this.#form, this.#thanks, mail);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  // Whether it was rated, which is still on the screen.
  get isDone() {
    return this.#form.hidden;
  }

  open() {
    if (this.#form.hidden) this.#form.reset();
    this.#form.hidden = false;
    this.#thanks.textContent = "";
    this.element.hidden = false;
  }

  close() {
    this.#form.hidden = false;
    this.element.hidden = true;
  }

  #scores() {
    return this.#words.scores.map((text, place) => {
      const value = String(place + 1);
      const choice = h("input", { type: "radio", name: "score", value, required: true });
      const shown = h("span", { "aria-hidden": "true" }, value);
      return h("label", { title: text }, choice, shown, h("span", { class: "unseen" }, text));
    });
  }

  // What the first and the last score mean, for who sees.
  #ends() {
    const { scores } = this.#words;
    const ends = [scores[0], scores.at(-1)].map((text) => h("span", {}, text));
    return h("div", { class: "ends quiet", "aria-hidden": "true" }, ...ends);
  }

  async #submit() {
    const score = Number(new FormData(this.#form).get("score"));
    const problem = await this.#rate(score, this.#comment.value.trim());
    this.#error.textContent = problem;
    if (problem) return;
    this.#form.hidden = true;
    this.#thanks.textContent = this.#words.thanks;
    this.#thanks.tabIndex = -1;
    this.#thanks.focus();
  }
}
