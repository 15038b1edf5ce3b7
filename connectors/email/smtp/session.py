"""One conversation with a client of our SMTP or LMTP door: who may send what to whom."""

import asyncio
import re
from typing import Any, Protocol

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, syntax
from aiosmtpd.smtp import Session as Conversation

from connectors.email.raw import Spool
from connectors.email.smtp.content import read_content

log = structlog.get_logger(__name__)

MOST_RECIPIENTS = 100
GOODBYE_SECONDS = 1.0
KEPT = "250 2.0.0 Kept"
NOT_NOW = "451 4.3.0 Loket cannot keep mail just now, try again later"
NO_SPACE = "452 4.3.1 Loket has no room just now, try again later"
_PLAIN_PATH = re.compile(r"<([\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+)>(| .*)")
_SIZE = re.compile(r"\sSIZE=(\d+)", re.IGNORECASE)


class Door(Protocol):
    """What a conversation needs from the door it came in by."""

    size_limit: int

    def is_recipient(self, address: str) -> bool: ...

    def open_spool(self) -> Spool: ...

    async def take(self, spool: Spool, envelope: Envelope) -> list[str]:
        """Keep a mail that is wholly in; one answer for each recipient."""

    def came(self, session: "Session") -> None: ...

    def went(self, session: "Session") -> None: ...

    def refused(self, code: str) -> None:
        """Count a refusal."""


class Session(SMTP):
    """aiosmtpd's conversation, with our own DATA: the mail goes to disk as it comes in."""

    def __init__(self, door: Door, **options: Any) -> None:
        super().__init__(_Hooks(door), data_size_limit=door.size_limit, **options)
        self._door = door

    async def finish(self) -> None:
        """Say goodbye and wait until the conversation is over; a client that dawdles is cut off."""
        leading = self._handler_coroutine
        if self.transport is None or leading is None:
            return
        transport = self._writer.transport
        transport.write(b"421 4.3.2 Loket is stopping, try again later\r\n")
        transport.close()
        _, still = await asyncio.wait([leading], timeout=GOODBYE_SECONDS)
        if still:
            transport.abort()
            await asyncio.wait([leading])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._door.came(self)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._door.went(self)

    def _timeout_cb(self) -> None:
        self._writer.write(b"421 4.4.2 Too slow, goodbye\r\n")
        super()._timeout_cb()  # type: ignore[no-untyped-call]

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        # The grammar of header fields, by which aiosmtpd reads addresses, takes a quarter of the
        # time of a whole mail; nearly all addresses are of the plain form.
        if plain := _PLAIN_PATH.fullmatch(arg):
            return plain[1], plain[2]
        return super()._getaddr(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 (aiosmtpd finds it by name)
        size = _SIZE.search(arg or "")
        if size and int(size[1]) > self._door.size_limit:
            await self.push(self._too_large())
            return
        await super().smtp_MAIL(arg)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 (aiosmtpd finds it by name)
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        envelope = self.envelope
        if arg or envelope is None or not envelope.rcpt_tos:
            await self.push("501 Syntax: DATA" if arg else "503 5.5.1 Name a recipient first")
            return
        with self._door.open_spool() as spool:
            await self._take(spool, envelope)
        self.envelope = Envelope()

    async def _take(self, spool: Spool, envelope: Envelope) -> None:
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        into = _Limited(spool, self._door.size_limit)
        await read_content(self._reader, into.write)
        recipients = len(envelope.rcpt_tos)
        if into.too_large:
            answers = [self._too_large()] * recipients
        elif into.failed:
            answers = [NO_SPACE] * recipients
        else:
            answers = await self._door.take(spool, envelope)
        for answer in self._said(answers):
            await self.push(answer)

    def _said(self, answers: list[str]) -> list[str]:
        """SMTP has one answer for all: the first that is not good, so that the mail comes again."""
        return [next((answer for answer in answers if answer != KEPT), KEPT)]

    def _too_large(self) -> str:
        self._door.refused("too_large")
        return f"552 5.3.4 Too large: a mail may have {self._door.size_limit} bytes"


class LmtpSession(Session, LMTP):
    """LMTP (RFC 2033): one answer for each recipient."""

    def _said(self, answers: list[str]) -> list[str]:
        return answers


class _Limited:
    """Writes until the limit or the end of the disk; what comes after is read and forgotten."""

    def __init__(self, spool: Spool, limit: int) -> None:
        self._spool = spool
        self._left = limit
        self.too_large = False
        self.failed = False

    def write(self, data: bytes) -> None:
        self._left -= len(data)
        self.too_large = self._left < 0
        if self.too_large or self.failed:
            return
        try:
            self._spool.write(data)
        except OSError:
            log.exception("smtp.no_space")
            self.failed = True


class _Hooks:
    """What aiosmtpd asks while it leads the conversation."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def handle_EHLO(  # noqa: N802 (aiosmtpd finds it by name)
        self,
        server: SMTP,
        session: Conversation,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        if not server._auth_required:  # noqa: SLF001 (it has no public name)
            responses = [line for line in responses if not line.startswith("250-AUTH")]
        return [responses[0], "250-PIPELINING", *responses[1:]]

    async def handle_RCPT(  # noqa: N802 (aiosmtpd finds it by name)
        self,
        _server: SMTP,
        _session: Conversation,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if not self._door.is_recipient(address):
            self._door.refused("unknown_recipient")
            return "550 5.1.1 Nobody here has that address"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        """A fault of ours must not make the sender give up."""
        log.error("smtp.failed", exc_info=error)
        return NOT_NOW
