"""The wire of IMAP (RFC 3501): a connection, tagged commands, and responses with their literals.

On asyncio streams, so that it can be stopped at any moment and never blocks the loop.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LONGEST_LINE = 1 << 23  # a SEARCH that finds a million mails answers in one line
LONGEST_LITERAL = 1 << 22

_LITERAL = re.compile(rb"\{(\d{1,10})\+?\}\Z")


class ImapError(Exception):
    """The server refused a command, or what it says is not IMAP."""


@dataclass(frozen=True)
class Response:
    """One response; each literal stands as a NUL in `text`."""

    text: bytes
    literals: tuple[bytes, ...] = ()


Note = Callable[[Response], None]


class ImapWire:
    """One connection. `timeout` limits every wait; a lost connection is a ConnectionError."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        self._host = host
        self._port = port
        self._timeout = timeout
        self._count = 0
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter | None = None
        self._plain: asyncio.StreamWriter | None = None

    async def connect(
        self, context: ssl.SSLContext | None, dialled: socket.socket | None = None
    ) -> None:
        """`dialled`: a connection to the server that is there already."""
        server: dict[str, Any] = {"host": self._host, "port": self._port}
        if dialled is not None:
            server = {"sock": dialled, "server_hostname": self._host if context else None}
        async with asyncio.timeout(self._timeout):
            self._reader, self._writer = await asyncio.open_connection(
                limit=LONGEST_LINE, ssl=context, **server
            )

    async def encrypt(self, context: ssl.SSLContext) -> None:
        """After STARTTLS. A new reader: what was sent before encryption must not count after it."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        protocol = asyncio.StreamReaderProtocol(reader)
        transport = await loop.start_tls(
            self._connected().transport,
            protocol,
            context,
            server_hostname=self._host,
            ssl_handshake_timeout=self._timeout,
        )
        if transport is None:
            raise ConnectionError("the connection was lost")
        protocol.connection_made(transport)
        self._reader = reader
        self._plain = self._writer  # when it is forgotten, it closes the connection below
        self._writer = asyncio.StreamWriter(transport, protocol, reader, loop)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()

    async def run(self, command: str, note: Note | None = None) -> None:
        """Run one command; `note` gets the untagged responses. Raises ImapError when refused."""
        await self.finish(await self.send(command), note)

    async def send(self, command: str) -> bytes:
        """Send a command; gives the tag that will end it."""
        self._count += 1
        tag = b"L%d" % self._count
        await self.write(tag + b" " + command.encode())
        return tag

    async def finish(self, tag: bytes, note: Note | None = None) -> None:
        while not ends(response := await self.receive(), tag):
            if note is not None:
                note(response)

    async def write(self, line: bytes) -> None:
        writer = self._connected()
        writer.write(line + b"\r\n")
        async with asyncio.timeout(self._timeout):
            await writer.drain()

    async def receive(self) -> Response:
        async with asyncio.timeout(self._timeout):
            return await self._complete(await self._line())

    async def receive_by(self, deadline: float) -> Response | None:
        """The next response if one begins before `deadline` (of the loop's clock)."""
        try:
            async with asyncio.timeout_at(deadline):
                # Only waiting for a line may be broken off: nothing is lost by that.
                line = await self._line()
        except TimeoutError:
            return None
        async with asyncio.timeout(self._timeout):
            return await self._complete(line)

    def _connected(self) -> asyncio.StreamWriter:
        if self._writer is None:
            raise ConnectionError("not connected")
        return self._writer

    async def _line(self) -> bytes:
        try:
            return (await self._reader.readuntil(b"\n")).rstrip(b"\r\n")
        except asyncio.IncompleteReadError:
            raise ConnectionError("the server closed the connection") from None
        except asyncio.LimitOverrunError:
            raise ImapError("the server sent a line without end") from None

    async def _complete(self, line: bytes) -> Response:
        """The whole response that begins with this line. BYE is a lost connection."""
        text, literals = b"", []
        while literal := _LITERAL.search(line):
            text += line[: literal.start()].replace(b"\0", b"") + b"\0"
            literals.append(await self._literal(int(literal[1])))
            line = await self._line()
        text += line.replace(b"\0", b"")
        if text[:5].upper() == b"* BYE":
            raise ConnectionError(f"the server said goodbye: {readable(text[5:])}")
        return Response(text, tuple(literals))

    async def _literal(self, length: int) -> bytes:
        if length > LONGEST_LITERAL:
            raise ImapError(f"the server sent {length} bytes at once")
        try:
            return await self._reader.readexactly(length)
        except asyncio.IncompleteReadError:
            raise ConnectionError("the server closed the connection") from None


def ends(response: Response, tag: bytes) -> bool:
    """Whether this ends the command `tag`. Raises ImapError when the server refused it."""
    first, _, verdict = response.text.partition(b" ")
    if first != tag:
        return False
    if not verdict.upper().startswith(b"OK"):
        raise ImapError(readable(verdict))
    return True


def readable(text: bytes) -> str:
    """What a server said, safe to show and to log."""
    shown = text.decode("utf-8", "replace").strip()[:200]
    return "".join(c if c.isprintable() else " " for c in shown)
