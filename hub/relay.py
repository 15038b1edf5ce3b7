"""Moves committed events from the outbox to the bus, in order.

One relay at a time works for a store, or two would overtake each other; the others stand by. An
event is removed when the bus has confirmed it: a crash in between publishes it again, and
consumers do not mind. The local bus on SQLite is in the same file: there both are one step.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from hub.bus import Bus, Outgoing
from hub.bus.local import LocalBus
from hub.errors import Retry
from hub.pacing import pause
from hub.store import Database, outbox
from hub.store.leader import Leadership
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

BATCH = 500
LOOK_EVERY = 0.5
"""Seconds between looks without being woken: what another process wrote, a wake that was missed."""
AFTER_FAILURE = 1.0
BREATH = 0.04
"""Seconds, at most, in which a busy store gathers more."""


class _Mover(Protocol):
    async def move(self, limit: int) -> int:
        """Move the oldest events, at most so many, in order; gives how many. Raises Retry."""


def _mover(database: Database, bus: Bus) -> _Mover:
    if isinstance(bus, LocalBus) and database.dialect == "sqlite":
        return bus
    return _Publishing(database, bus)


class Relay:
    """`wake()` after a commit makes it look at once; it may be called from any task."""

    def __init__(self, database: Database, bus: Bus, leadership: Leadership) -> None:
        self._mover = _mover(database, bus)
        self._leadership = leadership
        self._woken = asyncio.Event()
        self._task = Supervised("relay", self._run)
        self.problem = ""

    def wake(self) -> None:
        self._woken.set()

    async def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()
        await self._leadership.close()

    async def _run(self) -> None:
        while True:
            try:
                await self._drain()
                self.problem = ""
            except Retry as error:
                self._note(error)
                await asyncio.sleep(AFTER_FAILURE)
            else:
                await self._wait()

    async def _drain(self) -> None:
        """Move events until the outbox is empty, for as long as this process leads."""
        while True:
            await self._leadership.acquire(self.wake)
            self._woken.clear()
            moved = await self._mover.move(BATCH)
            if not moved:
                return
            if seconds := pause(moved, BATCH, BREATH):
                await asyncio.sleep(seconds)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await self._woken.wait()
        except TimeoutError:
            return

    def _note(self, error: Retry) -> None:
        if self.problem != error.detail:
            log.warning("relay.waiting", reason=error.detail)
        self.problem = error.detail


class _Publishing:
    """Moves by publishing; what was published is forgotten in the step that reads what is next."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._published: Sequence[int] = ()

    async def move(self, limit: int) -> int:
        """See `_Mover`."""
        published, self._published = self._published, ()
        batch = await self._next(published, limit)
        if batch:
            await self._bus.publish([message for _, message in batch])
            self._published = [position for position, _ in batch]
        return len(batch)

    async def _next(self, published: Sequence[int], limit: int) -> list[tuple[int, Outgoing]]:
        if published:
            return await self._database.step(lambda c: outbox.advance(c, published, limit))
        return await self._database.look(lambda c: outbox.oldest(c, limit))
