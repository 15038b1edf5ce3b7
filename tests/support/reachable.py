"""What cannot be seen or pressed on a page as it stands: cut off, sticking out, or covered (but by
an open menu, which closes)."""

from playwright.async_api import Page

_LOOK = """
() => {
  const name = (one) => (one.ariaLabel || one.textContent || one.name || one.outerHTML)
    .trim().replace(/\\s+/g, " ").slice(0, 60);
  const problems = [];
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter(
      (one) => one.getBoundingClientRect().right > innerWidth + 1,
    );
    const named = wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 80));
    problems.push(`the page is too wide: ${named}`);
  }
  const pressed = "a[href], button, summary, select, textarea, input:not([type=hidden])";
  for (const one of document.querySelectorAll(pressed)) {
    if (one.closest(".unseen, .skip, dialog:not([open])")) continue;
    if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    one.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = one.getClientRects()[0];
    if (!box || !box.width) continue;
    if (box.left < -1 || box.right > innerWidth + 1) problems.push(`sticks out: ${name(one)}`);
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    const there = document.elementFromPoint(x, y);
    const menu = there?.closest(".menu-body");
    const own = there && ((menu && !menu.contains(one)) || one.contains(there)
      || there.contains(one) || there.closest("label")?.contains(one));
    if (!own) problems.push(`covered: ${name(one)} by ${there ? name(there) : "nothing"}`);
  }
  scrollTo(0, 0);
  return problems;
}
"""


async def unreachable(page: Page) -> list[str]:
    found: list[str] = await page.evaluate(_LOOK)
    return found
