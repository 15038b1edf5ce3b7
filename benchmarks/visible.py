"""How long it takes from the acknowledgement to the console, at a steady 50 mails per second.

Two consoles are open. One is a page in Chromium, signed in as an agent of one role, in which every
row that appears in the queue is timed when the browser paints the next frame. The other is a plain
client of the same live stream, signed in as an agent of all roles, which times every mail: a page
shows the front of a long queue, so it does not show a row for each.
"""

import asyncio
import json
import re
import statistics
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import aiohttp
from playwright.async_api import Browser, Page

from benchmarks import ROOT, machine
from benchmarks.generator import Generator
from benchmarks.stacks import Stack, Stacks
from benchmarks.subjects import started
from benchmarks.subjects.loket import Loket
from hub.store import agents
from hub.store.database import open_database
from routing.model_file import load_model
from servers.browser import open_browser

RATE = 50
SECONDS = 60
PATIENCE = 30.0
PASSWORD = "a password of the benchmarks"
ROLE_OF_PAGE = "billing"
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


@dataclass(frozen=True)
class Result:
    """Milliseconds from the acknowledgement. `console` is `page` or `stream`."""

    stack: str
    console: str
    mails: int
    p50: float
    p99: float
    longest: float
    load_before: float
    at: str


def run(stacks: Stacks, names: Sequence[str], *, seconds: int = SECONDS) -> list[Result]:
    results = []
    for name in names:
        with stacks.fresh(name) as stack:
            for result in asyncio.run(_measure(stack, seconds)):
                print(
                    f"{name:9} {result.console:7} {result.mails} mails: p50 {result.p50:.0f} ms, "
                    f"p99 {result.p99:.0f} ms, longest {result.longest:.0f} ms, "
                    f"load {result.load_before:.1f}",
                    flush=True,
                )
                results.append(result)
    return results


async def _measure(stack: Stack, seconds: int) -> list[Result]:
    load_before = machine.busy()
    with started(Loket(stack)) as subject:
        await _hire(stack.store_url)
        base = f"http://127.0.0.1:{subject.http_port}"
        async with open_browser() as browser, _Stream(base) as stream:
            page = await _open_console(browser, base)
            generator = await asyncio.to_thread(
                Generator, stack.folder, subject, count=RATE * seconds, rate=RATE
            )
            following = asyncio.create_task(stream.follow(RATE * seconds))
            generator.go()
            acknowledged = await asyncio.to_thread(generator.wait)
            async with asyncio.timeout(PATIENCE):
                await following
            seen = await page.evaluate("() => window.seen")
    page_seen = {int(number): float(at) for number, at in seen.items()}
    return [
        _result(stack.name, "page", acknowledged, page_seen, load_before),
        _result(stack.name, "stream", acknowledged, stream.seen, load_before),
    ]


def _result(
    stack: str,
    console: str,
    acknowledged: Mapping[int, float],
    seen: Mapping[int, float],
    load_before: float,
) -> Result:
    delays = sorted((at - acknowledged[number]) * 1000 for number, at in seen.items())
    return Result(
        stack=stack,
        console=console,
        mails=len(delays),
        p50=statistics.median(delays),
        p99=delays[int(len(delays) * 0.99)],
        longest=delays[-1],
        load_before=load_before,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


async def _hire(store_url: str) -> None:
    """Make an agent for the page and one for the stream."""
    model = load_model(ROOT / "config" / "interaction_model.yaml")
    password_hash = await asyncio.to_thread(agents.hash_password, PASSWORD)
    database = open_database(store_url)
    try:
        for login, held in (("page", [ROLE_OF_PAGE]), ("stream", list(model.roles))):
            await database.write(
                lambda c, login=login, held=held: agents.add(  # type: ignore[misc]
                    c, login=login, name=login, password_hash=password_hash, held=held
                )
            )
    finally:
        await database.close()


async def _open_console(browser: Browser, base: str) -> Page:
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    await page.goto(f"{base}/console/sign-in")
    await page.fill("input[name=login]", "page")
    await page.fill("input[name=password]", PASSWORD)
    await page.click("button.button-main")
    await page.wait_for_selector("loket-work")
    await page.evaluate(OBSERVE)
    return page


class _Stream:
    """Reads the console's live stream as a page does."""

    def __init__(self, base: str) -> None:
        self.seen: dict[int, float] = {}
        self._session = aiohttp.ClientSession(
            base,
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # else not for an IP address
            timeout=aiohttp.ClientTimeout(),
            read_bufsize=LONGEST_LINE,
        )

    async def __aenter__(self) -> Self:
        form = {"login": "stream", "password": PASSWORD}
        async with self._session.post("/console/sign-in", data=form) as response:
            found = _POSITION.search(await response.text())
        assert found is not None
        self._position = found[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._session.close()

    async def follow(self, mails: int) -> None:
        """Note when each of so many mails is told for the first time."""
        parameters = {"after": self._position}
        async with self._session.get("/console/live", params=parameters) as response:
            async for change in _changes(response):
                found = _NUMBER.search(change.get("html", ""))
                if found is not None:
                    self.seen.setdefault(int(found[1]), time.time())
                if len(self.seen) == mails:
                    return


async def _changes(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    async for line in response.content:
        if line.startswith(b"data: ["):
            for change in json.loads(line.removeprefix(b"data: ")):
                yield change
