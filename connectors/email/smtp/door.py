"""The door by which mail servers hand mail to Loket: SMTP or LMTP, in our own event loop.

A sender is told 250 when the store has committed, never before.
"""

import asyncio
import hmac
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Any, cast

import structlog
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as Conversation

from connectors.email.accounts import Accounts
from connectors.email.parsing.addresses import canonical_address
from connectors.email.raw import Spool
from connectors.email.receive import MailReceiver, RawMail, ReadMail
from connectors.email.settings import ListenSettings, Protocol
from connectors.email.smtp.session import KEPT, NO_SPACE, NOT_NOW, LmtpSession, Session
from hub.addresses import one_client
from hub.blobs import Blobs
from hub.errors import Retry, Unavailable
from hub.interaction import Channel
from hub.metrics import Metrics

log = structlog.get_logger(__name__)

FINISH_SECONDS = 5.0
_BUSY = b"421 4.3.2 Too many connections, try again later\r\n"
_CLIENT_BUSY = b"421 4.7.0 Too many connections from your address, try again later\r\n"


class SmtpDoor:
    """Listens from `start` to `stop`."""

    def __init__(
        self,
        settings: ListenSettings,
        *,
        size_limit: int,
        accounts: Accounts,
        receiver: MailReceiver,
        blobs: Blobs,
        metrics: Metrics,
    ) -> None:
        self.size_limit = size_limit
        self._settings = settings
        self._accounts = accounts
        self._receiver = receiver
        self._blobs = blobs
        self._metrics = metrics
        self._server: asyncio.Server | None = None
        self._sessions: dict[Session, str] = {}  # with the client of each
        self._in_hand: set[asyncio.Task[list[str]]] = set()
        self._tls: ssl.SSLContext | None = None
        self._hostname = ""

    @property
    def port(self) -> int:
        """The port that was asked for, or the free one that was taken."""
        if self._server is None:
            return self._settings.port
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def start(self) -> None:
        settings = self._settings
        self._tls = server_context(settings)
        # Asked once and in a thread: a name server that is slow must not hold up each client.
        self._hostname = settings.hostname or await asyncio.to_thread(socket.getfqdn)
        try:
            self._server = await asyncio.get_running_loop().create_server(
                self._converse, settings.host, settings.port
            )
        except OSError as error:
            where = f"the mail door {settings.host}:{settings.port}"
            raise Unavailable(where, error.strerror or str(error)) from error
        log.info("smtp.listening", host=settings.host, port=self.port)

    async def stop(self) -> None:
        """Take no more, finish the mails in hand, then say goodbye to who is still there."""
        if self._server is None:
            return
        self._server.close()
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=FINISH_SECONDS)
        await asyncio.gather(*(session.finish() for session in self._sessions))
        await self._server.wait_closed()
        self._server = None

    def is_recipient(self, address: str) -> bool:
        return self._accounts.of(address) is not None

    def open_spool(self) -> Spool:
        return Spool(self._blobs)

    def came(self, session: Session) -> None:
        # An encrypted conversation comes a second time, when its encryption begins.
        peer = session.session.peer if session.session else None
        self._sessions[session] = _client(peer)

    def went(self, session: Session) -> None:
        self._sessions.pop(session, None)

    def refused(self, code: str) -> None:
        self._metrics.refused.labels(Channel.EMAIL.value, code).inc()

    async def take(self, spool: Spool, envelope: Envelope) -> list[str]:
        mail = RawMail(spool.finish(), _sender(envelope), tuple(envelope.rcpt_tos))
        # A client that goes away now does not stop what it has handed over.
        task = asyncio.create_task(self._keep(mail))
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)
        return await asyncio.shield(task)

    async def _keep(self, mail: RawMail) -> list[str]:
        try:
            read = await self._receiver.read(mail)
        except OSError:
            log.exception("smtp.no_space")
            return [NO_SPACE] * len(mail.envelope_to)
        owners = [account.address for to in mail.envelope_to if (account := self._accounts.of(to))]
        addresses = list(dict.fromkeys(owners))
        answers = {address: await self._answer(read, address) for address in addresses}
        if NOT_NOW in answers.values():
            self.refused("store_down")
        return [answers[owner] for owner in owners]

    async def _answer(self, mail: ReadMail, address: str) -> str:
        try:
            await self._receiver.keep(mail, address)
        except Retry:
            return NOT_NOW
        except Exception:
            log.exception("smtp.not_kept")
            return NOT_NOW
        return KEPT

    def _converse(self) -> asyncio.Protocol:
        return _Doorman(self._admit)

    def _admit(self, client: str) -> asyncio.Protocol:
        settings = self._settings
        if len(self._sessions) >= settings.max_connections:
            self.refused("busy")
            return _Refusal(_BUSY)
        if list(self._sessions.values()).count(client) >= settings.max_connections_per_client:
            self.refused("client_busy")
            return _Refusal(_CLIENT_BUSY)
        session = LmtpSession if settings.protocol is Protocol.LMTP else Session
        return session(
            self,
            hostname=self._hostname,
            ident="Loket",
            enable_SMTPUTF8=True,
            tls_context=self._tls,
            auth_required=bool(settings.users),
            authenticator=self._authenticate,
            timeout=settings.timeout,
            loop=asyncio.get_running_loop(),
        )

    def _authenticate(
        self, _server: SMTP, _session: Conversation, _envelope: Envelope, _way: str, data: object
    ) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False)
        secret = self._settings.users.get(data.login.decode("utf-8", "replace"))
        known = secret.get_secret_value().encode() if secret else b""
        same = hmac.compare_digest(known, data.password)
        return AuthResult(success=same and secret is not None, handled=False)


class _Doorman(asyncio.Protocol):
    """Sees who comes and leaves the conversation to whom `admit` names."""

    def __init__(self, admit: Callable[[str], asyncio.Protocol]) -> None:
        self._admit = admit

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        protocol = self._admit(_client(transport.get_extra_info("peername")))
        transport.set_protocol(protocol)
        protocol.connection_made(transport)


class _Refusal(asyncio.Protocol):
    """Sends a client away that is one too many."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        writable = cast("asyncio.WriteTransport", transport)  # uvloop's are no subclass of it
        writable.write(self._answer)
        writable.close()


def _client(peer: Sequence[Any] | None) -> str:
    """Whom a connection counts for; all that were gone before we looked are one."""
    return one_client(peer[0]) if peer else ""


def server_context(settings: ListenSettings) -> ssl.SSLContext | None:
    """Our certificate; None when there is none. Raises Unavailable when it cannot be used."""
    if settings.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_certificate, settings.tls_key)
    except (OSError, ssl.SSLError) as error:
        what = f"the certificate {settings.tls_certificate}"
        raise Unavailable(what, f"cannot be used: {error}") from error
    return context


def _sender(envelope: Envelope) -> str | None:
    """The envelope's sender; empty is the null sender of bounces, None an unusable one."""
    if envelope.mail_from == "<>":
        return ""
    return canonical_address(envelope.mail_from or "") or None
