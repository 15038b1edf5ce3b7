// Makes a part of the page look like a fresh one, and leaves alone what somebody is busy with:
// the focus, what is typed and not saved yet, what is unfolded.
const KEPT = new Set(["data-dirty", "data-base", "open"]);

export function morph(from, to) {
  const focused = document.activeElement;
  const selection = focused && "selectionStart" in focused ? [focused.selectionStart, focused.selectionEnd] : null;
  element(from, to);
  if (focused === document.activeElement || !focused.isConnected) return;
  focused.focus({ preventScroll: true });
  if (selection?.[0] != null) focused.setSelectionRange(...selection);
}

function node(from, to) {
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.data !== to.data) from.data = to.data;
  } else element(from, to);
}

function element(from, to) {
  attributes(from, to);
  if (!from.matches("textarea")) children(from, to);
  if (from.matches("input[type=hidden]")) from.value = to.defaultValue;
  else if (from.matches("input, textarea, select") && !isBusy(from)) value(from, to);
}

// What stands in fields that are not of a card is the reader's own until they send it.
function isBusy(field) {
  return "dirty" in field.dataset || !field.name.startsWith("w:");
}

function value(from, to) {
  if (from.type === "checkbox") from.checked = to.defaultChecked;
  else if (from.value !== to.value) from.value = to.value;
}

function attributes(from, to) {
  for (const { name, value } of to.attributes) {
    if (!KEPT.has(name) && name !== "value" && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  if (!from.matches("input") && to.hasAttribute("value")) from.setAttribute("value", to.getAttribute("value"));
  for (const { name } of [...from.attributes]) {
    if (!KEPT.has(name) && name !== "value" && !to.hasAttribute(name)) from.removeAttribute(name);
  }
}

function children(from, to) {
  const known = new Map([...from.children].filter((child) => child.id).map((child) => [child.id, child]));
  let at = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const have = wanted.id ? known.get(wanted.id) : fitting(at, wanted);
    if (!have || have.nodeName !== wanted.nodeName) from.insertBefore(wanted, at);
    else if (have === at) [at] = [at.nextSibling, node(have, wanted)];
    else {
      from.insertBefore(have, at);
      node(have, wanted);
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

// What has no name of its own is the same when it is of the same kind at the same place.
function fitting(at, wanted) {
  return at && at.nodeName === wanted.nodeName && !at.id ? at : null;
}
