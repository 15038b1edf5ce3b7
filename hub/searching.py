"""Keeps the search up to date, beside everything else: what came in is found some seconds later.
New customers are compared with those we know."""

import asyncio

import structlog

from hub import clock
from hub.errors import Retry
from hub.store import Database, customer_pairs, searchable
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

EVERY = 5.0
PAUSE = 0.1
"""Between two batches when many wait, so that those who write answers go first."""


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
            more = False
            try:
                taken = await self._database.write(lambda c: searchable.take_in(c, clock.now()))
                seen = await self._database.write(lambda c: customer_pairs.take_in(c, clock.now()))
                more = taken >= searchable.BATCH or seen >= customer_pairs.BATCH
            except Retry as error:
                log.info("searching.waiting", reason=error.detail)
            await asyncio.sleep(PAUSE if more else EVERY)
