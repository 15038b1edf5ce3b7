// The phone shows its newest message, and Enter sends, as on a phone.

const talk = document.getElementById("talk");
const text = document.querySelector("[data-text]");

function showNewest() {
  talk.scrollTop = talk.scrollHeight;
}

if (talk) {
  showNewest();
  new MutationObserver(showNewest).observe(talk, { childList: true });
}

text?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    text.form.requestSubmit();
  }
});
if (matchMedia("(hover: hover)").matches && location.hash === "#newest") text?.focus();
