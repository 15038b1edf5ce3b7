"""The outside world's mail server: takes mail over real SMTP, and misbehaves when told to."""

import asyncio
import contextlib
import enum
from collections import deque
from dataclasses import dataclass
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from servers.tls import Certificate

HOST = "127.0.0.1"


class AfterData(enum.Enum):
    """What happens once the message has been sent."""

    ANSWER = "answer"
    STALL = "take the mail, and say nothing"
    DROP = "take the mail, and close the connection without a word"


@dataclass(frozen=True)
class Mail:
    """One mail as it came in."""

    sender: str
    recipients: list[str]
    content: bytes
    user: str | None = None


class SmtpSink:
    """Collects what it is sent in `mails`; `next_mail` waits for one."""

    host = HOST

    def __init__(
        self,
        *,
        certificate: Certificate | None = None,
        login: tuple[str, str] | None = None,
        size_limit: int = 33_554_432,
    ) -> None:
        self.port = 0
        self.mails: list[Mail] = []
        self.after_data = AfterData.ANSWER
        self._certificate = certificate
        self._login = login
        self._size_limit = size_limit
        self._answers: dict[str, deque[str]] = {"MAIL": deque(), "RCPT": deque(), "DATA": deque()}
        self._arrivals: asyncio.Queue[Mail] = asyncio.Queue()
        self._conversations: set[SMTP] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; a second time on the same port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._converse, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut every connection: a server that is down."""
        if self._server is None:
            return
        self._server.close()
        running = [each._handler_coroutine for each in self._conversations]
        handlers = [handler for handler in running if handler is not None]
        for conversation in self._conversations:
            _hang_up(conversation)
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)
        self._conversations.clear()
        await self._server.wait_closed()
        self._server = None

    def answer(self, command: str, text: str, *, times: int = 1) -> None:
        """Say `text` to the next MAIL, RCPT or DATA (after its message) in place of 250."""
        self._answers[command].extend([text] * times)

    async def next_mail(self, seconds: float = 20) -> Mail:
        """The next mail that nobody asked for yet."""
        async with asyncio.timeout(seconds):
            return await self._arrivals.get()

    def _converse(self) -> SMTP:
        conversation = SMTP(
            self,
            hostname="mail.example.test",
            enable_SMTPUTF8=True,
            data_size_limit=self._size_limit,
            tls_context=self._certificate.server_context() if self._certificate else None,
            authenticator=self._authenticate if self._login else None,
            auth_required=self._login is not None,
            auth_require_tls=self._certificate is not None,
            loop=asyncio.get_running_loop(),
        )
        self._conversations.add(conversation)
        return conversation

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        known = (data.login.decode(), data.password.decode()) == self._login
        return AuthResult(success=known, handled=False, auth_data=data.login.decode())

    async def handle_MAIL(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self._prepared("MAIL")
        if refusal is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return refusal or "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self._prepared("RCPT")
        if refusal is None:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return refusal or "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        refusal = self._prepared("DATA")
        if refusal is None:
            self._keep(session, envelope)
        if self.after_data is AfterData.STALL:
            await asyncio.Event().wait()
        if self.after_data is AfterData.DROP:
            _hang_up(server)
        return refusal or "250 2.0.0 OK"

    def _keep(self, session: Session, envelope: Envelope) -> None:
        content = envelope.content
        assert isinstance(content, bytes)
        user = session.auth_data if session.authenticated else None
        mail = Mail(envelope.mail_from or "", envelope.rcpt_tos, content, user)
        self.mails.append(mail)
        self._arrivals.put_nowait(mail)

    def _prepared(self, command: str) -> str | None:
        with contextlib.suppress(IndexError):
            return self._answers[command].popleft()
        return None


def _hang_up(conversation: SMTP) -> None:
    transport = conversation.transport
    if isinstance(transport, asyncio.Transport) and not transport.is_closing():
        transport.abort()
