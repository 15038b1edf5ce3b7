"""The keys of partners that were made in the console, as they are in the store by now."""

import asyncio
from collections.abc import Mapping

import structlog

from hub.errors import Retry
from hub.store import Database, partner_keys
from hub.store.partner_keys import NOTHING, Made
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0
"""So long a key that was revoked may still be good, and a new one not yet."""


class KeyRing:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys: Mapping[str, Made] = {}
        self._task = Supervised("partner keys", self._watch)

    async def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    def of(self, partner: str) -> Made:
        return self._keys.get(partner, NOTHING)

    async def _watch(self) -> None:
        while True:
            try:
                self._keys = await self._database.read(partner_keys.good)
            except Retry as error:
                log.info("partner_keys.waiting", reason=error.detail)
            await asyncio.sleep(LOOK_SECONDS)
