// What is on the screen besides the messages and the forms: the button in the corner, the dialog
// with its header and notes, and the offer beside the button when somebody leaves.

import { draw, h, icon, ICONS } from "./dom.js";

const PHONE = matchMedia("(max-width: 480px)");

export class View {
  #words;
  #launcher;
  #badge;
  #news;
  #nudge;
  #dialog;
  #title;
  #mailButton;
  #state;
  #note;
  #offer;
  #person;
  #face;
  #typing;

  // `actions`: toggle, close, byMail: what the buttons do. `inside`: the dialog's main elements;
  // `base`: what addresses are relative to.
  constructor(words, actions, inside, base) {
    this.base = base;
    this.#words = words;
    this.#badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
    this.#launcher = h(
      "button",
      { class: "launcher", type: "button", "aria-haspopup": "dialog", onclick: actions.toggle },
      icon(ICONS.chat),
      this.#badge,
    );
    this.#news = h("p", { class: "unseen", role: "status" });
    this.#nudge = new Offer(words, "nudge", actions.byMail);
    this.#offer = new Offer(words, "card", actions.byMail);
    this.#dialog = this.#makeDialog(actions, inside);
    this.element = h("div", {}, this.#nudge.element, this.#launcher, this.#dialog, this.#news);
    this.unread = 0;
    this.#say();
  }

  get isOpen() {
    return this.#dialog.open;
  }

  // Whether messages can be read now.
  get isLookedAt() {
    return this.isOpen && document.visibilityState === "visible";
  }

  // On a phone the dialog fills the screen, so it is modal there; gives whether it is.
  open() {
    this.#nudge.close();
    if (PHONE.matches) this.#dialog.showModal();
    else this.#dialog.show();
    // The on-screen keyboard would hide the messages.
    if (PHONE.matches) this.#title.focus();
    this.#say();
    return PHONE.matches;
  }

  close() {
    this.#dialog.close();
    this.#launcher.focus();
    this.#say();
  }

  set unread(count) {
    this.#badge.hidden = !count;
    this.#badge.textContent = count > 99 ? "99+" : String(count);
    this.#say(count);
  }

  // For who cannot see the badge.
  announce(text) {
    this.#news.textContent = text;
  }

  set state(text) {
    this.#state.textContent = text;
  }

  set note(text) {
    this.#note.textContent = text;
  }

  // Who of our side has the chat; nobody when empty.
  set agent({ agent, picture }) {
    const words = agent ? this.#words.withYou(agent) : "";
    if (this.#person.textContent === words) return;
    this.#person.textContent = words;
    this.#face.hidden = !agent;
    this.#face.replaceChildren(initials(agent));
    if (!picture) return;
    const canvas = h("canvas", {});
    const shown = () => this.#person.textContent === words && this.#face.replaceChildren(canvas);
    draw(canvas, new URL(picture, this.base).href).then(shown, () => {});
  }

  set typing(text) {
    this.#typing.textContent = text;
  }

  set canGoOnByMail(yes) {
    this.#mailButton.hidden = !yes;
  }

  offerOnLeaving() {
    this.#nudge.open(this.#words.leaveOffer);
  }

  offerWhileWaiting() {
    this.#offer.open(this.#words.waitOffer);
  }

  withdrawOffers() {
    this.#nudge.close();
    this.#offer.close();
  }

  #makeDialog(actions, inside) {
    const words = this.#words;
    this.#title = h("h2", { id: "title", tabindex: "-1" }, words.title);
    this.#mailButton = iconButton(ICONS.mail, words.byMail, actions.byMail);
    this.#state = h("p", { class: "state quiet", role: "status" });
    this.#note = h("p", { class: "state quiet", role: "status" });
    this.#person = h("p", { class: "person", role: "status" });
    this.#face = h("span", { class: "face", "aria-hidden": "true", hidden: true });
    this.#typing = h("p", { class: "typing quiet", role: "status" });
    const [log, ...forms] = inside;
    const dialog = h(
      "dialog",
      { "aria-labelledby": "title" },
      h(
        "header",
        {},
        this.#face,
        h("div", { class: "names" }, this.#title, this.#person),
        this.#mailButton,
        iconButton(ICONS.close, words.close, actions.close),
      ),
      this.#state,
      log,
      this.#typing,
      this.#note,
      this.#offer.element,
      ...forms,
    );
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      actions.close();
    });
    dialog.addEventListener("cancel", (event) => {
      // A phone's back gesture.
      event.preventDefault();
      actions.close();
    });
    return dialog;
  }

  #say(unread = 0) {
    const { open, close } = this.#words;
    const news = unread ? `, ${this.#words.unread(unread)}` : "";
    this.#launcher.setAttribute("aria-expanded", String(this.isOpen));
    this.#launcher.setAttribute("aria-label", this.isOpen ? close : open + news);
  }
}

// A quiet offer to go on by mail.
class Offer {
  #text = h("p", { role: "status" });

  constructor(words, look, accept) {
    const dismiss = () => this.close();
    this.element = h(
      "div",
      { class: look, hidden: true },
      this.#text,
      h(
        "div",
        { class: "row" },
        h("button", { class: "primary", type: "button", onclick: accept }, words.byMail),
        h("button", { class: "plain", type: "button", onclick: dismiss }, words.dismiss),
      ),
    );
  }

  open(text) {
    this.element.hidden = false;
    this.#text.textContent = text;
  }

  close() {
    this.element.hidden = true;
  }
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0].toLocaleUpperCase()).join("");
}

function iconButton(path, label, onclick) {
  return h("button", { type: "button", "aria-label": label, title: label, onclick }, icon(path));
}
