"""Removes what is kept long enough: originals of mails, recordings of calls, lines of the audit
log, marks of the bus.

Every few minutes a little, by one process of all; settings.RetentionSettings say how long.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from hub.blobs import SHELVES
from hub.rounds import Rounds
from hub.settings import RetentionSettings
from hub.store import Blobs, Database, choices, expiry, originals, recordings, sign_ins
from hub.store.leader import Leadership

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=5)
"""With each round one shelf of blobs is looked at, so all of them within a day."""

BETWEEN_BATCHES = 0.1
"""Seconds in which writers have the store to themselves."""

CHOICE = "retention"
BLOBS_AT_ONCE = 200
LEFT_BEHIND = timedelta(days=1)

Removal = Callable[[Connection, datetime], int]


class Retention(Rounds):
    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        settings: RetentionSettings,
        leadership: Leadership,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._settings = settings
        super().__init__("retention", leadership, EVERY.total_seconds())

    async def round(self, now: datetime) -> None:
        """What is due at `now`. Raises StoreDown."""
        settings = await self._database.read(lambda c: in_force(c, self._settings))
        await self._rows("audit", expiry.forget_audit, now, settings.audit_days)
        await self._rows("handled", expiry.forget_handled, now, settings.event_days)
        await self._rows("tries", expiry.forget_tries, now, settings.event_days)
        await self._rows("parked", expiry.forget_parked, now, settings.event_days)
        await self._rows("partner posts", expiry.forget_posts, now, settings.original_days)
        await self._rows("webhooks", expiry.forget_told, now, settings.event_days)
        await self._rows("originals", expiry.forget_originals, now, settings.original_days)
        await self._database.write(lambda c: sign_ins.forget_ended(c, now))
        await self._recordings(now, settings.recording_days)
        await self._originals(now, settings.original_days)

    async def _recordings(self, now: datetime, days: int) -> None:
        if not days:
            return
        before, count, last = now - timedelta(days=days), 0, 1
        while last:
            last, free = await self._database.write(lambda c: recordings.let_go(c, before))
            await asyncio.to_thread(self._remove, free, now)
            count += last
        if count:
            log.info("retention.removed", what="recordings", count=count)

    async def _rows(self, what: str, removal: Removal, now: datetime, days: int) -> None:
        if not days:
            return
        before, count, last = now - timedelta(days=days), 0, expiry.AT_ONCE
        while last == expiry.AT_ONCE:
            if count:
                await asyncio.sleep(BETWEEN_BATCHES)
            last = await self._database.write(lambda c: removal(c, before))
            count += last
        if count:
            log.info("retention.removed", what=what, count=count)

    async def _originals(self, now: datetime, days: int) -> None:
        if not days:
            return
        await asyncio.to_thread(self._blobs.clear_up, before=now - LEFT_BEHIND)
        before = now - timedelta(days=days)
        shelf = shelf_at(now)
        hashes = await asyncio.to_thread(self._blobs.on_shelf, shelf, before=before)
        count = 0
        for start in range(0, len(hashes), BLOBS_AT_ONCE):
            if start:
                await asyncio.sleep(BETWEEN_BATCHES)
            count += await self._let_go(hashes[start : start + BLOBS_AT_ONCE], before)
        if count:
            log.info("retention.removed", what="large originals", count=count)

    async def _let_go(self, hashes: list[str], before: datetime) -> int:
        """The store first: a crash in between leaves bytes that nobody knows, and not a contact
        whose bytes are gone."""
        free = await self._database.write(lambda c: originals.let_go(c, hashes, before=before))
        return await asyncio.to_thread(self._remove, free, before)

    def _remove(self, hashes: set[str], before: datetime) -> int:
        return sum(self._blobs.remove(sha256, before=before) for sha256 in hashes)


def in_force(connection: Connection, settings: RetentionSettings) -> RetentionSettings:
    """What administrators chose in the console, and else what the settings say."""
    chosen = choices.value(connection, CHOICE)
    return RetentionSettings.model_validate(settings.model_dump() | chosen) if chosen else settings


def shelf_at(moment: datetime) -> int:
    """Which shelf has its turn: by the clock, so that restarts leave none out."""
    return int(moment.timestamp() // EVERY.total_seconds()) % SHELVES
