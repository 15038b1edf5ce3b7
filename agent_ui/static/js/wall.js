// The wallboard: asks for itself anew when the live line tells of a change, and every few seconds.
import { watchLine, whenNetworkTurns } from "./line.js";
import { morph } from "./morph.js";
import { saySignedOut, showLive, showLost } from "./notices.js";
import { text } from "./texts.js";
import { showTimes } from "./times.js";

const AT_MOST_EVERY = 1_000;
const AT_LEAST_EVERY = 10_000;
const AGAIN_AFTER = 2_000;

let asking = false;
let again = false;
let last = 0;
let source = null;

async function refresh() {
  again = true;
  if (asking) return;
  asking = true;
  while (again) {
    await new Promise((done) => setTimeout(done, Math.max(0, last + AT_MOST_EVERY - performance.now())));
    again = false;
    last = performance.now();
    await fetchWall();
  }
  asking = false;
}

async function fetchWall() {
  const wall = document.getElementById("wall");
  const response = await fetch(location.pathname + location.search, { headers: { "X-Loket-Part": "1" }, cache: "no-store" })
    .catch(() => null);
  if (response?.status === 401) {
    saySignedOut();
    return;
  }
  wall.toggleAttribute("data-stale", !response?.ok);
  if (!response?.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("wall");
  morph(wall, fresh);
  showTimes(wall);
}

function connect() {
  const position = document.getElementById("wall").dataset.position;
  source?.close();
  source = new EventSource(`/console/live?wall=1&after=${encodeURIComponent(position)}`);
  source.addEventListener("open", () => showLive("live", text("Live")));
  source.addEventListener("changes", refresh);
  source.addEventListener("reset", refresh);
  source.addEventListener("signed-out", () => { source.close(); saySignedOut(); });
  source.addEventListener("error", () => {
    showLost();
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN_AFTER);
  });
  watchLine(source, connect);
}

// What it shows is old from now on, or may be: it asks at once, and says so where nothing answers.
function onNetwork() {
  if (source.readyState === EventSource.CLOSED) return;
  showLost();
  connect();
  refresh();
}

export function followWall() {
  if (!document.getElementById("wall")) return;
  connect();
  document.addEventListener("loket:signed-in", connect);
  whenNetworkTurns(onNetwork);
  setInterval(refresh, AT_LEAST_EVERY);
}
