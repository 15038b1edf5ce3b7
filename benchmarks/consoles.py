"""The two consoles that `visible` opens: a page in Chromium, and a plain client of the stream."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Self

import aiohttp
from playwright.async_api import Browser, Page

from benchmarks import ROOT
from hub.store import agents
from hub.store.database import open_database
from routing.model_file import load_model

ROLE_OF_PAGE = "billing"
PASSWORD = "a password of the benchmarks"
LONGEST_LINE = 2**24
_NUMBER = re.compile(r'class="row-title">[^<]*?(\d+)<')
_POSITION = re.compile(r'data-position="([^"]+)"')

OBSERVE = r"""
() => {
  window.seen = {};
  const note = (row) => {
    const number = /(\d+)\s*$/.exec(row.querySelector(".row-title").textContent)[1];
    requestAnimationFrame(() => { window.seen[number] ??= Date.now() / 1000; });
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node.matches?.("[data-item]")) note(node);
        else node.querySelectorAll?.("[data-item]").forEach(note);
      }
    }
  }).observe(document.body, { childList: true, subtree: true });
}
"""


async def open_page(browser: Browser, base: str) -> Page:
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    await page.goto(f"{base}/console/sign-in")
    await page.fill("input[name=login]", "page")
    await page.fill("input[name=password]", PASSWORD)
    await page.click("button.button-main")
    await page.wait_for_selector("loket-work")
    await page.evaluate(OBSERVE)
    return page


class Stream:
    """Reads the console's live stream as a page does."""

    def __init__(self, base: str) -> None:
        self.seen: dict[int, float] = {}
        self.session = aiohttp.ClientSession(
            base,
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # else not for an IP address
            timeout=aiohttp.ClientTimeout(),
            read_bufsize=LONGEST_LINE,
        )

    async def __aenter__(self) -> Self:
        form = {"login": "stream", "password": PASSWORD}
        async with self.session.post("/console/sign-in", data=form) as response:
            found = _POSITION.search(await response.text())
        assert found is not None
        self._position = found[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.session.close()

    async def follow(self, mails: int) -> None:
        """Note when each of so many mails is told for the first time."""
        async for change in self.changes():
            found = _NUMBER.search(change.get("html", ""))
            if found is not None:
                self.seen.setdefault(int(found[1]), time.time())
            if len(self.seen) == mails:
                return

    async def changes(self) -> AsyncIterator[dict[str, Any]]:
        """What the stream tells, from now on."""
        parameters = {"after": self._position}
        async with self.session.get("/console/live", params=parameters) as response:
            async for change in _changes(response):
                yield change


async def hire(store_url: str) -> None:
    """Make an agent for the page and one for the stream."""
    model = load_model(ROOT / "config" / "interaction_model.yaml")
    password_hash = await asyncio.to_thread(agents.hash_password, PASSWORD)
    database = open_database(store_url)
    try:
        for login, held in (("page", [ROLE_OF_PAGE]), ("stream", list(model.roles))):
            await database.write(
                partial(agents.add, login=login, name=login, password_hash=password_hash, held=held)
            )
    finally:
        await database.close()


async def _changes(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    async for line in response.content:
        if line.startswith(b"data: ["):
            for change in json.loads(line.removeprefix(b"data: ")):
                yield change
