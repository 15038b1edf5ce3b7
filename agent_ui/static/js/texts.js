// What the scripts say, in the language of the page.
const table = JSON.parse(document.getElementById("texts").textContent);

export function text(key, values = {}) {
  return table[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function counted(number, one, many) {
  return text(number === 1 ? one : many, { n: number });
}

// Tells people who listen to the page instead of looking at it.
export function say(words) {
  document.getElementById("says").textContent = words;
}
