// How many SMS a text is, as hub/segments.py counts: the server hands over its alphabet.
import { counted, text } from "./texts.js";

// Gives how many, and what is left in the last.
export function count(written, rules) {
  const sizes = [...written].map((letter) => {
    if (rules.basic.includes(letter)) return 1;
    return rules.extension.includes(letter) ? 2 : 0;
  });
  const gsm = sizes.every(Boolean);
  const taken = gsm ? sizes : [...written].map((letter) => letter.length);
  const [alone, joined] = (gsm ? rules.room_gsm7 : rules.room_ucs2).split(" ").map(Number);
  const sum = taken.reduce((total, size) => total + size, 0);
  if (sum <= alone) return { segments: written ? 1 : 0, left: alone - sum };
  let [segments, left] = [1, joined];
  for (const size of taken) {
    if (size > left) [segments, left] = [segments + 1, joined];
    left -= size;
  }
  return { segments, left };
}

export function showCount(place, written) {
  const { segments, left } = count(written, JSON.parse(place.dataset.segments));
  const said = [text("{n} left", { n: left })];
  if (segments) said.unshift(counted(segments, "1 SMS", "{n} SMS"));
  const price = Number(place.dataset.price) * segments;
  if (price) said.push(text("about {price}", { price: money(price, place.dataset.currency) }));
  place.textContent = said.join(" \u00b7 ");
}

function money(amount, currency) {
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency", currency, maximumFractionDigits: 3,
  }).format(amount);
}
