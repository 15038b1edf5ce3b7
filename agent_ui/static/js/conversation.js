// <loket-conversation>: the open conversation; new entries come in, nothing jumps.
import { refreshAround } from "./around.js";
import { refreshNext, refreshNextSoon } from "./next-action.js";
import { refreshFields } from "./fields.js";
import { toast } from "./notices.js";
import { fetchPart, open } from "./parts.js";
import { goingAs } from "./sending.js";
import { counted, say, text } from "./texts.js";
import { showTimes } from "./times.js";

const NEAR_END = 60;
// An entry that only peeps in at the lower edge has not been seen.
const MARGIN = "0px 0px -48px 0px";
// So far from the beginning of what is shown, what came before is fetched.
const NEAR_BEGINNING = "400px 0px 0px 0px";

const sequenceOf = (entry) => Number(entry.dataset.sequence);

// Laid out at once: with a height that is guessed until it is drawn it would move all that is below it.
function takePlace(old, entry) {
  entry.style.contentVisibility = "visible";
  old.replaceWith(entry);
}

// Which steps are done; not while somebody says why one is not needed.
function refreshSteps(page) {
  const fresh = page.querySelector("[data-steps]");
  const shown = document.querySelector("[data-steps]");
  if (!fresh || !shown || fresh.dataset.steps !== shown.dataset.steps) return;
  if (shown.querySelector("details[open]") || shown.contains(document.activeElement)) return;
  shown.replaceWith(fresh);
  showTimes(fresh);
}

// What waits for approval beside what one may decide; nothing in it has the focus.
function refreshWaits(page) {
  const fresh = [...page.querySelectorAll("[data-waits]")];
  const shown = [...document.querySelectorAll("[data-waits]")];
  if (fresh.length === shown.length) shown.forEach((one, place) => one.replaceWith(fresh[place]));
}

// What colleagues have begun; not while somebody reads one of them.
function refreshDrafts(composer, fresh) {
  const drafts = ".others-draft:not([data-apart])";
  if (composer.querySelector(`${drafts}[open]`)) return;
  for (const old of composer.querySelectorAll(drafts)) old.remove();
  composer.querySelector("form").before(...fresh.querySelectorAll(drafts));
}

// The head of a phone is taller where nobody writes: what is pressed there would move away from below
// the finger as the composer lost the focus.
function keepBelowFinger(event) {
  const isNarrow = matchMedia("(max-width: 48rem)").matches;
  const isPressed = event.target.closest("[data-head] :is(a, button, summary)");
  if (isNarrow && isPressed && document.activeElement.matches(".composer textarea")) event.preventDefault();
}

class Conversation extends HTMLElement {
  connectedCallback() {
    this.addEventListener("mousedown", keepBelowFinger);
    this.timeline = this.querySelector("[data-timeline]");
    this.entries = this.querySelector("[data-entries]");
    this.unread = 0;
    this.sight = new IntersectionObserver((seen) => this.onSight(seen), {
      root: this.timeline, rootMargin: MARGIN,
    });
    this.toEnd();
    this.timeline.addEventListener("scroll", () => (this.atEnd = this.isAtEnd()), { passive: true });
    // A proposal above it, or a longer answer below: who was at the end still sees the end.
    this.size = new ResizeObserver(() => this.atEnd && this.toEnd());
    this.size.observe(this.timeline);
    this.earlier = this.querySelector("[data-earlier]");
    this.beginning = new IntersectionObserver((seen) => seen.at(-1).isIntersecting && this.nearBeginning(), {
      root: this.timeline, rootMargin: NEAR_BEGINNING,
    });
    if (this.earlier) this.beginning.observe(this.earlier);
    this.addEventListener("click", (event) => this.onClick(event));
  }

  disconnectedCallback() {
    this.sight.disconnect();
    this.beginning.disconnect();
    this.size.disconnect();
  }

  toEnd() {
    this.timeline.scrollTop = this.timeline.scrollHeight;
    this.atEnd = true;
  }

  get path() {
    return `/console/conversations/${this.dataset.id}`;
  }

  // An entry is new, or its delivery went on.
  async update(id) {
    const answer = await fetchPart(`${this.path}/entries?id=${id}`);
    const entry = answer?.page.querySelector("[data-entry]");
    if (!entry || !this.isConnected) return;
    const stays = this.staysAtEnd();
    const isNew = this.place(entry);
    showTimes(entry);
    if (!isNew) return;
    if ("regroups" in entry.dataset) {
      this.refresh({ anew: true });
      return;
    }
    refreshNextSoon(this.path);
    if ("heads" in entry.dataset) this.refresh();
    this.sight.observe(entry);
    if (stays) this.toEnd();
    else if (!entry.matches(".event")) this.countUnread();
  }

