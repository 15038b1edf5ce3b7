"""How long it takes from the acknowledgement to the console, at a steady 50 mails per second.

Two consoles are open. One is a page in Chromium, signed in as an agent of one role, in which every
row that appears in the queue is timed when the browser paints the next frame. The other is a plain
client of the same live stream, signed in as an agent of all roles, which times every mail: a page
shows the front of a long queue, so it does not show a row for each.
"""

import asyncio
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks import machine
from benchmarks.consoles import Stream, hire, open_page
from benchmarks.generator import Generator
from benchmarks.stacks import Stack, Stacks
from benchmarks.subjects import Subject, started
from benchmarks.subjects.loket import Loket
from servers.browser import open_browser

RATE = 50
SECONDS = 60
PATIENCE = 30.0


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
        load_before = machine.busy()
        with stacks.fresh(name) as stack, started(Loket(stack)) as subject:
            acknowledged, seen = asyncio.run(_watch(stack, subject, RATE * seconds))
        for console, times in seen.items():
            result = _result(name, console, acknowledged, times, load_before)
            print(_line(result), flush=True)
            results.append(result)
    return results


async def _watch(
    stack: Stack, subject: Subject, count: int
) -> tuple[Mapping[int, float], Mapping[str, Mapping[int, float]]]:
    """When each mail was acknowledged, and when each console had it."""
    await hire(stack.store_url)
    base = f"http://127.0.0.1:{subject.http_port}"
    async with open_browser() as browser, Stream(base) as stream:
        page = await open_page(browser, base)
        following = asyncio.create_task(stream.follow(count))
        generator = await asyncio.to_thread(
            Generator, stack.folder, subject, count=count, rate=RATE
        )
        generator.go()
        acknowledged = await asyncio.to_thread(generator.wait)
        async with asyncio.timeout(PATIENCE):
            await following
        on_page = await page.evaluate("() => window.seen")
    seen = {int(number): float(at) for number, at in on_page.items()}
    return acknowledged, {"page": seen, "stream": stream.seen}


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


def _line(result: Result) -> str:
    return (
        f"{result.stack:9} {result.console:7} {result.mails} mails: p50 {result.p50:.0f} ms, "
        f"p99 {result.p99:.0f} ms, longest {result.longest:.0f} ms, load {result.load_before:.1f}"
    )
