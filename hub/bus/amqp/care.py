"""Mends queues that RabbitMQ has lost: there by name, with nobody behind the name.

A quorum queue can come back without a leader when the broker is killed soon after the queue was
made. It then takes no messages, confirms none, and ends the connection of a consumer that asks for
it. Deleting and declaring it again is the only cure; what was in it comes again from the store,
which is the truth.
"""

import asyncio

import structlog
from aio_pika.exceptions import ChannelNotFoundEntity
from aiormq.exceptions import ChannelLockedResource, ConnectionInternalError

from hub.bus.amqp.health import Health
from hub.bus.amqp.session import BROKER_ERRORS, connected, opened_channel
from hub.bus.topics import Bindings
from hub.bus.topology import answering, declare_queue, wire_name
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

LOOK_AGAIN_SECONDS = 5.0
DELETE_SECONDS = 30.0
"""The broker itself waits for the lost queue before it gives up on it."""


class QueueCare:
    """Examines the queues that others `suspect`, and mends those that stay broken."""

    def __init__(
        self, url: str, name: str, bindings: Bindings, health: Health, patience: float
    ) -> None:
        self._url = url
        self._name = f"{name} care"
        self._bindings = bindings
        self._health = health
        self._patience = patience
        self._suspects: dict[str, float] = {}
        self._woken = asyncio.Event()
        self._task = Supervised("bus.amqp.care", self._run)

    def suspect(self, queue: str) -> None:
        """This queue did not do what it should."""
        self._suspects.setdefault(queue, asyncio.get_running_loop().time())
        self._woken.set()

    def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            for queue in list(self._suspects):
                try:
                    await self._examine(queue)
                except BROKER_ERRORS:
                    self._forget(queue)  # without the broker, nothing can be said of a queue
            if self._suspects:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            else:
                self._woken.clear()

    async def _examine(self, queue: str) -> None:
        if not await self._answers(queue):
            why = f"the queue {wire_name(queue)} has no leader on RabbitMQ"
            self._health.lost(_part(queue), why)
            if asyncio.get_running_loop().time() - self._suspects[queue] < self._patience:
                return
            await self._make_again(queue)
        self._forget(queue)

    def _forget(self, queue: str) -> None:
        del self._suspects[queue]
        self._health.back(_part(queue))

    async def _answers(self, queue: str) -> bool:
        """Ask for what a queue with a single active consumer refuses, if it can answer at all."""
        async with connected(self._url, self._name) as connection:
            try:
                async with opened_channel(connection) as channel, answering():
                    await channel.basic_get(wire_name(queue))
            except (ChannelLockedResource, ChannelNotFoundEntity):
                return True
            except (ConnectionInternalError, TimeoutError):
                return False
        return True

    async def _make_again(self, queue: str) -> None:
        async with (
            connected(self._url, self._name) as connection,
            opened_channel(connection) as channel,
        ):
            async with asyncio.timeout(DELETE_SECONDS):
                await channel.queue_delete(wire_name(queue))
            await declare_queue(channel, queue, self._bindings.patterns(queue))
        log.error("bus.queue_made_again", queue=queue)


def _part(queue: str) -> str:
    return f"leader of {queue}"