  // Whether the reader is at the end and not busy writing.
  staysAtEnd() {
    const area = this.querySelector("textarea");
    const busy = area === document.activeElement && area.value !== "";
    return this.isAtEnd() && !busy;
  }

  isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.timeline;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  shown(id) {
    return this.entries.querySelector(`[data-entry="${id}"]`);
  }

  // Answers may overtake each other: a later state of an entry is not replaced by an earlier one.
  place(entry) {
    const old = this.shown(entry.dataset.entry);
    if (old) {
      if (Number(old.dataset.version) <= Number(entry.dataset.version)) takePlace(old, entry);
      return false;
    }
    // The live line may be faster than the answer to who wrote it.
    const going = goingAs(entry, this.entries);
    if (going) {
      going.replaceWith(entry);
      return false;
    }
    const sequence = Number(entry.dataset.sequence);
    const next = [...this.entries.children].find((li) => Number(li.dataset.sequence) > sequence);
    this.entries.insertBefore(entry, next ?? null);
    return true;
  }

  countUnread() {
    this.atEnd = false;
    this.unread += 1;
    this.pill ??= document.getElementById("new-pill").content.firstElementChild.cloneNode();
    this.pill.textContent = counted(this.unread, "1 new message", "{n} new messages");
    this.timeline.append(this.pill);
    say(this.pill.textContent);
  }

