// Whether what is looked for stands in a text: each word somewhere, whatever its accents.
const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function fits(written, words) {
  const all = plain(written);
  return plain(words).split(/\s+/).every((word) => all.includes(word));
}
