"""Fetches what Twilio could not bring: it does not try for long, and a text that it could not hand
over it keeps to itself.

Every few minutes the messages of the last hour are listed and compared with what came in. What is
missing takes the way of all others, so one that comes after all counts once.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, select

from connectors.messaging.receive import Doors
from connectors.messaging.settings import MessagingSettings
from connectors.shared.twilio.client import TwilioApi
from connectors.shared.twilio.numbers import WHATSAPP
from connectors.shared.twilio.webhook import Webhook
from hub import clock
from hub.errors import Rejected, Retry, Unavailable
from hub.interaction import Channel
from hub.store import Database
from hub.store.among import among
from hub.store.arrivals import dedupe_key
from hub.store.tables import interactions
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

LOOK_BACK = timedelta(hours=1)
ON_ITS_WAY = timedelta(minutes=2)
"""What is younger may still be brought."""
_MOST = 1000


class Reconciler:
    def __init__(
        self, settings: MessagingSettings, *, database: Database, api: TwilioApi, doors: Doors
    ) -> None:
        self._settings = settings
        self._database = database
        self._api = api
        self._doors = doors
        self._task = Supervised("lost messages", self._run)

    def start(self) -> None:
        if self._settings.reconcile_minutes:
            self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def _run(self) -> None:
        while True:
            try:
                await self.look(clock.now())
            except (Retry, Unavailable, Rejected) as error:
                log.info("messaging.not_compared", why=str(error))
            await asyncio.sleep(self._settings.reconcile_minutes * 60)

    async def look(self, now: datetime) -> int:
        """Take in what is missing; gives how many there were."""
        found = 0
        for number in self._settings.numbers.values():
            for channel in (Channel.SMS, Channel.WHATSAPP):
                if number.carries(channel):
                    found += await self._look_at(channel, number.number, now)
        return found

    async def _look_at(self, channel: Channel, number: str, now: datetime) -> int:
        prefix = WHATSAPP if channel is Channel.WHATSAPP else ""
        listing = self._api.client.messages.list_async(
            to=prefix + number, date_sent_after=now - LOOK_BACK, limit=_MOST
        )
        listed = [
            one
            for one in await self._api.ask(listing)
            if one.direction == "inbound" and one.date_created <= now - ON_ITS_WAY
        ]
        keys = {dedupe_key(channel, number, one.sid): one for one in listed}
        known = await self._database.read(lambda c: _known(c, list(keys)))
        missing = [one for key, one in keys.items() if key not in known]
        for one in missing:
            log.warning("messaging.fetched", sid=one.sid)
            await self._doors.take_in(await self._as_webhook(one))
        return len(missing)

    async def _as_webhook(self, one: Any) -> Webhook:
        parameters = {
            "MessageSid": one.sid,
            "From": getattr(one, "from_", ""),
            "To": one.to,
            "Body": one.body or "",
            "NumMedia": one.num_media or "0",
        }
        if parameters["NumMedia"] != "0":
            media = await self._api.ask(self._api.client.messages(one.sid).media.list_async())
            parameters["NumMedia"] = str(len(media))
            for place, file in enumerate(media):
                path = file.uri.removesuffix(".json")
                parameters[f"MediaUrl{place}"] = self._settings.twilio.api_url + path
                parameters[f"MediaContentType{place}"] = file.content_type
        return Webhook(parameters, {}, "")


def _known(connection: Connection, keys: list[str]) -> set[str]:
    rows = connection.execute(
        select(interactions.c.dedupe_key).where(among(interactions.c.dedupe_key, keys))
    )
    return set(rows.scalars())
