// The browser's voice says what a caller hears, where there is one.

const said = new Map();

function speak() {
  const list = document.querySelector("[data-heard]");
  if (!list) {
    speechSynthesis.cancel();
    return;
  }
  const { heard } = list.dataset;
  for (const line of list.querySelectorAll("[data-said]")) {
    const place = Number(line.dataset.said);
    if (place < (said.get(heard) ?? 0)) continue;
    const voice = new SpeechSynthesisUtterance(line.textContent);
    voice.lang = line.lang;
    speechSynthesis.speak(voice);
    said.set(heard, place + 1);
  }
}

if ("speechSynthesis" in window) {
  speak();
  new MutationObserver(speak).observe(document.getElementById("call"), { childList: true, subtree: true });
}
