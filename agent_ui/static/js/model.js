// The pages of the interaction model: times in the reader's zone, colours, and lines in the editor.
import { askBeforeSending } from "./before-sending.js";
import { leaveNothing } from "./signing-out.js";
import { showTab } from "./tabs.js";
import { keepTimes } from "./times.js";
import { editMatrix } from "./matrix.js";
import { proveWhileTyping } from "./proof.js";
import { followReplay } from "./replay.js";
import { listenToThemes } from "./views.js";

// A mistake leads to its line, also in the editor, which has no anchors.
function goToLine(event) {
  const link = event.target.closest("a[data-line]");
  const editor = document.querySelector("textarea[name=text]");
  if (!link || !editor) return;
  event.preventDefault();
  const lines = editor.value.split("\n");
  const line = Math.max(1, Math.min(Number(link.dataset.line), lines.length));
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  editor.focus();
  editor.setSelectionRange(start, start + lines[line - 1].length);
  editor.scrollTop = (line - 5) * parseFloat(getComputedStyle(editor).lineHeight);
}

// What was typed is not left behind by a wrong click.
function keepTyped() {
  const form = document.querySelector("form[data-keep]");
  if (!form) return;
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  form.addEventListener("loket:stays", () => { changed = true; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

keepTimes();
showTab();
listenToThemes();
keepTyped();
followReplay();
proveWhileTyping();
editMatrix();
leaveNothing();
askBeforeSending();
document.addEventListener("click", goToLine);
