"""Sends a stored reply: makes the mail, finds the server of its account, hands it over."""

import asyncio
from datetime import timedelta
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from connectors.email.build import write_mail
from connectors.email.compose import compose
from connectors.email.credentials import Credentials
from connectors.email.settings import EmailSettings, SmtpSettings
from connectors.email.smtp.out import signed_in, transmit
from hub import clock
from hub.errors import Rejected, Unavailable
from hub.interaction import Automatic, DeliveryState, Interaction
from hub.outgoing import Committing, OutgoingMessage, SendResult
from hub.store import Blobs, Database, loops

# The last resort against two programs that answer each other (RFC 3834, 2).
MOST_AUTOMATIC = 2
AUTOMATIC_PERIOD = timedelta(hours=24)
_HELD_BYTES = 1 << 20


class MailSender:
    def __init__(
        self, settings: EmailSettings, *, organisation: str, database: Database, blobs: Blobs
    ) -> None:
        self._settings = settings
        self._organisation = organisation
        self._database = database
        self._blobs = blobs
        self._accounts = {account.address: account for account in settings.accounts.values()}
        servers = {a.address: a.smtp or settings.smtp for a in settings.accounts.values()}
        self._ways = {
            address: (server, Credentials(server, address))
            for address, server in servers.items()
            if server is not None
        }

    async def send(self, message: OutgoingMessage, committing: Committing) -> SendResult:
        """Raises Rejected, Retry, Unavailable or Uncertain."""
        interaction = message.interaction
        server, credentials = self._way_of(interaction.account)
        await self._refuse_loop(interaction)
        mail = compose(
            message,
            self._accounts[interaction.account],
            organisation=self._organisation,
            separator=self._settings.separator,
        )
        # A mail with large files is on disk while it goes out, beside its attachments.
        with SpooledTemporaryFile(_HELD_BYTES, dir=str(self._blobs.folder)) as spool:
            content = cast("BinaryIO", spool)  # it has all that one has
            await asyncio.to_thread(write_mail, mail, content)
            async with signed_in(server, credentials) as client:
                said = await transmit(
                    client,
                    sender=mail.sender.address,
                    recipients=[one.address for one in (*mail.to, *mail.cc)],
                    content=content,
                    committing=committing,
                    data_timeout=server.data_timeout,
                )
        return SendResult(DeliveryState.SENT, provider_id=said)

    def _way_of(self, account: str) -> tuple[SmtpSettings, Credentials]:
        if account not in self._accounts:
            raise Unavailable(f"the account {account}", "it is not in the settings (any more)")
        if account not in self._ways:
            raise Unavailable(f"the account {account}", "no mail server sends for it: add smtp")
        return self._ways[account]

    async def _refuse_loop(self, interaction: Interaction) -> None:
        if interaction.automatic is Automatic.NO:
            return
        since = clock.now() - AUTOMATIC_PERIOD
        had = await self._database.read(
            partial(loops.automatic_since, interaction=interaction, since=since)
        )
        if had >= MOST_AUTOMATIC:
            detail = f"They had {had} automatic mails within a day; this may be a loop."
            raise Rejected("automatic_limit", detail)
