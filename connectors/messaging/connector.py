"""SMS and WhatsApp as the hub sees them: doors, start and stop, sending, and the check."""

from collections.abc import Sequence

from connectors.messaging.check import check
from connectors.messaging.inbox import Inbox
from connectors.messaging.keep import Keeper
from connectors.messaging.links import Links
from connectors.messaging.receive import Doors
from connectors.messaging.reconcile import Reconciler
from connectors.messaging.send import Sender
from connectors.messaging.settings import MessagingSettings
from connectors.shared.twilio.client import TwilioApi
from connectors.shared.twilio.media import MediaFetcher
from connectors.shared.twilio.webhook import Guard
from hub.connector import ConnectorContext, Finding
from hub.errors import Unavailable
from hub.http import Route
from hub.interaction import Channel
from hub.outgoing import Committing, OutgoingMessage, SendResult


class MessagingConnector:
    name = "messaging"
    sends: Sequence[Channel] = (Channel.SMS, Channel.WHATSAPP)

    def __init__(self, settings: MessagingSettings, context: ConnectorContext) -> None:
        self.problem = ""
        self._settings = settings
        public_url = context.hub.http.public_url
        self._guard = Guard(settings.twilio, public_url, context.metrics, channel="messaging")
        self._api = TwilioApi(settings.twilio)
        self._fetcher = MediaFetcher(settings.twilio, context.blobs)
        self._links = Links(
            context.tokens,
            context.database,
            context.blobs,
            base=self._guard.address(""),
            hours=settings.link_hours,
        )
        keeper = Keeper(settings, context)
        self._inbox = Inbox(context.database, self._fetcher, keeper)
        self._doors = Doors(settings, context, self._guard, keeper, self._inbox)
        self._reconciler = Reconciler(
            settings, database=context.database, api=self._api, doors=self._doors
        )
        self._sender = Sender(
            settings,
            database=context.database,
            api=self._api,
            guard=self._guard,
            links=self._links,
        )

    def routes(self) -> Sequence[Route]:
        return (*self._doors.routes(), self._links.route())

    async def start(self) -> None:
        self._inbox.start()
        self._reconciler.start()

    async def stop(self) -> None:
        await self._reconciler.stop()
        await self._inbox.stop()
        await self._fetcher.stop()
        await self._api.stop()

    async def send(self, message: OutgoingMessage, committing: Committing) -> SendResult:
        try:
            result = await self._sender.send(message, committing)
        except Unavailable as error:
            self.problem = str(error)
            raise
        self.problem = ""
        return result

    async def check(self) -> Sequence[Finding]:
        try:
            return await check(self._settings, self._api, self._guard)
        finally:
            await self._api.stop()
