"""The e-mail connector: the ways in and the way out of all accounts, as one part of Loket. What is
added or removed in the console is followed while it runs."""

import asyncio
from collections.abc import Sequence
from functools import partial
from operator import attrgetter

from prometheus_client import Gauge

from connectors.email.accounts import Accounts
from connectors.email.added import with_added
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
from hub.store import added_mailboxes
from hub.store.added_mailboxes import AddedMailbox
from hub.supervise import Supervised

LOOK_SECONDS = 5.0
"""Between looks at what was added in the console."""


class EmailConnector:
    name = "email"
    sends: Sequence[Channel] = (Channel.EMAIL,)

    def __init__(self, settings: EmailSettings, context: ConnectorContext) -> None:
        self._own = self._settings = settings
        self._context = context
        self._sender = _sender(settings, context)
        self._accounts = Accounts(settings)
        self._receiver = MailReceiver(settings, self._accounts, context)
        self._door = _door(settings, self._accounts, self._receiver, context)
        self._mailboxes = _mailboxes(settings, self._receiver, context)
        self._following = {m.address: _following(m) for m in self._mailboxes}
        self._added: list[AddedMailbox] = []
        self._unusable: dict[str, str] = {}
        self._looking = asyncio.Lock()
        self._watching = Supervised("mailboxes of the console", self._watch)
        _show_counts(context, self._mailboxes)

    @property
    def listen_port(self) -> int:
        """Where mail servers reach us; 0 when they do not."""
        return self._door.port if self._door else 0

    @property
    def problem(self) -> str:
        troubled = {m.address: m.problem for m in self._mailboxes if m.problem} | self._unusable
        return "; ".join(f"{address}: {problem}" for address, problem in troubled.items())

    def routes(self) -> Sequence[Route]:
        return ()

    async def start(self) -> None:
        if self._door is not None:
            await self._door.start()
        for following in self._following.values():
            following.start()
        self._watching.start()

    async def stop(self) -> None:
        await self._watching.stop()
        await asyncio.gather(*(following.stop() for following in self._following.values()))
        if self._door is not None:
            await self._door.stop()

    async def send(self, message: OutgoingMessage, committing: Committing) -> SendResult:
        known = {account.address for account in self._settings.accounts.values()}
        if message.interaction.account not in known:
            await self._look()  # it may have been added a moment ago
        return await self._sender.send(message, committing)

    async def check(self) -> Sequence[Finding]:
        await self._look()
        return await check(self._settings, self._context.database)

    async def _watch(self) -> None:
        """Endless: somebody may add a mailbox in another process."""
        while True:
            await self._look()
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        """Follow what was added in the console, and let go of what was removed."""
        async with self._looking:
            added = await self._context.database.read(added_mailboxes.listed)
            if added == self._added:
                return
            before = {one.address: one for one in self._added}
            changed = {one.address for one in added if before.get(one.address) != one}
            self._settings, self._unusable = with_added(self._own, added, self._context.tokens)
            self._sender = _sender(self._settings, self._context)
            self._accounts.follow(self._settings)
            there = _mailboxes(self._settings, self._receiver, self._context)
            await self._let_go(changed | before.keys() - {one.address for one in added})
            for mailbox in there:
                if mailbox.address not in self._following:
                    self._mailboxes.append(mailbox)
                    self._following[mailbox.address] = _following(mailbox)
                    self._following[mailbox.address].start()
            self._added = added

    async def _let_go(self, addresses: set[str]) -> None:
        own = {account.address for account in self._own.accounts.values()}
        for address in addresses - own:
            following = self._following.pop(address, None)
            if following is not None:
                await following.stop()
        self._mailboxes[:] = [m for m in self._mailboxes if m.address in self._following]


def _following(mailbox: Mailbox) -> Supervised:
    return Supervised(f"mailbox {mailbox.address}", mailbox.run)


def _sender(settings: EmailSettings, context: ConnectorContext) -> MailSender:
    return MailSender(
        settings,
        organisation=context.hub.organisation,
        database=context.database,
        blobs=context.blobs,
    )


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
