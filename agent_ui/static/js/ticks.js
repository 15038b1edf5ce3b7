// One box that chooses all of a list, or none.
function offer(all) {
  const form = all.closest("form");
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
  const show = () => {
    const ticked = boxes.filter((one) => one.checked).length;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.closest("label").hidden = !boxes.length;
  all.addEventListener("change", () => boxes.forEach((one) => { one.checked = all.checked; }));
  form.addEventListener("change", show);
  addEventListener("pageshow", show);
  show();
}

export function offerAll() {
  document.querySelectorAll("[data-ticks-all]").forEach(offer);
}
