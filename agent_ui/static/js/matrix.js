// The matrix by keyboard: move, choose a range, pick a role, copy, paste, take back, save at once.
import { cellsOf } from "./spreadsheet.js";
import { counted, text } from "./texts.js";

const LONGEST_NAME = 60;

class Matrix {
  constructor(table) {
    this.rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("[data-cell]")]);
    this.form = document.querySelector("[data-matrix-form]");
    this.said = this.form.querySelector("[data-matrix-said]");
    this.picker = document.querySelector("[data-picker]");
    this.roles = new Map([...this.picker.querySelector("select").options].map((o) => [o.value, o.text]));
    this.pending = new Map();
    this.past = [];
    this.at = this.end = [0, 0];
    table.setAttribute("role", "grid");
    table.setAttribute("aria-multiselectable", "true");
    for (const cell of this.rows.flat()) {
      cell.tabIndex = -1;
      cell.before = cell.querySelector(".cell-role").textContent;
    }
    document.querySelector("[data-with-script]").hidden = false;
    this.listen(table);
    this.restore();
    this.move([0, 0], { focus: false });
  }

  listen(table) {
    table.addEventListener("keydown", (event) => this.onKey(event));
    table.addEventListener("click", (event) => this.onClick(event));
    table.addEventListener("focusin", (event) => this.onFocus(event));
    document.addEventListener("copy", (event) => this.onCopy(event));
    document.addEventListener("paste", (event) => this.onPaste(event));
    this.picker.addEventListener("close", () => this.onPicked());
    this.form.querySelector("[data-matrix-undo]").addEventListener("click", () => this.undo());
    this.form.addEventListener("submit", () => {
      this.form.elements.changes.value = JSON.stringify(this.changes());
      this.leaving = true;
    });
    this.form.addEventListener("loket:stays", () => { this.leaving = false; });
    addEventListener("beforeunload", (event) => {
      if (this.pending.size && !this.leaving) event.preventDefault();
    });
  }

  // What could not be saved, because somebody else was faster, is here again.
  restore() {
    const kept = JSON.parse(document.getElementById("pending").textContent);
    const wanted = new Map(kept.map(([group, topic, role]) => [`${group} ${topic}`, role]));
    const cells = this.rows.flat().filter((cell) => wanted.has(this.name(cell)));
    this.write(cells.map((cell) => [cell, wanted.get(this.name(cell))]));
  }

  name(cell) {
    return `${cell.dataset.group} ${cell.dataset.topic}`;
  }

  changes() {
    return [...this.pending].map(([cell, role]) => (
      { group: cell.dataset.group, topic: cell.dataset.topic, role }
    ));
  }

  cell([row, column]) {
    return this.rows[row][column];
  }

  chosen() {
    const [top, bottom] = [this.at[0], this.end[0]].sort((a, b) => a - b);
    const [left, right] = [this.at[1], this.end[1]].sort((a, b) => a - b);
    return this.rows.slice(top, bottom + 1).map((row) => row.slice(left, right + 1));
  }

  move(to, { extend = false, focus = true } = {}) {
    const last = [this.rows.length - 1, this.rows[0].length - 1];
    const place = to.map((n, axis) => Math.max(0, Math.min(n, last[axis])));
    this.cell(this.end).tabIndex = -1;
    this.end = place;
    if (!extend) this.at = place;
    this.cell(place).tabIndex = 0;
    const range = new Set(this.chosen().flat());
    for (const cell of this.rows.flat()) {
      cell.parentElement.toggleAttribute("aria-selected", false);
      if (range.has(cell)) cell.parentElement.setAttribute("aria-selected", "true");
    }
    if (focus) this.cell(place).focus();
  }

  onKey(event) {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const [row, column] = this.end;
    const command = event.ctrlKey || event.metaKey;
    if (!event.target.closest("[data-cell]")) return;
    if (steps[event.key]) {
      const [down, right] = steps[event.key];
      this.move([row + down, column + right], { extend: event.shiftKey });
    } else if (event.key === "Home") this.move([command ? 0 : row, 0]);
    else if (event.key === "End") this.move([command ? Infinity : row, Infinity]);
    else if (event.key === "PageDown") this.move([row + 10, column]);
    else if (event.key === "PageUp") this.move([row - 10, column]);
    else if (event.key === "Enter") this.pick();
    else if (event.key === "Delete" || event.key === "Backspace") this.change(() => "");
    else if (command && event.key === "z") this.undo();
    else return;
    event.preventDefault();
  }

  onFocus(event) {
    const cell = event.target.closest("[data-cell]");
    const row = this.rows.findIndex((each) => each.includes(cell));
    if (cell && cell !== this.cell(this.end)) this.move([row, this.rows[row].indexOf(cell)]);
  }

  onClick(event) {
    const cell = event.target.closest("[data-cell]");
    if (!cell || event.ctrlKey || event.metaKey || event.button) return;
    event.preventDefault();
    const row = this.rows.findIndex((each) => each.includes(cell));
    this.move([row, this.rows[row].indexOf(cell)], { extend: event.shiftKey });
    if (!event.shiftKey) this.pick();
  }

  pick() {
    const cell = this.cell(this.end);
    const count = this.chosen().flat().length;
    const head = cell.closest("tr").querySelector("th").textContent;
    const column = cell.dataset.column;
    this.picker.querySelector("[data-picker-head]").textContent =
      count > 1 ? text("{n} cells", { n: count }) : `${head} · ${column}`;
    this.picker.querySelector("[data-picker-more]").href = cell.href;
    this.picker.querySelector("select").value = this.pending.get(cell) ?? cell.dataset.own;
    this.picker.returnValue = "";
    this.picker.showModal();
    this.picker.querySelector("select").focus();
  }

  onPicked() {
    const role = this.picker.querySelector("select").value;
    if (this.picker.returnValue === "pick") this.change(() => role);
    this.cell(this.end).focus();
  }

  change(roleOf) {
    const rows = this.chosen();
    this.write(rows.flatMap((row, down) => row.map((cell, right) => [cell, roleOf(down, right)])));
  }

  // One change that can be taken back, of as many cells as it has.
  write(changes) {
    const differ = changes.some(([cell, role]) => role !== (this.pending.get(cell) ?? cell.dataset.own));
    if (!differ) return;
    this.past.push(changes.map(([cell]) => [cell, this.pending.get(cell)]));
    for (const [cell, role] of changes) this.set(cell, role);
    this.tell();
  }

  set(cell, role) {
    const changed = role !== undefined && role !== cell.dataset.own;
    if (changed) this.pending.set(cell, role);
    else this.pending.delete(cell);
    const title = role ? this.roles.get(role) : text("inherited");
    cell.querySelector(".cell-role").textContent = changed ? title : cell.before;
    cell.parentElement.classList.toggle("is-changed", changed);
  }

  undo() {
    for (const [cell, role] of this.past.pop() ?? []) this.set(cell, role);
    this.tell();
    this.cell(this.end).focus();
  }

  tell(problem = "") {
    const count = this.pending.size;
    this.form.hidden = !count && !problem && !this.past.length;
    this.form.querySelector(".button-main").hidden = !count;
    this.said.textContent = problem || (count
      ? counted(count, "1 cell is changed and not saved yet.", "{n} cells are changed and not saved yet.")
      : text("Everything is as it was saved."));
  }

  onCopy(event) {
    if (!document.activeElement.closest("[data-matrix] [data-cell]")) return;
    const shown = (cell) => cell.querySelector(".cell-role").textContent;
    const lines = this.chosen().map((row) => row.map(shown).join("\t"));
    event.clipboardData.setData("text/plain", lines.join("\n"));
    event.preventDefault();
  }

  onPaste(event) {
    if (!document.activeElement.closest("[data-matrix] [data-cell]")) return;
    event.preventDefault();
    const lines = cellsOf(event.clipboardData.getData("text/plain"));
    const roles = lines.map((line) => line.map((name) => this.role(name)));
    const row = roles.findIndex((line) => line.includes(undefined));
    if (row >= 0) this.refuse(lines, row, roles[row].indexOf(undefined));
    else if (roles.length === 1 && roles[0].length === 1) this.change(() => roles[0][0]);
    else this.spread(roles);
  }

  // Says which of the pasted cells is no role.
  refuse(lines, row, column) {
    const name = lines[row][column].trim().replace(/\s+/g, " ").slice(0, LONGEST_NAME);
    const where = { name, row: row + 1, column: column + 1 };
    this.tell(lines.flat().length === 1
      ? text("“{name}” is not a role: nothing was pasted.", { name })
      : text("“{name}”, in row {row} and column {column} of what you copied, is not a role: nothing was pasted.", where));
  }

  // From the first of what is chosen on; what it went to is chosen then.
  spread(roles) {
    const [top, left] = [Math.min(this.at[0], this.end[0]), Math.min(this.at[1], this.end[1])];
    const changes = roles.flatMap((line, down) => line.map((role, right) => (
      [this.rows[top + down]?.[left + right], role]
    )));
    const within = changes.filter(([cell]) => cell);
    this.write(within);
    const last = [this.rows.length - 1, this.rows[0].length - 1];
    const widest = Math.max(...roles.map((line) => line.length));
    this.at = [Math.min(top + roles.length - 1, last[0]), Math.min(left + widest - 1, last[1])];
    this.move([top, left], { extend: true });
    const beyond = changes.length - within.length;
    if (beyond) {
      this.said.append(" ", text("Pasted cells that lie beyond the edge were left out: {n}.", { n: beyond }));
    }
  }

  // The id of a role by its title or id; empty for what is inherited.
  role(name) {
    const wanted = name.trim().replace(/\s+/g, " ").toLowerCase();
    if (["", "–", "-", text("inherited").toLowerCase()].includes(wanted)) return "";
    for (const [id, title] of this.roles) {
      if (id && (id === wanted || title.toLowerCase() === wanted)) return id;
    }
    return undefined;
  }
}

export function editMatrix() {
  const table = document.querySelector("[data-matrix][data-editable]");
  if (table) new Matrix(table);
}
