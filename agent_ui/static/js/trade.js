// What the customer ordered and where it is: put in place anew, and what was unfolded stays so.
import { refreshNext } from "./next-action.js";
import { fetchPart } from "./parts.js";
import { showTimes } from "./times.js";

export async function refreshTrade(path) {
  const answer = await fetchPart(path);
  refreshPromises(answer);
  refreshNext(answer?.page);
  const fresh = answer?.page.querySelector("[data-trade]");
  const shown = document.querySelector("[data-trade]");
  // Another conversation may have been opened meanwhile.
  if (!fresh || !shown || fresh.dataset.trade !== shown.dataset.trade) return;
  keepUnfolded(shown, fresh);
  shown.replaceWith(fresh);
  showTimes(fresh);
}

function refreshPromises(answer) {
  const fresh = answer?.page.querySelector("[data-promises]");
  const shown = document.querySelector("[data-promises]");
  if (!fresh || !shown || shown.contains(document.activeElement)) return;
  shown.replaceWith(fresh);
  showTimes(fresh);
}

function keepUnfolded(from, to) {
  for (const details of from.querySelectorAll("details[data-fold]")) {
    const same = to.querySelector(`details[data-fold="${CSS.escape(details.dataset.fold)}"]`);
    if (same) same.open = details.open;
  }
}
