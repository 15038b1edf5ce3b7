// Who leaves a page on which something was typed and not kept is asked first, by the browser.
const touched = new Set();

function onInput({ target }) {
  if (target.form?.method === "post" && target.type !== "file") touched.add(target.form);
}

function onSubmit(event) {
  if (!event.defaultPrevented) touched.delete(event.target);
}

export function askBeforeLeaving() {
  document.addEventListener("input", onInput);
  document.addEventListener("submit", onSubmit);
  addEventListener("beforeunload", (event) => {
    if ([...touched].some((form) => form.isConnected)) event.preventDefault();
  });
}
