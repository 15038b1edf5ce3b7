// What is asked before the first message: the topic, what must be known about it, and, when nobody
// is there, where to answer. Nothing of it holds anybody up.

import { field, h } from "./dom.js";
import { Opening } from "./opening.js";

const MINUTE = 60;
const DEEPEST = 2;

export class PreChat {
  // Where answers go that are not seen here, as far as this page knows.
  mailedTo = "";
  #words;
  #opening;
  #topics = [];
  #written = null;
  #select;
  #questions;
  #email;
  #emailField;
  #notice;
  #fields = new Map();

  constructor(words, locale) {
    this.#words = words;
    this.#opening = new Opening(words, locale);
    this.#select = h("select", { id: "topic" });
    this.#select.addEventListener("change", () => this.#onTopic());
    this.#email = h("input", {
      id: "email",
      type: "email",
      autocomplete: "email",
      maxlength: "254",
    });
    this.#emailField = field(words.answerTo, this.#email);
    this.#questions = h("div", { class: "questions" });
    this.#notice = h("p", { class: "notice", role: "status" });
    this.element = h(
      "div",
      { class: "prechat", hidden: true },
      this.#notice,
      field(words.topic, this.#select),
      this.#questions,
      this.#emailField,
    );
  }

  // `topics` as the server offers them; `topic`: what the page says it is about.
  // `mail`: whether answers can go by mail, or do already.
  offer(topics, topic, { mail, email = "" }) {
    this.#topics = topics;
    if (mail !== "given") this.mailedTo = "";
    const options = topics.filter((one) => one.topic && one.depth <= DEEPEST).map(option);
    this.#select.replaceChildren(h("option", { value: "" }, this.#words.noTopic), ...options);
    this.#select.parentElement.hidden = !options.length;
    this.#email.value ||= email;
    this.#emailField.dataset.offered = mail === "offered" ? "yes" : "";
    this.topic = topic;
  }

  // A topic that the form does not list is not shown, and goes along all the same.
  set topic(topic) {
    const listed = [...this.#select.options].some((one) => one.value === topic);
    this.#select.value = listed ? topic : "";
    this.#onTopic();
  }

  show(yes) {
    this.element.hidden = !yes || !this.#topics.length;
  }

  // What goes along with the first message.
  get answers() {
    if (this.element.hidden) return {};
    const given = [...this.#fields].map(([name, input]) => [name, input.value.trim()]);
    const answers = Object.fromEntries(given.filter(([, text]) => text));
    const email = this.#email.value.trim();
    const useful = !this.#emailField.hidden && email && this.#email.checkValidity();
    return {
      ...(this.#select.value && { topic: this.#select.value }),
      ...(Object.keys(answers).length && { answers }),
      ...(useful && { email }),
    };
  }

  #onTopic() {
    const topic = this.#topics.find((one) => one.topic === this.#select.value);
    if (!topic) return;
    const before = this.#fields;
    this.#fields = new Map(
      topic.questions.map(({ name }) => {
        const input = before.get(name) ?? h("input", { id: `ask-${name}`, maxlength: "500" });
        return [name, input];
      }),
    );
    const fields = topic.questions.map(({ name, title }) => field(title, this.#fields.get(name)));
    const hint = h("p", { class: "quiet" }, this.#words.ifKnown);
    this.#questions.replaceChildren(...fields, ...(fields.length ? [hint] : []));
    const away = !topic.open || !topic.staffed;
    this.#emailField.hidden = !away || !this.#emailField.dataset.offered;
    this.#notice.textContent = this.#expectation(topic);
  }

  // The form goes with what was answered in it: it is known from now on what was written about, until
  // the page is loaded anew.
  wrote({ email = "" }) {
    this.#written = this.#topics.find((one) => one.topic === this.#select.value) ?? null;
    this.mailedTo ||= email;
    this.show(false);
  }

  // What they may expect who wrote, and that they need not wait for it.
  answerIn(seconds) {
    const words = seconds === null ? this.#answerOnce() : waitWords(this.#words, seconds);
    return this.mailedTo ? `${words} ${this.#words.addressKept(this.mailedTo)}` : words;
  }

  // We cannot say how long it takes, but perhaps what has to come before it.
  #answerOnce() {
    const topic = this.#written;
    const opens = topic && !topic.open && topic.opens_at ? new Date(topic.opens_at) : null;
    if (opens > new Date()) return this.#words.opens(this.#opening.when(opens));
    return topic?.open && !topic.staffed ? this.#words.nobodyYet : this.#words.unsure;
  }

  #expectation(topic) {
    const words = this.#words;
    if (!topic.allowed) return words.instead(topic.instead.join(", "));
    if (!topic.open) {
      return words.closed(topic.opens_at ? this.#opening.when(new Date(topic.opens_at)) : "");
    }
    if (!topic.staffed) return words.nobody;
    return waitWords(words, topic.wait);
  }
}

// How long it takes, as honest as we know it.
function waitWords(words, seconds) {
  if (seconds === null) return words.unsure;
  if (seconds > 60 * MINUTE) return words.long;
  const minutes = Math.ceil(seconds / MINUTE);
  return minutes <= 1 ? words.soon : words.within(minutes);
}

function option({ topic, title, depth }) {
  return h("option", { value: topic }, `${"\u2003".repeat(depth - 1)}${title}`);
}
