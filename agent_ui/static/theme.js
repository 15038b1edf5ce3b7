// Runs before the first paint, so that a dark page never flashes light.
try {
  document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "";
} catch {
  // Storage may be closed to us; the system's colours then hold.
}
