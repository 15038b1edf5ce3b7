// Looks at a model while its text, or a form for a part of it, is typed: a moment after the
// last key; only the newest answer is shown.

const PAUSE = 600;

class Proof {
  constructor(box, form) {
    this.box = box;
    this.form = form;
    this.asked = 0;
    form.addEventListener("input", () => this.later());
    // What is wrong with the text as it was saved stands above it already, until it is changed.
    this.saved = document.querySelector(".flaws");
    if (!this.saved) this.ask();
  }

  later() {
    this.saved?.remove();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    this.request?.abort();
    this.request = new AbortController();
    const number = ++this.asked;
    const asking = { method: "POST", headers: { "X-Loket-Part": "1" }, body: new FormData(this.form) };
    try {
      const answer = await fetch(this.box.dataset.liveProof, { ...asking, signal: this.request.signal });
      if (answer.ok) this.show(await answer.text(), number);
    } catch {
      // Typed on, or nobody answers: the next key asks again.
    }
  }

  show(body, number) {
    if (number !== this.asked) return;
    const found = new DOMParser().parseFromString(body, "text/html").querySelector(".live-proof");
    if (!found) return;
    this.box.querySelector(".live-result").replaceChildren(document.adoptNode(found));
    this.box.hidden = false;
  }
}

export function proveWhileTyping() {
  const box = document.querySelector("[data-live-proof]");
  if (box) new Proof(box, box.closest("form"));
}
