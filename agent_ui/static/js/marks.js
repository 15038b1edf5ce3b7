// Sets marks around what is selected, or in front of its lines; the same mark again takes it away.
export function mark(area, sign) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const chosen = value.slice(start, end);
  if (sign === "- ") return lines(area, start, end);
  if (sign === "[]") return put(area, `[${chosen || "…"}](https://)`, start, end);
  const has = chosen.startsWith(sign) && chosen.endsWith(sign) && chosen.length > 2 * sign.length;
  put(area, has ? chosen.slice(sign.length, -sign.length) : `${sign}${chosen}${sign}`, start, end);
  if (!chosen) area.setSelectionRange(start + sign.length, start + sign.length);
}

function lines(area, start, end) {
  const from = area.value.lastIndexOf("\n", start - 1) + 1;
  const chosen = area.value.slice(from, end);
  const listed = chosen.split("\n").every((line) => line.startsWith("- "));
  const changed = chosen.split("\n").map((line) => (listed ? line.slice(2) : `- ${line}`));
  put(area, changed.join("\n"), from, end);
}

// By way of the browser, so that Ctrl+Z undoes it.
function put(area, words, start, end) {
  area.focus();
  area.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, words)) area.setRangeText(words, start, end, "end");
}
