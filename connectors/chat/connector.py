"""The web chat as the hub sees it: its doors, its start and stop, sending, and its check."""

from collections.abc import Sequence

from connectors.chat.attendance import Attendance
from connectors.chat.connection import RESTARTING, Services
from connectors.chat.desk import Desk
from connectors.chat.ending import Ending
from connectors.chat.files import Files
from connectors.chat.handover import Handover
from connectors.chat.links import Links
from connectors.chat.live import TOPICS, Live
from connectors.chat.offers import Offers
from connectors.chat.receive import Doors
from connectors.chat.script import Script
from connectors.chat.send import send
from connectors.chat.sessions import Sessions
from connectors.chat.settings import ChatSettings
from connectors.chat.visitor import Visitors
from hub.connector import Committing, ConnectorContext, Finding, OutgoingMessage, SendResult
from hub.http import Route
from hub.interaction import Channel
from hub.limits import Buckets
from hub.shared_limits import SharedBuckets
from hub.texts import Said

_PART = Said("chat")
TRANSCRIPTS_PER_MINUTE = 2
"""To one address, from one process; see also `Ending`."""


class ChatConnector:
    """Listens on the bus from the start: make it before the bus starts."""

    name = "chat"
    sends: Sequence[Channel] = (Channel.CHAT,)
    problem = ""

    def __init__(self, settings: ChatSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._live = live = Live(context.database, most=settings.sockets_per_visitor)
        self._handover = Handover(settings, context, live)
        self._attendance = Attendance(context.database, context.bus, live)
        self._script = Script(context.database)
        self._links = links = Links(context.tokens)
        offers = Offers(context.database, context.ask)
        services = Services(
            desk=Desk(
                database=context.database,
                intake=context.intake,
                report=context.report,
                messages=Buckets(settings.messages_per_minute),
                handover=settings.email_account,
                links=links,
                offers=offers,
            ),
            ending=Ending(
                database=context.database,
                links=links,
                account=settings.email_account,
                organisation=context.hub.organisation,
                addresses=SharedBuckets(
                    context.database, "chat transcripts", TRANSCRIPTS_PER_MINUTE
                ),
                wake=context.wake,
            ),
            attendance=self._attendance,
            live=live,
        )
        visitors = Visitors(context.tokens, days=settings.token_days)
        sessions = Sessions(settings, visitors, context.database, links, offers)
        files = Files(
            context.database, context.blobs, context.workers, links, most=settings.file_bytes
        )
        own_origin = context.hub.http.public_url.rstrip("/")
        self._doors = Doors(settings, own_origin, sessions, services, files)
        context.bus.listen(TOPICS, live.on_event, live.on_gap, live.has_visitors)

    def routes(self) -> Sequence[Route]:
        return (*self._doors.routes(), *self._script.routes())

    async def start(self) -> None:
        self._handover.start()
        self._attendance.start()

    async def stop(self) -> None:
        """Visitors come back by themselves, to another process or to this one when it is up."""
        await self._handover.stop()
        await self._attendance.stop()
        await self._live.close_all(RESTARTING)

    async def send(
        self,
        message: OutgoingMessage,
        committing: Committing,  # noqa: ARG002 (the store has it: a crash leaves no doubt)
    ) -> SendResult:
        return send(message, self._live)

    async def check(self) -> Sequence[Finding]:
        return [self._check_sites(), self._check_mail()]

    def _check_sites(self) -> Finding:
        sites = sorted(self._settings.sites)
        if sites:
            return Finding(_PART, ok=True, what=Said("sites: {names}", names=", ".join(sites)))
        hint = Said("Add [connectors.chat.sites.KEY] with the origins that may show the chat.")
        return Finding(_PART, ok=False, what=Said("no site may show the chat"), hint=hint)

    def _check_mail(self) -> Finding:
        account = self._settings.email_account
        what = (
            Said("chats go on by mail from {address}", address=account)
            if account
            else Said("chats do not go on by mail")
        )
        return Finding(_PART, ok=True, what=what)
