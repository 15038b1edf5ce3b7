// The one script that a website embeds: it loads the widget from where it came from itself.
(() => {
  const script = document.currentScript;
  const base = new URL(".", script.src).href;
  const options = { ...script.dataset };
  if (!options.site) {
    console.error("Loket chat: the script needs data-site.");
    return;
  }
  import(`${base}static/VERSION/widget.js`).then(({ show }) => show(base, options));
})();
