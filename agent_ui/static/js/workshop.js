// Starts the page of a five-step session.
import { leaveNothing } from "./signing-out.js";
import { keepTimes } from "./times.js";
import { listenToThemes } from "./views.js";
import { listenToDrags } from "./workshop-drag.js";
import { board, goLive, refresh } from "./workshop-live.js";
import { keepOutbox } from "./workshop-outbox.js";
import { grow, listenToWriting } from "./workshop-writing.js";

function growAll() {
  document.querySelectorAll("textarea[rows='1']").forEach(grow);
}

// One menu at a time, and none when somebody goes elsewhere.
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
}

function onEscape(event) {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

keepTimes();
if (document.getElementById("themes")) listenToThemes();
leaveNothing();
listenToWriting();
listenToDrags();
keepOutbox(board().dataset.address, refresh);
goLive();
growAll();
document.addEventListener("loket:board", growAll);
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", onEscape);
