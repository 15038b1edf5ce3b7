"""Replays what was recorded: little of it in this process, more in one for each processor."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.store import Database, recorded
from hub.store.database import open_database
from hub.store.recorded import Page
from routing.analysis import Staff
from routing.decide import Learned
from routing.definition import Definition
from routing.model import Model
from routing.replay import Replay, Replayer, Tally

LITTLE = 10_000
"""So many contacts are replayed in the time that other processes take to start."""

_GIVING_WAY = 10

Advance = Callable[[int, int], None]
"""Told how many contacts are done, and of how many."""


@dataclass(frozen=True)
class Task:
    """What to replay. `since` to before `until` is in UTC; `until` is when the picture is taken;
    `learned` suggests topics; arrivals are counted in the week of `zone`."""

    before: Definition
    after: Definition
    staff: Staff
    since: datetime
    until: datetime
    learned: Learned | None = None
    zone: ZoneInfo | None = None

    def replayer(self) -> Replayer:
        return Replayer(
            Model(self.before),
            Model(self.after),
            self.staff,
            since=self.since,
            until=self.until,
            learned=self.learned,
            zone=self.zone,
        )

    async def tally(self, database: Database, replayer: Replayer, page: Page) -> Tally:
        found = await database.read(lambda c: recorded.read(c, self.since, self.until, page))
        return await asyncio.to_thread(replayer.tallied, found)


async def replayed(
    database: Database,
    task: Task,
    advance: Advance,
    processes: int | None = None,
    *,
    aside: bool = False,
) -> Replay:
    """`processes`: as many as there are processors, unless said otherwise; `aside`: they give way
    to everything else on the machine. The event loop goes on meanwhile."""
    pages = await database.read(lambda c: recorded.pages(c, task.since, task.until))
    total = sum(page.size for page in pages)
    many = (processes or os.cpu_count() or 1) if processes or total > LITTLE else 1
    replayer = await asyncio.to_thread(task.replayer)
    if many > 1:
        tallies = _by_others(database, task, pages, many, aside)
    else:
        tallies = _here(database, task, pages, replayer)
    done = 0
    advance(done, total)
    async with aclosing(tallies):
        async for page, tally in tallies:
            replayer.take(tally)
            done += page.size
            advance(done, total)
    return replayer.result()


async def _here(
    database: Database, task: Task, pages: Sequence[Page], replayer: Replayer
) -> AsyncGenerator[tuple[Page, Tally], None]:
    for page in pages:
        yield page, await task.tally(database, replayer, page)


async def _by_others(
    database: Database, task: Task, pages: Sequence[Page], processes: int, aside: bool
) -> AsyncGenerator[tuple[Page, Tally], None]:
    url = database.url.render_as_string(hide_password=False)
    # A fork would share the connections of this process.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, context, _begin, (url, task, aside))
    try:
        waiting = [asyncio.wrap_future(pool.submit(_tally, page)) for page in pages]
        for page, tally in zip(pages, waiting, strict=True):
            yield page, await tally
    finally:
        await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)


class _Worker:
    """One of the other processes: its loop, its store and its models, for all its pages."""

    def __init__(self, url: str, task: Task) -> None:
        self._runner = asyncio.Runner()
        self._database = open_database(url, pool=1)
        self._task = task
        self._replayer = task.replayer()

    def tally(self, page: Page) -> Tally:
        return self._runner.run(self._task.tally(self._database, self._replayer, page))


_workers: list[_Worker] = []


def _begin(url: str, task: Task, aside: bool) -> None:
    # Who stops the process that waits for them stops them too, in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if aside:
        os.nice(_GIVING_WAY)
    _workers.append(_Worker(url, task))


def _tally(page: Page) -> Tally:
    return _workers[0].tally(page)
