"""Repairs what a crash or a wiped broker left behind: the store is the truth, so look there.

Asks again for contacts that nobody routed, tells again of messages that did not arrive, frees those
whose sender died, brings retries that are due back on the bus, and lets go of what waits for its
time.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Connection

from hub import clock, promising
from hub.bus import Bus
from hub.errors import Retry
from hub.outbound import most_tries
from hub.relay import Relay
from hub.store import Database, held, merging, outbox, reports, sending, sweeping, troubles
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

EVERY = 1.0
FORGOTTEN_AFTER = timedelta(seconds=30)
FORGOTTEN_EVERY = timedelta(seconds=10)


class Sweeper:
    def __init__(self, database: Database, bus: Bus, relay: Relay) -> None:
        self._database = database
        self._bus = bus
        self._relay = relay
        self._task = Supervised("sweeper", self._run)
        self._looked_at = datetime.min.replace(tzinfo=UTC)

    async def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep(clock.now())
            except Retry as error:
                log.info("sweeper.waiting", reason=error.detail)
            await asyncio.sleep(EVERY)

    async def sweep(self, now: datetime) -> None:
        """One round, as of `now`. Raises StoreDown."""
        if await self._database.write(lambda c: _free_messages(c, now)):
            self._relay.wake()
        # Less than nothing has passed where somebody set the clock back.
        if not timedelta() <= now - self._looked_at < FORGOTTEN_EVERY:
            self._looked_at = now
            await self._database.write(lambda c: reports.match_left_over(c, now))
            await self._database.write(lambda c: merging.adopt_late(c, now - merging.LATE))
            await self._look_for_forgotten(now)

    async def _look_for_forgotten(self, now: datetime) -> None:
        """Only when nothing else explains that they wait: a late outbox, a full queue."""
        waiting, _ = await self._database.read(outbox.lag)
        depths = await self._bus.depths()
        if waiting or any(depths.values()) or self._bus.problem:
            return
        asked = await self._database.write(lambda c: _ask_forgotten(c, now))
        if asked:
            log.warning("sweeper.asked_again", events=asked)
            self._relay.wake()


def _free_messages(connection: Connection, now: datetime) -> int:
    freed = sending.release_expired(connection, now, most_tries())
    told = promising.breach(connection, now)
    return freed + told + held.let_go(connection, now) + sending.republish_due(connection, now)


def _ask_forgotten(connection: Connection, now: datetime) -> int:
    before = now - FORGOTTEN_AFTER
    contacts = sweeping.ask_unrouted(connection, before)
    told = troubles.tell_again(connection, before, source=sweeping.SOURCE)
    return contacts + told + sending.republish_lost(connection, now)
