// The browser's voice says what a caller hears, where there is one.

/** How many lines of a call were said, also by the page before this one. */
const said = (call) => Number(sessionStorage.getItem(`said ${call}`) ?? 0);

function speak() {
  const list = document.querySelector("[data-heard]");
  if (!list) {
    speechSynthesis.cancel();
    return;
  }
  const call = list.dataset.heard;
  for (const line of list.querySelectorAll("[data-said]")) {
    const place = Number(line.dataset.said);
    if (place < said(call)) continue;
    const voice = new SpeechSynthesisUtterance(line.textContent);
    voice.lang = line.lang;
    speechSynthesis.speak(voice);
    sessionStorage.setItem(`said ${call}`, place + 1);
  }
}

if ("speechSynthesis" in window) {
  speak();
  new MutationObserver(speak).observe(document.getElementById("call"), { childList: true, subtree: true });
}
