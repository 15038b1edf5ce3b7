"""A TCP proxy that can cut its connections, or fall silent as a broken network does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class UnreliableProxy:
    """Passes everything on to a port on this machine, until it is told otherwise."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()

    def sever(self) -> None:
        """Cut all connections; new ones are made again."""
        for writer in self._writers:
            writer.transport.abort()

    def stall(self) -> None:
        """Pass on nothing more, and close nothing."""
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        await asyncio.gather(self._pass_on(reader, back), self._pass_on(there, writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        self._writers.discard(writer)
        writer.close()


@asynccontextmanager
async def unreliable_proxy(target: int) -> AsyncIterator[UnreliableProxy]:
    proxy = UnreliableProxy(target)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        proxy.flow()
        proxy.sever()
        server.close()
        await server.wait_closed()
