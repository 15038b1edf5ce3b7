"""Watches first-response deadlines: sleeps until the next one and tells when it has passed."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from hub import clock
from hub.errors import Retry
from hub.store import Database, deadlines
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

LONGEST_SLEEP = 2.0
"""Seconds: a deadline that another process sets meanwhile may be nearer than the next known."""


class Deadlines:
    """`wake` is called after each commit."""

    def __init__(self, database: Database, wake: Callable[[], None]) -> None:
        self._database = database
        self._wake = wake
        self._task = Supervised("deadlines", self._run)

    async def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def _run(self) -> None:
        while True:
            try:
                await self.mark(clock.now())
                following = await self._database.read(deadlines.following)
            except Retry as error:
                log.info("deadlines.waiting", reason=error.detail)
                following = None
            await asyncio.sleep(_until(following))

    async def mark(self, now: datetime) -> int:
        """Mark the work items whose first response is overdue at `now`; gives how many."""
        passed = await self._database.write(lambda c: deadlines.mark_passed(c, now))
        if passed:
            self._wake()
            log.info("deadlines.passed", work_items=passed)
        return passed


def _until(following: datetime | None) -> float:
    if following is None:
        return LONGEST_SLEEP
    return min(max((following - clock.now()).total_seconds(), 0.05), LONGEST_SLEEP)
