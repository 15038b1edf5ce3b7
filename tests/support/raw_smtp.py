"""An SMTP client that says exactly what it is told to, right or wrong."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_SECONDS = 30


class RawSmtp:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, line: str) -> str:
        """Send a line; gives the answer."""
        await self.write(f"{line}\r\n".encode())
        return await self.hear()

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def hear(self) -> str:
        """The next answer with all its lines; empty when the server hung up."""
        lines = []
        async with asyncio.timeout(_SECONDS):
            while line := (await self._reader.readline()).decode():
                lines.append(line.rstrip())
                if line[3:4] != "-":
                    break
        return "\n".join(lines)

    async def encrypt(self, context: ssl.SSLContext) -> None:
        await self._writer.start_tls(context, server_hostname="127.0.0.1")

    def stop_listening(self) -> None:
        transport = self._writer.transport
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()

    async def hang_up(self) -> None:
        self._writer.transport.abort()


@asynccontextmanager
async def raw_smtp(
    port: int, *, hello: str = "EHLO mx.customer.example", address: str = "127.0.0.1"
) -> AsyncIterator[RawSmtp]:
    """Comes from `address`, one of this machine's own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    client = RawSmtp(reader, writer)
    try:
        if hello:
            await client.hear()
            await client.say(hello)
        yield client
    finally:
        writer.transport.abort()
