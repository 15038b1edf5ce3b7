// The one script that a website embeds: it loads the widget from where it came from itself.
// LoketChat("open") and the like may be called at once: calls wait until the widget is there.
(() => {
  const script = document.currentScript;
  const base = new URL(".", script.src).href;
  const looks = { LOOKS }; // by website, as administrators chose
  const options = { look: looks[script.dataset.site] ?? {}, ...script.dataset };
  if (!options.site) {
    console.error("Loket chat: the script needs data-site.");
    return;
  }
  const early = window.LoketChat?.q ?? [];
  window.LoketChat = (...call) => early.push(call);
  import(`${base}static/VERSION/api.js`).then(({ start }) => start(base, options, early));
})();
