"""What both ways in do with a raw mail: read it in a worker, and hand an arrival to the intake.

A raw mail that is a file is made durable only when reading it went wrong: else all that a person
needs of it (text, attachments) is durable, and each mail waits for one sync less.
"""

import asyncio
from dataclasses import dataclass

import structlog

from connectors.email.accounts import Accounts
from connectors.email.arrival import arrival_of
from connectors.email.mail import ParsedMail, ReadOptions
from connectors.email.raw import RawContent
from connectors.email.reading import MailReader
from connectors.email.settings import EmailSettings
from hub import clock
from hub.connector import ConnectorContext
from hub.errors import Retry
from hub.interaction import Accepted, Arrival, Thread

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RawMail:
    """A mail, and what the road it came by says of it."""

    content: RawContent
    envelope_from: str | None = None
    envelope_to: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class ReadMail:
    """What was read in a mail; `original`: the mail itself, None when the blob store has it."""

    parsed: ParsedMail
    original: bytes | None


class MailReceiver:
    """Shared by the SMTP door and all mailboxes."""

    def __init__(
        self, settings: EmailSettings, accounts: Accounts, context: ConnectorContext
    ) -> None:
        self._accounts = accounts
        self._trusted = settings.trusted_authserv_ids
        self._context = context
        self._reader = MailReader(context.workers)

    async def read(self, mail: RawMail) -> ReadMail:
        """`problem` says what was wrong with it.

        Raises WorkerFailed when no worker survives it, and OSError when the disk fails.
        """
        blobs = self._context.blobs
        options = ReadOptions(
            blobs=blobs.folder,
            trusted=self._trusted,
            envelope_from=mail.envelope_from,
            envelope_to=mail.envelope_to,
            problem=mail.problem,
        )
        parsed = await self._reader.read(mail.content, options)
        if isinstance(mail.content, bytes):
            return ReadMail(parsed, mail.content)
        if parsed.problem:
            await asyncio.to_thread(blobs.sync, parsed.raw_sha256)
        return ReadMail(parsed, None)

    async def keep(self, mail: ReadMail, address: str) -> Accepted:
        """Hand it in for one of our accounts; when this returns, it is kept. Raises Retry."""
        arrival = self._arrival(mail, address)
        try:
            return await self._context.intake.accept(arrival)
        except Retry:
            raise
        except Exception:
            # Better a mail that shows no more than who sent it than one that comes back for ever.
            log.exception("mail.not_storable", account=address, raw=arrival.raw_sha256)
            if arrival.raw_sha256:
                await asyncio.to_thread(self._context.blobs.sync, arrival.raw_sha256)
            return await self._context.intake.accept(_bare(arrival))

    def _arrival(self, mail: ReadMail, address: str) -> Arrival:
        return arrival_of(
            mail.parsed,
            account=address,
            received_at=clock.now(),
            original=mail.original,
            ours=self._accounts.owns(mail.parsed.sender.address),
        )


def _bare(arrival: Arrival) -> Arrival:
    problems = filter(None, ("it could not be stored as it is: see the original", arrival.problem))
    return Arrival(
        channel=arrival.channel,
        account=arrival.account,
        external_id=arrival.external_id,
        sender=arrival.sender,
        occurred_at=arrival.occurred_at,
        automatic=arrival.automatic,
        problem="; ".join(problems),
        raw_sha256=arrival.raw_sha256,
        original=arrival.original,
        thread=Thread(own=arrival.thread.own),
    )
