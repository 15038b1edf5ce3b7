"""What one process of all does from time to time; the others stand by to take over."""

import asyncio
from abc import ABC, abstractmethod
from datetime import datetime

import structlog

from hub import clock
from hub.errors import Retry
from hub.store.leader import Leadership
from hub.supervise import Supervised

log = structlog.get_logger(__name__)


class Rounds(ABC):
    """Calls `round` every so many seconds while this process leads."""

    def __init__(self, name: str, leadership: Leadership, every: float) -> None:
        self._name = name
        self._leadership = leadership
        self._every = every
        self._task = Supervised(name, self._run)

    @abstractmethod
    async def round(self, now: datetime) -> object:
        """Do what is due at `now`; tried again in the next round if the store is down.

        What it gives is for who calls it by hand. Raises StoreDown.
        """

    async def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()
        await self._leadership.close()

    async def _run(self) -> None:
        while True:
            try:
                await self._leadership.acquire()
                await self.round(clock.now())
            except Retry as error:
                log.info("rounds.waiting", what=self._name, reason=error.detail)
            await asyncio.sleep(self._every)
