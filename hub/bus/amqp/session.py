"""Connections to RabbitMQ that come back by themselves.

Each part of the bus has a connection of its own: RabbitMQ closes a whole connection over one
broken queue, and it may block those that publish.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

import aiormq
from aio_pika import Connection
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import (
    AMQPConnectionError,
    AMQPError,
    ChannelInvalidStateError,
    ConnectionClosed,
)
from yarl import URL

from hub.bus.amqp.health import DoubtError, Health, describe
from hub.bus.topology import answering
from hub.supervise import Supervised

CONNECT_SECONDS = 5.0
CLOSE_SECONDS = 3.0
HEARTBEAT_SECONDS = 8
"""A peer that is silent for three of these is gone; the broker waits for two."""
RECONNECT_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)

BROKER_ERRORS = (AMQPError, ChannelInvalidStateError, OSError, TimeoutError)
"""How a broker that is away or a connection that is gone shows."""

Work = Callable[[AbstractConnection, Callable[[], None]], Awaitable[None]]
"""Uses a connection until it is lost, and calls its second argument when all is set up."""


class Session:
    """One part of the bus and its connection, made anew each time it is lost."""

    def __init__(self, part: str, url: str, name: str, work: Work, health: Health) -> None:
        self._part = part
        self._url = url
        self._name = f"{name} {part}"
        self._work = work
        self._health = health
        self._misses = 0
        self.up = False
        self._task = Supervised(f"bus.amqp.{part}", self._run)
        self._known = asyncio.Event()

    def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def known(self) -> None:
        """Wait until it works, or is known not to."""
        await self._known.wait()

    async def _run(self) -> None:
        while True:
            try:
                async with connected(self._url, self._name) as connection:
                    await self._work(connection, self._up)
            except asyncio.CancelledError:
                if _is_being_cancelled():
                    raise
                self._lost("the connection to RabbitMQ was closed")
            except BROKER_ERRORS as error:
                self._lost(describe(error, self._url))
            await asyncio.sleep(RECONNECT_SECONDS[min(self._misses, len(RECONNECT_SECONDS) - 1)])

    def _up(self) -> None:
        self.up = True
        self._misses = 0
        self._known.set()
        self._health.back(self._part)

    def _lost(self, why: str) -> None:
        self.up = False
        self._misses += 1
        self._known.set()
        self._health.lost(self._part, why)


@contextlib.asynccontextmanager
async def connected(url: str, name: str) -> AsyncIterator[AbstractConnection]:
    """A connection, closed in the end whatever state it is in. Raises BROKER_ERRORS."""
    settings = {"heartbeat": str(HEARTBEAT_SECONDS), **URL(url).query}
    connection = Connection(
        URL(url).with_query(settings), client_properties={"connection_name": name}
    )
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await connection.connect()
        yield connection
    finally:
        with contextlib.suppress(*BROKER_ERRORS):
            async with asyncio.timeout(CLOSE_SECONDS):
                await connection.close()


@contextlib.asynccontextmanager
async def opened_channel(
    connection: AbstractConnection, *, confirms: bool = False
) -> AsyncIterator[aiormq.Channel]:
    """A channel. Closing it makes sure that the broker has read what was sent on it."""
    try:
        channel = connection.channel(publisher_confirms=confirms, on_return_raises=confirms)
        async with answering():
            await channel.initialize()
    except RuntimeError as error:  # that is how the library says that the connection is gone
        raise AMQPConnectionError("closed") from error
    try:
        yield cast(aiormq.Channel, await channel.get_underlay_channel())
    finally:
        with contextlib.suppress(*BROKER_ERRORS):
            async with asyncio.timeout(CLOSE_SECONDS):
                await channel.close()


class Watch:
    """Notices that a channel is closed or a queue of it is gone. Made before consuming begins."""

    def __init__(self, channel: aiormq.Channel) -> None:
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        channel.on_consumer_cancel_callbacks.add(self._cancelled)
        self._closing = channel.closing
        self._closing.add_done_callback(lambda closing: self.give_up(_cause(closing)))

    async def lost(self, within: float | None = None) -> None:
        """Wait until the channel is of no more use, and raise why; or until `within` is over."""
        done, _ = await asyncio.wait([self._lost], timeout=within)
        if done:
            self._lost.result()

    def _cancelled(self, _frame: object) -> None:
        self.give_up(DoubtError("a queue was deleted on RabbitMQ; it is declared again"))

    def give_up(self, error: Exception) -> None:
        if not self._lost.done():
            self._lost.set_exception(error)
            self._lost.exception()  # nobody needs to ask for it


def _cause(closing: "asyncio.Future[object]") -> Exception:
    error = None if closing.cancelled() else closing.exception()
    return error if isinstance(error, Exception) else ConnectionClosed(0, "closed")


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
