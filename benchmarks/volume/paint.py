"""From a key to what it paints, in Chromium: moving through the list, opening, sending. And what a
browser fetches before that."""

import asyncio
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.async_api import Page

from benchmarks.volume.year import LOGIN, PASSWORD
from servers.browser import open_browser

WANTED = 100
FIRST_LOAD = 150
_MOVES, _OPENED, _SENT = 250, 40, 15
"""More moves than the list shows at first."""
_PATIENCE = 60_000

_WATCH = """
() => {
  window.forget = () => { window.painted = { move: [], open: [], sending: [] }; };
  window.forget();
  let pressed = 0;
  const note = (what) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.painted[what].push(performance.now() - pressed);
    channel.port2.postMessage(0);
  });
  addEventListener("keydown", (event) => { pressed = event.timeStamp; }, { capture: true });
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(".row-link")) note("move");
  });
  document.addEventListener("loket:opened", () => note("open"));
  document.addEventListener("loket:sending", () => note("sending"));
}
"""
"""A message is handled behind the frame that was asked for, so when it is on the screen. `move`: a
row has the focus; `open`: an answer of Loket is shown; `sending`: what goes out is shown so."""


@dataclass(frozen=True)
class Painted:
    """Milliseconds."""

    name: str
    count: int
    p50: float
    p95: float


async def paint(base: str, longest: str) -> tuple[list[Painted], float]:
    """And the kilobytes that come over the line until the console can be used."""
    async with open_browser() as browser:
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(_PATIENCE)
        await _sign_in(page, base)
        kilobytes = await _first_load(page, base)
        await page.evaluate(_WATCH)
        found = [
            await _timed(page, "move", "j through the list", ["j"] * _MOVES),
            await _timed(page, "open", "n: the next conversation", ["n"] * _OPENED),
            await _reopen(page, longest),
            *await _send(page),
        ]
        for one in found:
            print(f"{one.name}: p50 {one.p50:.0f} ms, p95 {one.p95:.0f} ms", flush=True)
        print(f"first load: {kilobytes:.0f} KB", flush=True)
        return found, kilobytes


async def _sign_in(page: Page, base: str) -> None:
    await page.goto(f"{base}/console/sign-in")
    await page.fill("input[name=login]", LOGIN)
    await page.fill("input[name=password]", PASSWORD)
    await page.click("button.button-main")
    await page.wait_for_selector("loket-work")


async def _first_load(page: Page, base: str) -> float:
    """With nothing in the cache."""
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.clearBrowserCache")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await page.goto(f"{base}/console", wait_until="load")
    await page.wait_for_selector("loket-work .row")
    await session.detach()
    return sum(sizes) / 1000


async def _timed(page: Page, watched: str, name: str, keys: Sequence[str]) -> Painted:
    await page.focus("loket-work .row-link")
    await page.evaluate("() => window.forget()")
    for number, key in enumerate(keys, start=1):
        await page.keyboard.press(key)
        await _until(page, watched, number)
    return _painted(name, await _taken(page, watched))


async def _reopen(page: Page, longest: str) -> Painted:
    """The conversation with the most messages, which is in hand, by Enter on its row."""
    taken: list[float] = []
    for _ in range(_OPENED // 2):
        await page.keyboard.press("Escape")
        await page.evaluate("() => window.forget()")
        await page.focus(f'.row[data-conversation="{longest}"] .row-link')
        await page.keyboard.press("Enter")
        await _until(page, "open", 1)
        taken += await _taken(page, "open")
    return _painted("Enter: the conversation of 2,000 messages", taken)


async def _send(page: Page) -> list[Painted]:
    """Until it is shown as being sent, and until Loket has it and its answer is shown."""
    shown: list[float] = []
    answered: list[float] = []
    for number in range(_SENT):
        await page.fill("loket-composer textarea", f"This is answer {number}.")
        # What is typed is kept a moment later; who sends at once does that in one go.
        await page.evaluate("() => window.forget()")
        await page.focus("loket-composer textarea")
        await page.keyboard.press("Control+Enter")
        await _until(page, "open", 1)
        shown.append((await _taken(page, "sending"))[0])
        answered.append((await _taken(page, "open"))[0])
        await asyncio.sleep(0.2)
    return [
        _painted("Ctrl+Enter: shown as being sent, in that conversation", shown),
        _painted("Ctrl+Enter: Loket has it and shows it, in that conversation", answered),
    ]


async def _until(page: Page, what: str, count: int) -> None:
    happened = "([what, count]) => window.painted[what].length >= count"
    await page.wait_for_function(happened, arg=[what, count])


async def _taken(page: Page, what: str) -> list[float]:
    found: list[float] = await page.evaluate("(what) => window.painted[what]", what)
    return found


def _painted(name: str, taken: Sequence[float]) -> Painted:
    ordered = sorted(taken)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return Painted(name, len(ordered), statistics.median(ordered), p95)
