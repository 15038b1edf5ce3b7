// What spreadsheets put on the clipboard: rows of cells. One with a tab, a line or a quotation mark
// in it stands between quotation marks, and its own are doubled.
const CELL = /(?:"((?:[^"]|"")*)"|([^\t\r\n]*))(\t|\r?\n|$)/gy;

export function cellsOf(pasted) {
  const rows = [[]];
  CELL.lastIndex = 0;
  for (;;) {
    const [, quoted, plain, end] = CELL.exec(pasted);
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (CELL.lastIndex >= pasted.length) {
      if (end === "\t") rows.at(-1).push("");
      return rows;
    }
    if (end !== "\t") rows.push([]);
  }
}
