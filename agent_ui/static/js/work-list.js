// <loket-work>: the agent's work and the queue, kept in order by what the live line tells; or what
// a view shows, which only the server knows and is asked again for.
import { toast } from "./notices.js";
import { fetchPart } from "./parts.js";
import { counted, say, text } from "./texts.js";
import { showTimes } from "./times.js";

const REFILL_AFTER = 4_000;
// More rows than this nobody looks at; the rest is counted.
const MOST_ROWS = 200;
// A view is asked for soon after something changed, and then not all the time.
const SOON = 500;
const VIEWS_EVERY = 5_000;

let viewsAsked = -VIEWS_EVERY;
const told = new Set();

class WorkList extends HTMLElement {
  connectedCallback() {
    this.refill = null;
    this.counting = null;
    this.total = Number(this.list("queue")?.dataset.total);
    this.addEventListener("click", (event) => this.onClick(event));
    this.addEventListener("submit", (event) => this.onSubmit(event));
    if (this.isView) this.markCurrent();
    else this.settle();
  }

  disconnectedCallback() {
    clearTimeout(this.refill);
    clearTimeout(this.counting);
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

  // Whether more wait than are shown.
  get isCut() {
    return this.total > this.list("queue").children.length;
  }

  // Takes changes in their order.
  take(changes) {
    if (!changes.length) return;
    if (this.isView) {
      this.viewSoon();
      return;
    }
    for (const change of changes) this.apply(change);
    this.settle();
    if (this.querySelector("[data-view-count]")) this.countSoon();
  }

  viewSoon() {
    this.refill ??= setTimeout(() => this.replace(), nextAsk());
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
    if (!fresh || !shown) return;
    const at = [...shown.querySelectorAll("a")].indexOf(document.activeElement);
    shown.replaceWith(fresh);
    fresh.querySelectorAll("a")[at]?.focus({ preventScroll: true });
  }

  onClick(event) {
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
    history.replaceState(null, "", location.pathname + fresh.dataset.query);
    this.replaceWith(fresh);
    showTimes(fresh);
    fresh.querySelector(".row-link, a[data-list], summary").focus({ preventScroll: true });
    say(fresh.querySelector(".list-title").textContent);
  }

  apply(change) {
    const old = this.row(change.item);
    if (old && Number(old.dataset.epoch) >= change.epoch) return;
    const wasQueued = old?.parentElement === this.list("queue");
    const focused = old?.contains(document.activeElement);
    const after = old?.nextElementSibling ?? old?.previousElementSibling;
    const cut = this.isCut;
    old?.remove();
    const row = change.part ? this.insert(change, cut, old) : null;
    this.total += (change.part === "queue") - wasQueued;
    // What is not shown may have left the queue: only the server knows how many wait then.
    if (cut && !old) this.refillSoon();
    if (focused) (row ?? after)?.querySelector("a").focus({ preventScroll: true });
  }

  insert(change, cut, old) {
    const holder = document.createElement("template");
    holder.innerHTML = change.html;
    const row = holder.content.firstElementChild;
    const list = this.list(change.part);
    const next = placeFor(row, list);
    if (!next && cut && change.part === "queue") return null;
    list.insertBefore(row, next);
    if (old?.hasAttribute("data-news")) row.dataset.news = "";
    if (!old) {
      row.dataset.fresh = "";
      const title = row.querySelector(".row-title").textContent;
      say(text("New work: {title}", { title }));
    }
    showTimes(row);
    return row;
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
    const [mine, queue, aside] = [this.list("mine"), this.list("queue"), this.list("aside")];
    while (queue.children.length > MOST_ROWS) queue.lastElementChild.remove();
    this.querySelector('[data-count="mine"]').textContent = mine.children.length;
    this.querySelector('[data-count="aside"]').textContent = aside.children.length;
    this.querySelector('[data-count="queue"]').textContent = this.total;
    const more = this.querySelector("[data-more]");
    const hidden = this.total - queue.children.length;
    more.hidden = hidden <= 0;
    more.textContent = counted(hidden, "and {n} more", "and {n} more");
    if (queue.children.length < Math.min(this.total, 10)) this.refillSoon();
    this.markCurrent();
  }

  markCurrent() {
    told.delete(location.pathname.split("/").pop());
    for (const link of this.querySelectorAll(".row-link")) {
      const current = link.pathname === location.pathname;
      link.toggleAttribute("aria-current", current);
      if (!current) continue;
      link.setAttribute("aria-current", "page");
      delete link.parentElement.dataset.news;
    }
  }

  refillSoon() {
    this.refill ??= setTimeout(() => this.replace(), REFILL_AFTER);
  }

  // Starts again from a snapshot.
  async replace() {
    viewsAsked = performance.now();
    this.refill = null;
    // Somebody is filling in the filter or a name: leave it be until they are done.
    const isBusy = () => this.querySelector(".views details[open]");
    const answer = isBusy() ? null : await fetchPart(`/console/work${this.dataset.query}`);
    const fresh = answer?.page.querySelector("loket-work");
    if (!this.isConnected) return;
    if (!fresh || isBusy()) {
      this.refill = setTimeout(() => this.replace(), REFILL_AFTER);
      return;
    }
    const focused = document.activeElement?.closest?.("[data-item]")?.dataset.item;
    this.replaceWith(fresh);
    showTimes(fresh);
    // What changed while it was asked for may not be in it.
    if (this.refill && fresh.isView) fresh.viewSoon();
    if (focused) fresh.row(focused)?.querySelector("a").focus({ preventScroll: true });
  }
}

function nextAsk() {
  return Math.max(SOON, viewsAsked + VIEWS_EVERY - performance.now());
}

// The row that a new one goes in front of; null for the end, where most go.
function placeFor(row, list) {
  let next = null;
  let other = list.lastElementChild;
  while (other && comesBefore(row, other)) [next, other] = [other, other.previousElementSibling];
  return next;
}

// The order of the queue: who waits longest, with priority counted in; then the nearest deadline.
function comesBefore(row, other) {
  const ranks = Number(row.dataset.rank) - Number(other.dataset.rank);
  if (ranks) return ranks < 0;
  return Number(row.dataset.due || Infinity) < Number(other.dataset.due || Infinity);
}

customElements.define("loket-work", WorkList);

export function workList() {
  return document.querySelector("loket-work");
}
