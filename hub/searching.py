"""Keeps the search up to date, beside everything else: what came in is found some seconds later.
New customers are compared with those we know."""

import asyncio
import time

import structlog

from hub import clock
from hub.errors import Retry
from hub.store import Database, audit_index, customer_pairs, searchable
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

EVERY = 5.0
PAUSE = 0.1
SHARE = 0.05
"""Between two batches when many wait: those who write answers go first, and what waits to be routed
has nearly all of the store's time. After a flood, what came is found some minutes later."""


class Searching:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._task = Supervised("searching", self._run)

    async def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def _run(self) -> None:
        while True:
            pause = await self._take_in()
            await asyncio.sleep(pause)

    async def _take_in(self) -> float:
        """Seconds until the next look."""
        begun = time.monotonic()
        try:
            taken = await self._database.write(lambda c: searchable.take_in(c, clock.now()))
            seen = await self._database.write(lambda c: customer_pairs.take_in(c, clock.now()))
            again = await self._database.write(lambda c: searchable.look_again(c, clock.now()))
            late = await self._database.write(lambda c: customer_pairs.look_again(c, clock.now()))
            lines = await self._database.write(lambda c: audit_index.take_in(c, clock.now()))
        except Retry as error:
            log.info("searching.waiting", reason=error.detail)
            return EVERY
        some_wait = max(taken, lines) >= searchable.BATCH or again >= searchable.LOOKED_AT
        if not some_wait and max(seen, late) < customer_pairs.BATCH:
            return EVERY
        return min(EVERY, PAUSE + (time.monotonic() - begun) * (1 / SHARE - 1))