  // What was on the screen counts as seen: an answer is not sent past what nobody saw.
  onSight(seen) {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      this.sight.unobserve(target);
      this.dataset.seen = Math.max(this.dataset.seen, target.dataset.sequence);
      this.keepSeen();
      if (target === this.entries.lastElementChild) this.dropPill();
    }
  }

  dropPill() {
    this.pill?.remove();
    this.unread = 0;
  }

  onClick(event) {
    if (event.target === this.pill) {
      this.toEnd();
      this.dropPill();
      this.timeline.focus({ preventScroll: true });
    }
    if (event.target.closest("[data-earlier]")) this.goEarlier();
  }

  async goEarlier() {
    await this.showEarlier();
    if (this.isConnected) this.timeline.focus({ preventScroll: true });
  }

  // In a low window it is the page that scrolls, and all of it would come: there the button is for it.
  nearBeginning() {
    if (this.timeline.scrollHeight > this.timeline.clientHeight) this.showEarlier();
  }

  showEarlier() {
    this.coming ??= this.fetchEarlier().finally(() => (this.coming = null));
    return this.coming;
  }

  async fetchEarlier() {
    const { sequence } = this.entries.firstElementChild.dataset;
    const answer = await fetchPart(`${this.path}/entries?before=${sequence}`);
    if (!answer || !this.isConnected) return;
    const came = [...answer.page.querySelectorAll("[data-entry]")];
    for (const entry of came) showTimes(entry);
    this.placeEarlier(came);
    this.beginning.disconnect();
    if (!came.length || came[0].dataset.sequence === "1") this.earlier.parentElement.remove();
    else this.beginning.observe(this.earlier);
  }

  // What the reader has before their eyes stays where it is. Some of it may have come, or been replaced, meanwhile.
  placeEarlier(came) {
    if (!came.length) return;
    const { entry: shown } = this.entries.firstElementChild.dataset;
    const top = () => this.shown(shown).getBoundingClientRect().top;
    const before = top();
    for (const entry of came) this.place(entry);
    this.timeline.scrollTop += top() - before;
  }

  // The work item changed: who has it, its deadline. Entries too when some may have been missed.
  async refresh({ epoch = Infinity, entries = false, anew = false } = {}) {
    if (epoch <= Number(this.dataset.epoch)) return;
    const last = this.last;
    const answer = await fetchPart(entries ? `${this.path}?whole=1` : this.path);
    const fresh = answer?.page.querySelector("loket-conversation");
    if (!fresh || !this.isConnected || fresh.dataset.id !== this.dataset.id) return;
    this.dataset.epoch = fresh.dataset.epoch;
    this.refreshHead(fresh);
    this.refreshComposer(fresh);
    refreshAround(answer.page);
    refreshSteps(answer.page);
    refreshWaits(answer.page);
    refreshNext(answer.page);
    refreshFields(answer.page);
    if (anew) this.showAnew(fresh);
    else if (entries) await this.refreshEntries(fresh, last);
    showTimes(this);
  }

  // More came than the newest that are given at once: what lies between them and the last one shown.
  async fetchBetween(last, newest) {
    const between = [];
    let next = newest.length ? sequenceOf(newest[0]) : 0;
    while (next > last + 1) {
      const answer = await fetchPart(`${this.path}/entries?before=${next}`);
      const came = [...(answer?.page.querySelectorAll("[data-entry]") ?? [])];
      const missing = came.filter((entry) => sequenceOf(entry) > last);
      between.unshift(...missing);
      next = missing.length === came.length && came.length ? sequenceOf(came[0]) : 0;
    }
    return between;
  }

  refreshHead(fresh) {
    const head = this.querySelector("[data-head]");
    // Somebody is filling in the result or the topic: leave it be until they are done.
    if (head.querySelector("details:is(.menu, [data-correct])[open]")) return;
    const focused = head.contains(document.activeElement);
    head.replaceWith(fresh.querySelector("[data-head]"));
    this.keepSeen();
    if (focused) document.getElementById("talk").focus({ preventScroll: true });
  }

  refreshComposer(fresh) {
    const composer = this.querySelector("loket-composer");
    const other = fresh.querySelector("loket-composer");
    if (composer.dataset.may === other.dataset.may) {
      refreshDrafts(composer, other);
      return;
    }
    const focused = composer.contains(document.activeElement);
    const { selectionStart, selectionEnd } = composer.querySelector("textarea");
    const answering = composer.querySelector("[name=mode]:not([value=note]):checked");
    if (answering && !other.querySelector("[name=mode]:not([value=note])") && composer.querySelector("textarea").value.trim()) {
      toast(text("You cannot answer here any more. What you wrote is kept as a note, which only we see."));
    }
    composer.replaceWith(other);
    this.keepSeen();
    const area = other.querySelector("textarea");
    area.setSelectionRange(selectionStart, selectionEnd);
    if (focused) area.focus();
  }

  // A form that comes from the server has seen everything; the person has not.
  keepSeen() {
    for (const field of this.querySelectorAll("[data-seen]")) field.value = this.dataset.seen;
  }

  // The sequence number of the last entry that is shown.
  get last() {
    return Math.max(0, ...[...this.entries.querySelectorAll("[data-entry]")].map(sequenceOf));
  }

  // Messages went to another conversation, or came from one: what is left is in another order, too.
  showAnew(fresh) {
    const shown = [...this.entries.children];
    const known = new Set(shown.map((entry) => entry.dataset.entry));
    const came = [...fresh.querySelectorAll("[data-entry]")];
    const stay = new Set(came.map((entry) => entry.dataset.entry));
    const stays = this.staysAtEnd();
    const read = shown.find((entry) => stay.has(entry.dataset.entry) && this.isInSight(entry));
    const top = () => this.shown(read.dataset.entry).getBoundingClientRect().top;
    const before = read ? top() : 0;
    this.entries.replaceChildren(...came, ...this.entries.querySelectorAll("[data-going]"));
    this.keepEarlier(fresh.querySelector(".earlier"));
    for (const entry of came) if (!known.has(entry.dataset.entry)) this.sight.observe(entry);
    if (stays) this.toEnd();
    else if (read) this.timeline.scrollTop += top() - before;
  }

  isInSight(entry) {
    return entry.getBoundingClientRect().bottom > this.timeline.getBoundingClientRect().top;
  }

  keepEarlier(fresh) {
    this.beginning.disconnect();
    this.earlier?.parentElement.remove();
    this.earlier = fresh?.querySelector("[data-earlier]") ?? null;
    if (!fresh) return;
    this.timeline.prepend(fresh);
    this.beginning.observe(this.earlier);
  }

  // What is older than all that was shown is no news.
  async refreshEntries(fresh, last) {
    const newest = [...fresh.querySelectorAll("[data-entry]")];
    const came = [...(await this.fetchBetween(last, newest)), ...newest];
    if (!this.isConnected) return;
    const first = Number(this.entries.firstElementChild?.dataset.sequence ?? 0);
    const isEarlier = (entry) => Number(entry.dataset.sequence) < first;
    this.placeEarlier(came.filter(isEarlier));
    for (const entry of came.filter((entry) => !isEarlier(entry))) {
      const stays = this.staysAtEnd();
      if (!this.place(entry)) continue;
      this.sight.observe(entry);
      if (stays) this.toEnd();
      else this.countUnread();
    }
  }
}

customElements.define("loket-conversation", Conversation);

// It was merged into another: what is being typed goes there too.
export async function goAlong(conversation) {
  const old = conversation.querySelector("loket-composer");
  const focused = old.contains(document.activeElement);
  if (!(await open(conversation.path)) || conversation.isConnected) return;
  document.querySelector("loket-composer").goOnFrom(old);
  if (focused) document.querySelector("loket-composer textarea").focus();
  else document.getElementById("talk").focus({ preventScroll: true });
  toast(text("This conversation is one with another now. What you typed came along."));
}

export function openConversation() {
  return document.querySelector("loket-conversation");
}
