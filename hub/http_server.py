"""Listens for HTTP and serves the application; hangs up on who does not finish a request in time.

aiohttp waits for ever for the rest of a request: one byte every two seconds would hold a
connection as long as the sender likes.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from hub.settings import HttpSettings

SHUTDOWN_SECONDS = 2.0
IDLE_SECONDS = 75.0
"""A connection on which nothing is asked is closed after so long; aiohttp would wait an hour."""


class HttpServer:
    """`port` is the real one once started."""

    def __init__(self, settings: HttpSettings, app: Callable[[], web.Application]) -> None:
        self._settings = settings
        self._app = app
        self._runner: web.AppRunner | None = None
        self._listener: asyncio.Server | None = None
        self.port = settings.port

    async def start(self) -> None:
        self._runner = web.AppRunner(
            self._app(),
            access_log=None,
            # No client of ours compresses, and a megabyte can unpack to a gigabyte.
            auto_decompress=False,
            handler_cancellation=True,
            shutdown_timeout=SHUTDOWN_SECONDS,
            keepalive_timeout=IDLE_SECONDS,
        )
        await self._runner.setup()
        self._listener = await asyncio.get_running_loop().create_server(
            self._connection, self._settings.host, self._settings.port
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Take no more connections, let requests in hand finish."""
        if self._listener is not None:
            self._listener.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _connection(self) -> RequestHandler:
        assert self._runner is not None  # noqa: S101 (start made it)
        server = self._runner.server
        assert server is not None  # noqa: S101 (setup made it)
        connection = _Connection(
            server,
            loop=asyncio.get_running_loop(),
            **server._kwargs,  # noqa: SLF001
        )
        connection.deadline = self._settings.request_deadline
        return connection


class _Connection(RequestHandler):
    """A connection on which a request that has begun must be complete within `deadline` seconds."""

    __slots__ = ("_begun", "_timer", "deadline")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.deadline = 0.0
        self._begun: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        if self._begun is None:
            self._begun = self._loop.time()
        complete = self._request_count
        super().data_received(data)
        if self._request_count > complete and not self._body_missing():
            self._begun = None
        if self._begun is not None and self._timer is None:
            self._timer = self._loop.call_later(self.deadline, self._check)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def _body_missing(self) -> bool:
        if self._messages:
            return not self._messages[-1][1].is_eof()
        request = self._current_request
        return request is not None and not request.content.is_eof()

    def _check(self) -> None:
        self._timer = None
        if self._begun is None or self.transport is None:
            return
        heads_missing = self._current_request is None and not self._messages
        if not heads_missing and not self._body_missing():
            self._begun = None
            return
        left = self._begun + self.deadline - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._check)
        else:
            self.transport.abort()
