// Waits until the facilitator lets somebody in.
const { address } = document.getElementById("waiting").dataset;

const source = new EventSource(`${address}/live`);
// The first stamp is how it stands now; another one may mean: come in.
let first = true;
source.addEventListener("board", () => {
  if (!first) location.reload();
  first = false;
});
source.addEventListener("out", () => location.assign("/console/join"));
