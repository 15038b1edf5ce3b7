// What this browser keeps of what somebody types. A browser that keeps nothing does no harm.

export function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

export function keep(key, value) {
  try {
    if (value) localStorage.setItem(key, JSON.stringify(value));
    else localStorage.removeItem(key);
  } catch {
    // What was typed is still on the page, and can still be sent.
  }
}
