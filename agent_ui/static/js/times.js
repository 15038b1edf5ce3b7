// Shows times in the reader's zone and keeps ages and deadlines up to date.
import { text } from "./texts.js";

const UNITS = [[86400, "{n} d"], [3600, "{n} h"], [60, "{n} min"]];
const EVERY = 20_000;

// The reader's own region where it speaks the language of the page. Who reads English among others
// reads it as the English write it: 14:05.
const page = document.documentElement.lang;
const anywhere = page === "en" ? "en-GB" : page;
const language = navigator.languages.find((own) => own.startsWith(page)) ?? anywhere;
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const moment = new Intl.DateTimeFormat(language, {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
});
const longAgo = new Intl.DateTimeFormat(language, {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
});
const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });

function span(seconds) {
  const unit = UNITS.find(([length]) => seconds >= length);
  return unit ? text(unit[1], { n: Math.floor(seconds / unit[0]) }) : text("under a minute");
}

const second = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const SHOW = {
  second: (at) => second.format(at),
  moment: (at, now) => formatOf(at, now).format(at),
  day: (at) => day.format(at),
  age: (at, now) => span((now - at) / 1000),
  due: (at, now) => at < now
    ? text("late by {time}", { time: span((now - at) / 1000) })
    : text("due in {time}", { time: span((at - now) / 1000) }),
};

function formatOf(at, now) {
  if (at.toDateString() === now.toDateString()) return clock;
  return at.getFullYear() === now.getFullYear() ? moment : longAgo;
}

function urgency(warn, due, now) {
  if (now >= due) return "late";
  return warn && now >= new Date(warn) ? "near" : "far";
}

export function showTimes(root = document) {
  const now = new Date();
  for (const time of root.querySelectorAll("time[data-show]")) {
    const at = new Date(time.dateTime);
    const words = SHOW[time.dataset.show](at, now);
    if (time.textContent !== words) time.textContent = words;
    const chip = time.closest(".deadline");
    if (chip) chip.dataset.urgency = urgency(chip.dataset.warn, at, now);
  }
}

// The whole date is made for who asks for it: of each time at once it would hold up each page.
function tellWhole({ target }) {
  const time = target.closest?.("time[data-show]");
  if (time) time.title ||= full.format(new Date(time.dateTime));
}

export function keepTimes() {
  showTimes();
  setInterval(showTimes, EVERY);
  document.addEventListener("pointerover", tellWhole);
}
