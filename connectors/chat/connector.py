"""The web chat as the hub sees it: its doors, its start and stop, sending, and its check."""

from collections.abc import Sequence

from connectors.chat.connection import RESTARTING
from connectors.chat.desk import Desk
from connectors.chat.handover import Handover
from connectors.chat.live import TOPICS, Live
from connectors.chat.receive import Doors
from connectors.chat.script import Script
from connectors.chat.send import send
from connectors.chat.sessions import Sessions
from connectors.chat.settings import ChatSettings
from connectors.chat.visitor import Visitors
from connectors.shared.limits import Buckets
from hub.connector import Committing, ConnectorContext, Finding, OutgoingMessage, SendResult
from hub.http import Route
from hub.interaction import Channel


class ChatConnector:
    """Listens on the bus from the start: make it before the bus starts."""

    name = "chat"
    sends: Sequence[Channel] = (Channel.CHAT,)
    problem = ""

    def __init__(self, settings: ChatSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._live = Live(context.database, most=settings.sockets_per_visitor)
        self._handover = Handover(settings, context, self._live)
        self._script = Script()
        visitors = Visitors(context.tokens, days=settings.token_days)
        sessions = Sessions(settings, visitors, context.database)
        desk = Desk(
            database=context.database,
            intake=context.intake,
            report=context.report,
            messages=Buckets(settings.messages_per_minute),
            handover=settings.email_account,
        )
        own_origin = context.hub.http.public_url.rstrip("/")
        self._doors = Doors(settings, own_origin, sessions, desk, self._live)
        context.bus.listen(TOPICS, self._live.on_event, self._live.on_gap)

    def routes(self) -> Sequence[Route]:
        return (*self._doors.routes(), *self._script.routes())

    async def start(self) -> None:
        self._handover.start()

    async def stop(self) -> None:
        """Visitors come back by themselves, to another process or to this one when it is up."""
        await self._handover.stop()
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
            return Finding("chat", ok=True, what=f"sites: {', '.join(sites)}")
        hint = "Add [connectors.chat.sites.KEY] with the origins that may show the chat."
        return Finding("chat", ok=False, what="no site may show the chat", hint=hint)

    def _check_mail(self) -> Finding:
        account = self._settings.email_account
        what = f"chats go on by mail from {account}" if account else "chats do not go on by mail"
        return Finding("chat", ok=True, what=what)
