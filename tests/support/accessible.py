"""What axe finds on a page as it stands, in the light and in the dark."""

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What depends on colours; the rest is the same in the dark.
_OF_COLOURS = ["color-contrast", "link-in-text-block"]


async def violations(page: Page, *, dark: bool = True) -> list[str]:
    # What is still fading has another contrast than what people read.
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    if await page.evaluate("typeof axe") == "undefined":
        await page.evaluate(AXE_SCRIPT)
    found = await _look(page, _RULES)
    if dark:
        await page.emulate_media(color_scheme="dark")
        found += [f"{one} (in the dark)" for one in await _look(page, _OF_COLOURS)]
        await page.emulate_media(color_scheme="light")
    return found


async def _look(page: Page, rules: list[str]) -> list[str]:
    options = {"resultTypes": ["violations"], "runOnly": rules}
    found: list[str] = await page.evaluate(
        f"""axe.run({json.dumps(options)}).then(({{violations}}) => violations.map(
            ({{id, help, nodes}}) => `${{id}}: ${{help}}: ${{nodes.map(({{html}}) => html)}}`
        ))"""
    )
    return found
