// Files that are dropped on the composer or pasted into it go along as chosen ones do.

// Beside those that are chosen already.
export function addFiles(field, files) {
  if (!field || !files.length) return;
  const all = new DataTransfer();
  for (const file of [...field.files, ...files]) all.items.add(file);
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
}
