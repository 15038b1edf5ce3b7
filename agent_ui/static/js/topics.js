// Correcting a topic: typing narrows the list, Enter chooses.
import { fits } from "./fitting.js";
import { fill } from "./later.js";
import { showMore } from "./views.js";

export function openCorrection() {
  const menu = document.querySelector("details[data-correct]");
  if (!menu) return;
  showMore(menu);
  menu.open = true;
  fill(menu);
  const filter = menu.querySelector("[data-topic-filter]");
  filter.hidden = false;
  filter.querySelector("input").focus();
}

function narrow(menu, typed) {
  const list = menu.querySelector("select");
  for (const option of list.options) option.hidden = option.disabled = !fits(option.text, typed);
  const left = [...list.options].filter((option) => !option.disabled);
  if (typed.trim()) list.value = left[0]?.value ?? "";
  const none = menu.querySelector("[data-no-topic]");
  none.textContent = left.length ? "" : none.dataset.noTopic;
}

function onInput(event) {
  if (event.target.closest("[data-topic-filter]")) {
    narrow(event.target.closest("details"), event.target.value);
  }
}

function onKey(event) {
  if (event.key === "ArrowDown" && event.target.closest("[data-topic-filter]")) {
    event.preventDefault();
    event.target.closest("details").querySelector("select").focus();
  }
}

export function listenToTopics() {
  document.addEventListener("input", onInput);
  document.addEventListener("keydown", onKey);
}
