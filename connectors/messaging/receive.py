"""The doors by which Twilio tells of messages: one that came in, and what became of one of ours.

A text is kept before the answer. One with files is kept as it came, answered, and goes on to the
intake when its files are here: fetching them may take longer than Twilio waits.
"""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from aiohttp import web

from connectors.messaging.inbox import Inbox
from connectors.messaging.keep import Keeper
from connectors.messaging.parse import parse_message, parse_status
from connectors.messaging.settings import MessagingSettings
from connectors.shared.twilio.webhook import Guard, Webhook
from hub import clock
from hub.connector import ConnectorContext
from hub.http import Route
from hub.store import reports

log = structlog.get_logger(__name__)

MESSAGE_PATH = "/messaging/twilio/message"
STATUS_PATH = "/messaging/twilio/status"
_NEEDED = ("AccountSid", "MessageSid", "From", "To")


class Doors:
    def __init__(
        self,
        settings: MessagingSettings,
        context: ConnectorContext,
        guard: Guard,
        keeper: Keeper,
        inbox: Inbox,
    ) -> None:
        self._settings = settings
        self._context = context
        self._guard = guard
        self._keeper = keeper
        self._inbox = inbox

    def routes(self) -> Sequence[Route]:
        return (
            self._guard.route(MESSAGE_PATH, self._message, needs=(*_NEEDED, "Body", "NumMedia")),
            self._guard.route(STATUS_PATH, self._status, needs=(*_NEEDED, "MessageStatus")),
        )

    async def _message(self, webhook: Webhook) -> web.StreamResponse:
        await self.take_in(webhook)
        return _nothing_to_say()

    async def take_in(self, webhook: Webhook) -> None:
        """Returns when the message is durable."""
        incoming = parse_message(
            webhook,
            region=self._settings.region,
            now=clock.now(),
            within=timedelta(hours=self._settings.same_matter_hours),
        )
        if incoming.media:
            await self._inbox.put(incoming)
        else:
            await self._keeper.keep(incoming.arrival, incoming.keyword)

    async def _status(self, webhook: Webhook) -> web.StreamResponse:
        report = parse_status(webhook)
        if report is not None:
            changed = await self._context.database.write(lambda c: reports.tell(c, report))
            if changed:
                self._context.wake()
        return web.Response(status=204)


def _nothing_to_say() -> web.Response:
    """What we answer a customer goes by the API, so that its fate is known."""
    return web.Response(text="<Response/>", content_type="text/xml")
