// Follows a replay: asks how far it is, shows that, and loads the page again when it is through.
const PAUSE = 1000;

async function look(box) {
  const answer = await fetch(box.dataset.follow, { headers: { "X-Loket-Part": "1" }, cache: "no-store" });
  if (!answer.ok) return true;
  const part = new DOMParser().parseFromString(await answer.text(), "text/html");
  const progress = part.querySelector(".replay-progress");
  if (progress?.dataset.state !== "running") return false;
  const said = box.querySelector("[role=status]");
  const bar = box.querySelector("progress");
  const next = progress.querySelector("progress");
  if (!said || !bar) return false;
  said.textContent = progress.querySelector("[role=status]").textContent;
  bar.max = next.max;
  if (next.hasAttribute("value")) bar.value = next.value;
  return true;
}

export async function followReplay() {
  const box = document.querySelector("[data-follow]");
  if (!box) return;
  document.querySelector("[data-only-without-script]").hidden = true;
  for (;;) {
    await new Promise((done) => setTimeout(done, PAUSE));
    // A server that does not answer now may answer in a moment.
    const going = await look(box).catch(() => true);
    if (!going) break;
  }
  location.reload();
}
