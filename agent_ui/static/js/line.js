// Whether the live line is really there: a network that goes without a word closes nothing.
import { showLive, showLost } from "./notices.js";
import { text } from "./texts.js";

const EVERY = 1_000;
const LATE = 5_000;
const KINDS = ["beat", "changes", "reset"];

let every = 0;
let heard = 0;
let ticking;

// The line says by itself, from time to time, that it is open. Once it did not, that is said; the
// second time `again` opens another.
export function watchLine(source, again) {
  heard = performance.now();
  source.addEventListener("beat", (event) => (every = JSON.parse(event.data).every * 1000));
  for (const kind of KINDS) source.addEventListener(kind, hear);
  clearInterval(ticking);
  ticking = setInterval(() => check(source, again), EVERY);
}

function hear() {
  heard = performance.now();
  showLive("live", text("Live"));
}

function check(source, again) {
  const silent = performance.now() - heard;
  if (!every || source.readyState === EventSource.CLOSED || silent < every + LATE) return;
  showLost();
  if (silent > 2 * every + LATE) again();
}

// The device says that its network went or came: what it says of it may be wrong, so the line is tried.
export function whenNetworkTurns(act) {
  for (const name of ["offline", "online"]) addEventListener(name, act);
}
