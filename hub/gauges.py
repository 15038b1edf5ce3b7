"""Reads from the store and the bus what /metrics and /readyz tell."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hub import clock
from hub.bus import Bus
from hub.errors import Retry
from hub.metrics import Metrics
from hub.store import Database, outbox, sweeping
from hub.store.database import ping


@dataclass(frozen=True)
class _Reading:
    outbox_rows: int
    outbox_since: datetime | None
    unrouted_since: datetime | None
    waiting: Mapping[str, int]
    dead: int


class Gauges:
    def __init__(self, database: Database, bus: Bus, metrics: Metrics) -> None:
        self._database = database
        self._bus = bus
        self._metrics = metrics

    async def store_problem(self) -> str:
        """Why the store cannot be used just now; empty when it can."""
        try:
            await ping(self._database)
        except Retry as error:
            return error.detail
        return ""

    async def refresh(self) -> None:
        """Bring the gauges up to date; those of a part that is away keep their last value."""
        with contextlib.suppress(Retry):
            self._show(await self._database.read(_read))
        with contextlib.suppress(Retry):
            for queue, depth in (await self._bus.depths()).items():
                self._metrics.queue_depth.labels(queue).set(depth)

    def _show(self, reading: _Reading) -> None:
        metrics = self._metrics
        metrics.outbox_rows.set(reading.outbox_rows)
        metrics.outbox_lag.set(_age(reading.outbox_since))
        metrics.oldest_unprocessed.set(_age(reading.unrouted_since))
        metrics.dead_letters.set(reading.dead)
        metrics.waiting.clear()
        for role, count in reading.waiting.items():
            metrics.waiting.labels(role).set(count)


def _read(connection: Connection) -> _Reading:
    rows, since = outbox.lag(connection)
    return _Reading(
        outbox_rows=rows,
        outbox_since=since,
        unrouted_since=sweeping.oldest_unrouted(connection),
        waiting=sweeping.waiting_per_role(connection),
        dead=sweeping.count_dead(connection),
    )


def _age(moment: datetime | None) -> float:
    return (clock.now() - moment).total_seconds() if moment is not None else 0.0
