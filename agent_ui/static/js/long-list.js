// The list of work that may be too long to be shown whole: its front is shown, and more of it to
// who goes on, by key, by scrolling or by its button.
import { say, text } from "./texts.js";
import { showTimes } from "./times.js";
import { comesBefore, fitIn, focusOn, neighbour, placeOf } from "./work-rows.js";

// More rows than this are not kept for who reads the front.
const MOST_ROWS = 200;
// So many rows before the end, the next are asked for.
const NEAR_END = 20;
const NEAR_SCREEN = "0px 0px 800px 0px";
// More than this the server does not count of a view.
const MOST_COUNTED = 1_000;

export class LongList {
  constructor(work) {
    this.work = work;
    this.element = work.list("view") ?? work.list("queue");
    this.total = Number(this.element.dataset.total);
    this.button = work.querySelector("[data-more]");
    this.isAtEnd = false;
    this.coming = null;
    this.sight = new IntersectionObserver((seen) => seen.at(-1).isIntersecting && this.showMore(), {
      root: work.parentElement, rootMargin: NEAR_SCREEN,
    });
    this.sight.observe(this.button);
  }

  get rows() {
    return this.element.children;
  }

  get isCounted() {
    return !this.work.isView || this.total <= MOST_COUNTED;
  }

  // Whether there is more than what is shown.
  get isCut() {
    return this.isCounted ? this.total > this.rows.length : !this.isAtEnd;
  }

  showCount() {
    this.trim();
    const { isCounted, total, button } = this;
    const place = this.work.querySelector("[data-count=queue], [data-count=view]");
    place.textContent = isCounted ? total : `${MOST_COUNTED}+`;
    button.hidden = !this.isCut;
    if (this.isCut) this.sight.observe(button);
    const words = isCounted ? text("and {n} more", { n: total - this.rows.length }) : text("and more");
    button.firstElementChild.textContent = words;
  }

  // What nobody looks at any more goes; not under the eyes of who reads on.
  trim() {
    if (this.work.isView || this.rows.length <= MOST_ROWS) return;
    if (this.work.focused || this.work.parentElement.scrollTop > 0) return;
    while (this.rows.length > MOST_ROWS) this.element.lastElementChild.remove();
  }

  // Who moves towards the end finds rows there.
  goOn() {
    let row = this.work.focused;
    if (row?.parentElement !== this.element || !this.isCut) return;
    for (let left = NEAR_END; row && left; left -= 1) row = row.nextElementSibling;
    if (!row) this.showMore();
  }

  // To the row behind the last one, once it is there, else to the last one; gives it. Null when the
  // reader went elsewhere meanwhile.
  async goBeyond(last) {
    const chosen = document.activeElement;
    if (!this.isCut) say(text("This is the end of the list."));
    await this.showMore();
    const stayed = [chosen, document.body].includes(document.activeElement);
    if (!stayed || !this.work.isConnected) return null;
    const row = last?.isConnected ? (neighbour(last, 1) ?? last) : this.element.lastElementChild;
    focusOn(row, {}); // into sight
    return row;
  }

  showMore() {
    this.coming ??= this.fetchMore().finally(() => (this.coming = null));
    return this.coming;
  }

  async fetchMore() {
    if (!this.isCut) return;
    const before = this.rows.length;
    const came = await this.readOn(this.element.lastElementChild);
    if (!came) return;
    this.work.settle();
    if (this.work.contains(document.activeElement)) this.sayMore(this.rows.length - before);
    // Once more, so that rows come as long as their end is near the screen.
    this.sight.disconnect();
    if (came.length) this.sight.observe(this.button);
  }

  sayMore(n) {
    const left = Math.max(0, this.total - this.rows.length);
    say(this.isCounted ? text("{n} more rows, {left} behind them.", { n, left }) : text("{n} more rows.", { n }));
  }

  // Fits the rows behind one into the list as they are now, and gives them; null if it could not.
  async readOn(last) {
    const after = last && { dataset: { ...last.dataset } };
    const { fresh, heard } = await this.ask({ after: after ? placeOf(after) : "" });
    if (!fresh) return null;
    const rows = [...fresh.children];
    const isLast = "last" in fresh.dataset;
    this.work.keepingFocus(() => fitIn(this.work, this.element, rows, { after, isLast }));
    const reached = rows.at(-1)?.dataset.item === this.element.lastElementChild?.dataset.item;
    if (isLast || reached) this.isAtEnd = isLast;
    this.work.catchUp(heard);
    showTimes(this.element);
    return rows;
  }

  // Only the server knows how many wait behind what is shown. Gives whether that may be otherwise.
  async recount() {
    const { fresh, heard } = await this.ask({});
    if (fresh) this.work.settle();
    return Boolean(fresh && heard.length && this.isCut);
  }

  async ask(query) {
    const { work } = this;
    const all = new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(work.dataset.query)), ...query });
    const { answer, heard } = await work.ask(`/console/work/rows?${all}`);
    const fresh = (work.isConnected && answer?.page.querySelector("[data-total]")) || null;
    if (fresh) this.total = Number(fresh.dataset.total);
    return { fresh, heard };
  }

  // The rows behind `end` as they are now: all that are shown, or only where the reader is.
  async refresh(end, all) {
    let last = all ? end : this.beforeReader(end);
    while (last?.nextElementSibling && this.work.isConnected) {
      const rows = await this.readOn(last);
      if (rows) this.work.settle();
      last = all && rows?.length ? this.work.row(rows.at(-1).dataset.item) : null;
    }
  }

  // Some rows before where the reader is; null when that is not behind `end`.
  beforeReader(end) {
    const { left, top, height } = this.work.parentElement.getBoundingClientRect();
    const middle = document.elementFromPoint(left + 40, top + height / 2)?.closest("[data-item]");
    const at = this.work.focused ?? middle;
    if (!end || at?.parentElement !== this.element || !comesBefore(end, at)) return null;
    let before = at;
    for (let some = NEAR_END; some && before !== end; some -= 1) before = before.previousElementSibling;
    return before;
  }
}
