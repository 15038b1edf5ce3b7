// In the bar of the console: what calls for a supervisor, looked at from time to time.
const EVERY = 20_000;

async function look() {
  const old = document.getElementById("alerts-now");
  const response = await fetch("/console/wall/alerts", { headers: { "X-Loket-Part": "1" } }).catch(() => null);
  if (!old || !response?.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("alerts-now");
  if (!fresh || fresh.outerHTML === old.outerHTML) return;
  const focused = document.activeElement === old;
  old.replaceWith(fresh);
  if (focused) fresh.focus({ preventScroll: true });
}

export function listenForAlerts() {
  if (!document.getElementById("alerts-now")) return;
  look();
  setInterval(look, EVERY);
}
