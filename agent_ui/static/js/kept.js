// What this browser keeps of what somebody types. A browser that keeps nothing does no harm.

export function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

const KINDS = ["draft", "sending", "aside", "by-hand"];
let isOver = false;

export function keep(key, value) {
  if (isOver && value) return;
  try {
    if (value) localStorage.setItem(key, JSON.stringify(value));
    else localStorage.removeItem(key);
  } catch {
    // What was typed is still on the page, and can still be sent.
  }
}

// Where something is kept that this agent typed.
export function keysOf(agent) {
  const isOf = (key) => KINDS.some((kind) => key === `${kind}:${agent}` || key.startsWith(`${kind}:${agent}/`));
  try {
    return Object.keys(localStorage).filter(isOf);
  } catch {
    return [];
  }
}

// They sign out: nothing is kept any more, nor by what the page does while it goes.
export function forgetFor(agent) {
  isOver = true;
  for (const key of keysOf(agent)) keep(key, null);
}
