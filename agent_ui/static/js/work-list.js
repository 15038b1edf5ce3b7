// <loket-work>: the agent's work and the queue, kept in order by what the live line tells; or what
// a view shows, which only the server knows and is asked again for. Of a long list the front is
// shown, and more of it to who goes on.
import { LongList } from "./long-list.js";
import { morph } from "./morph.js";
import { toast } from "./notices.js";
import { fetchPart } from "./parts.js";
import { say, text } from "./texts.js";
import { showTimes } from "./times.js";
import { fitIn, focusOn, neighbour, placeFor } from "./work-rows.js";

const REFILL_AFTER = 4_000;
// A view is asked for soon after something changed, and then not all the time.
const SOON = 500;
const VIEWS_EVERY = 5_000;

let viewsAsked = -VIEWS_EVERY;
const told = new Set();

const openPath = () => location.pathname.split("/").pop();

// Whether it came into the agent's hands by itself, as from a supervisor: they neither have it open
// nor are taking anything.
function isGiven(row) {
  return row.dataset.conversation !== openPath() && !document.querySelector("[aria-busy=true]");
}

class WorkList extends HTMLElement {
  connectedCallback() {
    this.refill = null;
    this.counting = null;
    this.heard = new Set();
    this.long = new LongList(this);
    this.addEventListener("click", (event) => this.onClick(event));
    this.addEventListener("submit", (event) => this.onSubmit(event));
    this.addEventListener("focusin", () => this.long.goOn());
    this.settle();
  }

  disconnectedCallback() {
    clearTimeout(this.refill);
    clearTimeout(this.counting);
    this.long.sight.disconnect();
  }

  // Whether a filter or a kept view chooses what is shown.
  get isView() {
    return this.dataset.query !== "";
  }

  get position() {
    return this.dataset.position;
  }

  list(part) {
    return this.querySelector(`[data-part-of-list="${part}"]`);
  }

  row(item) {
    return this.querySelector(`[data-item="${item}"]`);
  }

  // The row of what is open.
  get current() {
    return this.querySelector(".row-link[aria-current]")?.parentElement ?? null;
  }

  get focused() {
    const row = document.activeElement?.closest?.("[data-item]") ?? null;
    return this.contains(row) ? row : null;
  }

  // Takes changes in their order.
  take(changes) {
    if (!changes.length) return;
    for (const heard of this.heard) heard.push(...changes);
    if (this.isView) {
      this.dropGone(changes);
      this.viewSoon();
      return;
    }
    for (const change of changes) this.apply(change);
    this.settle();
    if (this.querySelector("[data-view-count]")) this.countSoon();
  }

  viewSoon() {
    this.refill ??= setTimeout(() => this.refresh(), nextAsk());
  }

  countSoon() {
    this.counting ??= setTimeout(() => this.count(), nextAsk());
  }

  async count() {
    viewsAsked = performance.now();
    this.counting = null;
    const answer = await fetchPart(`/console/views${this.dataset.query}`);
    const fresh = answer?.page.querySelector("[data-views]");
    const shown = this.querySelector("[data-views]");
    if (fresh && shown) morph(shown, fresh);
  }

