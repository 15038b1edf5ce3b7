// Looks at the text of a model while it is typed, a moment after the last key; only the newest
// answer is shown.

const PAUSE = 600;

class Proof {
  constructor(box, form) {
    this.box = box;
    this.form = form;
    this.asked = 0;
    form.elements.text.addEventListener("input", () => this.later());
    this.ask();
  }

  later() {
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
    // What was wrong with the text as it was saved is in here too, as far as it still is.
    document.querySelector(".flaws")?.remove();
  }
}

export function proveWhileTyping() {
  const box = document.querySelector("[data-live-proof]");
  if (box) new Proof(box, box.closest("form"));
}
