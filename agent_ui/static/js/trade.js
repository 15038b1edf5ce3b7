// What stands beside a conversation: what the customer ordered and where it is, what was promised,
// and what is linked with it. It is put in place anew, and what was unfolded stays so.
import { refreshNext } from "./next-action.js";
import { fetchPart } from "./parts.js";
import { showTimes } from "./times.js";

export async function refreshTrade(path) {
  const answer = await fetchPart(path);
  // Another conversation may have been opened meanwhile.
  if (!answer || idIn(answer.page) !== idIn(document)) return;
  refreshPromises(answer.page);
  refreshLinked(answer.page);
  refreshNext(answer.page);
  const fresh = answer.page.querySelector("[data-trade]");
  const shown = document.querySelector("[data-trade]");
  if (!fresh || !shown || fresh.dataset.trade !== shown.dataset.trade) return;
  keepUnfolded(shown, fresh);
  shown.replaceWith(fresh);
  showTimes(fresh);
}

const idIn = (page) => page.querySelector("loket-conversation")?.dataset.id;

function refreshPromises(page) {
  const fresh = page.querySelector("[data-promises]");
  const shown = document.querySelector("[data-promises]");
  if (!fresh || !shown || shown.contains(document.activeElement)) return;
  shown.replaceWith(fresh);
  showTimes(fresh);
}

// Which conversations are linked with it: who had the focus there may have lost what had it.
function refreshLinked(page) {
  const fresh = page.querySelector("[data-linked]");
  const shown = document.querySelector("[data-linked]");
  if (!fresh || !shown) return;
  const focused = shown.contains(document.activeElement);
  shown.replaceWith(fresh);
  if (focused) document.getElementById("talk").focus({ preventScroll: true });
}

function keepUnfolded(from, to) {
  for (const details of from.querySelectorAll("details[data-fold]")) {
    const same = to.querySelector(`details[data-fold="${CSS.escape(details.dataset.fold)}"]`);
    if (same) same.open = details.open;
  }
}
