// What a website does with the chat: it opens it about something, and ends it when somebody signs out.

// The chat may not be there yet: calls wait for it.
window.LoketChat ??= Object.assign((...call) => window.LoketChat.q.push(call), { q: [] });

for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => {
    window.LoketChat("setTopic", button.dataset.ask);
    window.LoketChat("open");
  });
}

document.querySelector("[data-sign-out]")?.addEventListener("submit", () => {
  window.LoketChat("shutdown");
});
