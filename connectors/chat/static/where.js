// Notices that the visitor went to another page without the page being loaded anew.

// A website gives the new page its title a moment later.
const TITLE_MS = 200;

export function followPage(moved) {
  let before = location.href;
  const look = () => {
    if (location.href === before) return;
    before = location.href;
    setTimeout(moved, TITLE_MS);
  };
  for (const type of ["popstate", "hashchange"]) addEventListener(type, look);
  // Browsers without `navigation` notice it at the next of these, or when the chat is opened.
  globalThis.navigation?.addEventListener("currententrychange", look);
}
