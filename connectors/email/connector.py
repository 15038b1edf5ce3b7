"""The e-mail connector: the ways in and the way out of all accounts, as one part of Loket."""

import asyncio
from collections.abc import Sequence
from functools import partial
from operator import attrgetter

from prometheus_client import Gauge

from connectors.email.accounts import Accounts
from connectors.email.check import check
from connectors.email.imap.mailbox import Mailbox
from connectors.email.receive import MailReceiver
from connectors.email.send import MailSender
from connectors.email.settings import EmailSettings
from connectors.email.smtp.door import SmtpDoor
from hub.connector import ConnectorContext, Finding
from hub.http import Route
from hub.interaction import Channel
from hub.outgoing import Committing, OutgoingMessage, SendResult
from hub.supervise import Supervised


class EmailConnector:
    name = "email"
    sends: Sequence[Channel] = (Channel.EMAIL,)

    def __init__(self, settings: EmailSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._context = context
        self._sender = MailSender(
            settings,
            organisation=context.hub.organisation,
            database=context.database,
            blobs=context.blobs,
        )
        accounts = Accounts(settings)
        receiver = MailReceiver(settings, accounts, context)
        self._door = _door(settings, accounts, receiver, context)
        self._mailboxes = _mailboxes(settings, receiver, context)
        self._following = [Supervised(f"mailbox {m.address}", m.run) for m in self._mailboxes]
        _show_counts(context, self._mailboxes)

    @property
    def listen_port(self) -> int:
        """Where mail servers reach us; 0 when they do not."""
        return self._door.port if self._door else 0

    @property
    def problem(self) -> str:
        troubled = (f"{m.address}: {m.problem}" for m in self._mailboxes if m.problem)
        return "; ".join(troubled)

    def routes(self) -> Sequence[Route]:
        return ()

    async def start(self) -> None:
        if self._door is not None:
            await self._door.start()
        for following in self._following:
            following.start()

    async def stop(self) -> None:
        await asyncio.gather(*(following.stop() for following in self._following))
        if self._door is not None:
            await self._door.stop()

    async def send(self, message: OutgoingMessage, committing: Committing) -> SendResult:
        return await self._sender.send(message, committing)

    async def check(self) -> Sequence[Finding]:
        return await check(self._settings, self._context.database)


def _door(
    settings: EmailSettings, accounts: Accounts, receiver: MailReceiver, context: ConnectorContext
) -> SmtpDoor | None:
    if settings.listen is None:
        return None
    return SmtpDoor(
        settings.listen,
        size_limit=settings.size_limit,
        accounts=accounts,
        receiver=receiver,
        blobs=context.blobs,
        metrics=context.metrics,
    )


def _mailboxes(
    settings: EmailSettings, receiver: MailReceiver, context: ConnectorContext
) -> list[Mailbox]:
    return [
        Mailbox(
            account.address,
            account.imap,
            size_limit=settings.size_limit,
            mark_days=context.hub.retention.mailbox_days,
            receiver=receiver,
            blobs=context.blobs,
            database=context.database,
        )
        for account in settings.accounts.values()
        if account.imap is not None
    ]


def _show_counts(context: ConnectorContext, mailboxes: Sequence[Mailbox]) -> None:
    """The two must be equal but for mail that is just coming in: else some was missed."""
    if not mailboxes:
        return
    gauge = Gauge(
        "loket_mailbox_messages",
        "Mails in a mailbox, and how many of those were taken in",
        ["account", "what"],
        registry=context.metrics.registry,
    )
    for mailbox in mailboxes:
        for what in ("in_mailbox", "taken_in"):
            count = gauge.labels(mailbox.address, what)
            count.set_function(partial(attrgetter(what), mailbox.counts))
