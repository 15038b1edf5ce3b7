"""The mail server that the sandbox gives to Loket: takes every mail, passes none on."""

import asyncio

from aiosmtpd.smtp import SMTP, Envelope, Session

from config.demo.addresses import HOST
from config.demo.mailbox import Mailbox

SIZE_LIMIT = 40_000_000


class Sink:
    """Listens on this machine alone; port 0 takes any free one."""

    def __init__(self, mailbox: Mailbox, port: int) -> None:
        self.port = port
        self._mailbox = mailbox
        self._server: asyncio.Server | None = None
        self._clients: set[_Client] = set()

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._welcome, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and hang up; a mail that was answered with 250 is on disk."""
        if self._server is None:
            return
        self._server.close()
        for client in list(self._clients):
            client.hang_up()
        await self._server.wait_closed()
        self._server = None

    def _welcome(self) -> SMTP:
        return _Client(_Keeper(self._mailbox), self._clients)


class _Client(SMTP):
    """One connection, which its server can find and end."""

    def __init__(self, keeper: "_Keeper", clients: "set[_Client]") -> None:
        super().__init__(
            keeper,
            hostname="sandbox.invalid",
            ident="Loket sandbox",
            enable_SMTPUTF8=True,
            data_size_limit=SIZE_LIMIT,
            loop=asyncio.get_running_loop(),
        )
        self._clients = clients

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._clients.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._clients.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()


class _Keeper:
    """What aiosmtpd calls when a mail is in."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(  # noqa: N802 (aiosmtpd finds it by this name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        raw = envelope.original_content or b""
        for recipient in envelope.rcpt_tos:
            await self._mailbox.add(recipient, raw, from_us=True)
        return "250 2.0.0 Kept in the sandbox"
