"""Messages whose files are still with Twilio: kept as they came, until the files are here.

A file that cannot be had holds a message up for a quarter of an hour at most; then it comes in
without the file, and says so.
"""

import asyncio
import mimetypes
from datetime import timedelta
from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict

from connectors.messaging.keep import Keeper
from connectors.messaging.parse import Incoming, Media
from connectors.shared.twilio.media import MediaFetcher
from hub import clock
from hub.errors import Rejected, Retry, StoreDown
from hub.interaction import Arrival, Attachment
from hub.store import Database, parked
from hub.store.parked import Parked
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

KIND = "messaging.inbox"
LEASE = timedelta(minutes=3)
PAUSES = tuple(timedelta(seconds=s) for s in (5, 15, 60, 240, 600))
LOOK_EVERY = 5.0
"""Seconds; what this process puts there itself is looked at once."""
_AT_ONCE = 10


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)

    arrival: Arrival
    media: tuple[tuple[str, str], ...]


class Inbox:
    def __init__(self, database: Database, fetcher: MediaFetcher, keeper: Keeper) -> None:
        self._database = database
        self._fetcher = fetcher
        self._keeper = keeper
        self._task = Supervised("messages with files", self._run)
        self._waiting = asyncio.Event()

    def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def put(self, incoming: Incoming) -> None:
        """Returns when it is durable."""
        media = tuple((one.url, one.content_type) for one in incoming.media)
        content = _Kept(arrival=incoming.arrival, media=media).model_dump(mode="json")
        key, now = incoming.arrival.external_id, clock.now()
        await self._database.write(lambda c: parked.park(c, KIND, key, content, due_at=now))
        self._waiting.set()

    async def _run(self) -> None:
        while True:
            self._waiting.clear()
            try:
                while await self._work():
                    pass
            except StoreDown:
                log.info("messaging.waiting_for_store")
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._waiting.wait()
            except TimeoutError:
                continue

    async def _work(self) -> int:
        """Do what is due; gives how many there were."""
        now = clock.now()
        due = await self._database.write(
            lambda c: parked.claim_due(c, KIND, now, until=now + LEASE, most=_AT_ONCE)
        )
        await asyncio.gather(*(self._take_in(one) for one in due))
        return len(due)

    async def _take_in(self, one: Parked) -> None:
        kept = _Kept.model_validate(one.content)
        last_try = one.tries > len(PAUSES)
        found = await asyncio.gather(
            *(self._file(place, Media(*media)) for place, media in enumerate(kept.media))
        )
        missing = [result for result in found if isinstance(result, Exception)]
        if any(isinstance(error, Retry) for error in missing) and not last_try:
            due_at = clock.now() + PAUSES[one.tries - 1]
            await self._database.write(lambda c: parked.put_off(c, one.id, due_at))
            return
        files = tuple(result for result in found if isinstance(result, Attachment))
        arrival = kept.arrival.model_copy(
            update={"attachments": files, "problem": _problem(kept.arrival, missing)}
        )
        await self._keeper.keep(arrival, None)
        await self._database.write(lambda c: parked.remove(c, one.id))

    async def _file(self, place: int, media: Media) -> Attachment | Rejected | Retry:
        try:
            fetched = await self._fetcher.fetch(media.url)
        except (Rejected, Retry) as error:
            log.warning("messaging.file_missing", why=error.detail)
            return error
        kind = media.content_type or fetched.content_type
        return Attachment(
            id=clock.new_id(),
            filename=_name(place, kind),
            content_type=kind[:255],
            size=fetched.size,
            sha256=fetched.sha256,
        )


def _name(place: int, content_type: str) -> str:
    """Twilio gives no names."""
    kind = content_type.partition("/")[0]
    word = kind if kind in ("image", "audio", "video") else "file"
    ending = mimetypes.guess_extension(content_type.partition(";")[0].strip()) or ""
    return f"{word}-{place + 1}{ending}"


def _problem(arrival: Arrival, missing: list[Any]) -> str:
    said = [f"a file could not be fetched: {error.detail}" for error in missing]
    return "; ".join(filter(None, [arrival.problem, *said]))