  onClick(event) {
    if (event.target.closest("[data-more]")) {
      this.long.goBeyond(this.long.element.lastElementChild);
      return;
    }
    const link = event.target.closest("a[data-list]");
    const plain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !plain) return;
    event.preventDefault();
    this.choose(new URL(link.href).search);
  }

  onSubmit(event) {
    const form = event.target;
    if (!form.hasAttribute("data-list")) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, event.submitter));
    if (form.method === "get") this.choose(`?${body}`);
    else this.choose("", { url: form.getAttribute("action"), method: "POST", body });
  }

  // Another view of the work; the conversation stays as it is.
  async choose(query, { url = `/console/work${query}`, ...options } = {}) {
    viewsAsked = performance.now();
    const answer = await fetchPart(url, options);
    const fresh = answer?.page.querySelector("loket-work");
    if (!fresh || !this.isConnected) return;
    this.giveWayTo(fresh, true);
  }

  giveWayTo(fresh, isUsed) {
    history.replaceState(null, "", location.pathname + fresh.dataset.query);
    this.replaceWith(fresh);
    showTimes(fresh);
    if (!isUsed) return;
    fresh.querySelector(".row-link, a[data-list], summary").focus({ preventScroll: true });
    say(fresh.querySelector(".list-title").textContent);
  }

  apply(change) {
    const old = this.row(change.item);
    if (old && Number(old.dataset.epoch) >= change.epoch) return;
    const part = old?.parentElement.dataset.partOfList;
    const focused = old?.contains(document.activeElement);
    const after = old && (neighbour(old, 1) ?? neighbour(old, -1));
    const cut = this.long.isCut;
    old?.remove();
    const row = change.part ? this.insert(change, cut, old, part) : null;
    this.long.total += (change.part === "queue") - (part === "queue");
    // What is not shown may have left the queue: only the server knows how many wait then.
    if (cut && !old) this.refillSoon();
    if (focused) focusOn(row ?? after);
  }

  insert(change, cut, old, part) {
    const holder = document.createElement("template");
    holder.innerHTML = change.html;
    const row = holder.content.firstElementChild;
    const list = this.list(change.part);
    const next = placeFor(row, list);
    if (!next && cut && change.part === "queue") return null;
    list.insertBefore(row, next);
    if (old?.hasAttribute("data-news")) row.dataset.news = "";
    const given = change.part === "mine" && part !== "mine" && isGiven(row);
    if (given || (part === change.part && old.hasAttribute("data-given"))) row.dataset.given = "";
    if (!old || given) {
      row.dataset.fresh = "";
      const title = row.querySelector(".row-title").textContent;
      say(text("New work: {title}", { title }));
    }
    showTimes(row);
    return row;
  }

  // What is no longer the agent's is in no view of theirs; what they follow stays, done or not.
  dropGone(changes) {
    if (this.dataset.query === "?view=followed") return;
    for (const change of changes) {
      const row = change.part ? null : this.row(change.item);
      if (!row || Number(row.dataset.epoch) >= change.epoch) continue;
      const after = row.contains(document.activeElement) && (neighbour(row, 1) ?? neighbour(row, -1));
      row.remove();
      if (this.long.isCounted) this.long.total -= 1;
      if (after !== false) focusOn(after);
    }
    this.settle();
  }

  // Somebody wrote in a conversation of the list that is not open.
  mark(conversation) {
    const row = this.querySelector(`[data-conversation="${conversation}"]`);
    if (row) row.dataset.news = "";
  }

  // Somebody wrote in a conversation that the agent follows: said once, until they look.
  tellFollowed(conversation) {
    this.mark(conversation);
    if (!told.has(conversation)) toast(text("There is news in a conversation that you follow."));
    told.add(conversation);
    if (this.isView) this.viewSoon();
    else this.countSoon();
  }

  settle() {
    for (const part of ["mine", "aside"]) {
      const count = this.querySelector(`[data-count="${part}"]`);
      if (count) count.textContent = this.list(part).children.length;
    }
    this.long.showCount();
    this.markCurrent();
  }

  // What changes while an answer is on its way may not be in it.
  async ask(url) {
    const heard = [];
    this.heard.add(heard);
    const answer = await fetchPart(url);
    this.heard.delete(heard);
    return { answer, heard };
  }

  catchUp(heard) {
    if (this.isView) this.dropGone(heard);
    else for (const change of heard) this.apply(change);
  }

  // Whoever stands on a row that goes away stands on the next one.
  keepingFocus(work) {
    const { focused } = this;
    const others = focused ? [neighbours(focused, 1), neighbours(focused, -1)].flat() : [];
    const chosen = document.activeElement;
    work();
    if (!focused || document.activeElement === chosen) return;
    if (chosen.isConnected) chosen.focus({ preventScroll: true });
    else focusOn(others.find((row) => row.isConnected));
  }

  markCurrent() {
    const open = openPath();
    told.delete(open);
    const row = this.querySelector(`[data-conversation="${CSS.escape(open)}"]`);
    const { current } = this;
    if (current && current !== row) current.querySelector(".row-link").removeAttribute("aria-current");
    if (!row) return;
    row.querySelector(".row-link").setAttribute("aria-current", "page");
    delete row.dataset.news;
    delete row.dataset.given;
  }

  // Who is led to another conversation sees where in the list it is; who stays is not pulled back.
  showCurrent() {
    const before = this.dataset.shown;
    this.markCurrent();
    this.dataset.shown = this.current?.dataset.conversation ?? "";
    if (this.dataset.shown !== before) this.current?.scrollIntoView({ block: "nearest" });
  }

  refillSoon() {
    this.refill ??= setTimeout(async () => {
      this.refill = null;
      if (await this.long.recount()) this.refillSoon();
    }, REFILL_AFTER);
  }

  // Starts again from a snapshot, as far as it is shown. `all`: anything may have changed.
  async refresh({ all = false } = {}) {
    viewsAsked = performance.now();
    clearTimeout(this.refill);
    this.refill = null;
    const { answer, heard } = await this.ask(`/console/work${this.dataset.query}`);
    const fresh = answer?.page.querySelector("loket-work");
    if (!this.isConnected) return;
    if (!fresh) {
      this.refill = setTimeout(() => this.refresh({ all }), REFILL_AFTER);
      return;
    }
    if (fresh.dataset.query !== this.dataset.query) {
      this.giveWayTo(fresh, this.contains(document.activeElement)); // the view is gone
      return;
    }
    const end = this.show(fresh);
    this.catchUp(heard);
    this.settle();
    await this.long.refresh(end, all);
    if (heard.length && this.isView && this.isConnected) this.viewSoon();
  }

  // Fits a fresh list in; gives the last row of what may go on behind it.
  show(fresh) {
    const apart = (list) => list.querySelectorAll(".views, .empty, .list-title");
    const others = [...apart(fresh)];
    [...apart(this)].forEach((shown, at) => morph(shown, others[at]));
    let end = null;
    this.keepingFocus(() => {
      for (const list of fresh.querySelectorAll(".rows")) {
        const rows = [...list.children];
        const own = this.list(list.dataset.partOfList);
        const isLong = own === this.long.element;
        if (isLong) this.long.total = Number(list.dataset.total);
        const isLast = !isLong || this.long.total <= rows.length;
        if (!isLast) end = rows.at(-1).dataset.item;
        fitIn(this, own, rows, { isLast });
      }
    });
    showTimes(this);
    return end && this.row(end);
  }

}

function neighbours(row, step) {
  const found = [];
  for (let next = neighbour(row, step); next && found.length < 200; next = neighbour(next, step)) {
    found.push(next);
  }
  return found;
}

function nextAsk() {
  return Math.max(SOON, viewsAsked + VIEWS_EVERY - performance.now());
}

customElements.define("loket-work", WorkList);

export function workList() {
  return document.querySelector("loket-work");
}
