// When we open, in the visitor's own time and as people say it: today, tomorrow, or on a weekday.

const SOON_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;

export class Opening {
  #words;
  #time;
  #day;
  #date;

  constructor(words, locale) {
    this.#words = words;
    this.#time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
    this.#day = new Intl.DateTimeFormat(locale, { weekday: "long" });
    this.#date = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
  }

  // "today at 9:00", "Monday at 9:00", "Monday 7 December at 9:00".
  when(at) {
    return this.#words.at(this.#dayOf(at), this.#time.format(at));
  }

  #dayOf(at) {
    const days = daysBetween(new Date(), at);
    if (days === 0) return this.#words.today;
    if (days === 1) return this.#words.tomorrow;
    return (days < SOON_DAYS ? this.#day : this.#date).format(at);
  }
}

// Midnights, not hours; a day on which the clocks change is a day all the same.
function daysBetween(from, to) {
  const midnight = (day) => new Date(day.getFullYear(), day.getMonth(), day.getDate());
  return Math.round((midnight(to) - midnight(from)) / DAY_MS);
}
