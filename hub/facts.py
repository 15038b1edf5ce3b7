"""Keeps what reports read up to date: see `hub.store.work_facts`."""

import asyncio
from datetime import datetime

from hub.rounds import Rounds
from hub.store import Database, work_facts
from hub.store.leader import Leadership

EVERY = 15.0
"""Seconds. Reports are so much behind."""
BETWEEN_BATCHES = 0.05


class Facts(Rounds):
    def __init__(self, database: Database, leadership: Leadership, *, every: float = EVERY) -> None:
        super().__init__("facts", leadership, every)
        self._database = database

    async def round(self, now: datetime) -> int:  # noqa: ARG002 (it goes by what is in the store)
        """Raises StoreDown. Gives how many rows were written."""
        count, last = 0, work_facts.AT_ONCE
        while last == work_facts.AT_ONCE:
            if count:
                await asyncio.sleep(BETWEEN_BATCHES)
            last = await self._database.write(work_facts.write_missing)
            count += last
        return count
