// Files that go along with what is written: chosen, dropped on the composer or pasted into it. Each
// stands in a list, and can be taken out again.
import { text } from "./texts.js";

const MEGABYTE = 1_000_000;

// Beside those that are chosen already.
export function addFiles(field, files) {
  if (field && files.length) choose(field, [...field.files, ...files]);
}

function choose(field, files) {
  const all = new DataTransfer();
  for (const file of files) all.items.add(file);
  field.files = all.files;
}

export function dropsAndPastes(composer) {
  const chosen = composer.form.elements.file;
  if (!chosen) return;
  const take = (event, files) => {
    if (!files?.length) return;
    event.preventDefault();
    addFiles(chosen, files);
    composer.showFiles();
  };
  composer.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    composer.dataset.drop = "";
  });
  composer.addEventListener("dragleave", () => delete composer.dataset.drop);
  composer.addEventListener("drop", (event) => {
    delete composer.dataset.drop;
    take(event, event.dataTransfer.files);
  });
  composer.area.addEventListener("paste", (event) => take(event, event.clipboardData.files));
  // A browser puts what is chosen in place of what was; it goes beside that.
  chosen.addEventListener("change", () => choose(chosen, [...composer.chosen, ...chosen.files]));
}

// Gives what is chosen.
export function listFiles(composer) {
  const files = [...(composer.form.elements.file?.files ?? [])];
  const list = composer.querySelector("[data-chosen]");
  if (!list) return files;
  list.replaceChildren(...files.map((file, index) => line(composer, file, index)));
  const notice = composer.querySelector("[data-chosen-notice]");
  notice.textContent = tooLarge(composer) ?? "";
  return files;
}

// Why the files cannot go along; null when they can.
export function tooLarge({ form }) {
  const { file, mode } = form.elements;
  if (!file || mode.value === "note") return null;
  const sum = [...file.files].reduce((total, one) => total + one.size, 0);
  const most = Number(file.dataset.most);
  if (sum <= most) return null;
  const values = { size: Math.ceil(sum / MEGABYTE), most: most / MEGABYTE };
  return text("These files are {size} MB together. At most {most} MB can go along.", values);
}

function line(composer, file, index) {
  const made = document.getElementById("chosen-file").content.firstElementChild.cloneNode(true);
  // Without marks that change the order of what stands around it.
  const name = file.name.replace(/\p{C}/gu, "");
  made.querySelector("bdi").textContent = name;
  const button = made.querySelector("button");
  button.setAttribute("aria-label", `${text("Take out")} ${name}`);
  button.addEventListener("click", () => takeOut(composer, index));
  return made;
}

function takeOut(composer, index) {
  const { file } = composer.form.elements;
  choose(file, [...file.files].filter((_, at) => at !== index));
  composer.showFiles();
  const left = composer.querySelectorAll("[data-chosen] button");
  (left[Math.min(index, left.length - 1)] ?? composer.area).focus();
}
