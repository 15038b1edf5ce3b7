"""The consuming parts of the AMQP bus; the `serve` of each is its work for a `Session`."""

from collections.abc import Callable

import aiormq
from aio_pika.abc import AbstractConnection
from aiormq.abc import ConsumerCallback, DeliveredMessage
from aiormq.exceptions import ConnectionInternalError

from hub.bus import Delivery
from hub.bus.amqp.care import QueueCare
from hub.bus.amqp.health import DoubtError
from hub.bus.amqp.keeper import AmqpKeeper
from hub.bus.amqp.session import Watch, opened_channel
from hub.bus.audience import Audience
from hub.bus.topics import Bindings
from hub.bus.topology import (
    answering,
    declare_ear,
    declare_queue,
    wire_name,
)
from hub.bus.worker import QueueWork
from hub.store import Database

LOOK_SECONDS = 3.0
MOST_MISSES = 3
"""A busy broker says 0 consumers when it has no time to count them."""


class QueueFeed:
    """Brings the messages of one durable queue to its workers."""

    def __init__(
        self,
        work: QueueWork,
        bindings: Bindings,
        care: QueueCare,
        database: Database,
        delivery: Delivery,
    ) -> None:
        self._work = work
        self._bindings = bindings
        self._care = care
        self._database = database
        self._delivery = delivery

    async def serve(self, connection: AbstractConnection, up: Callable[[], None]) -> None:
        queue, stock = self._work.queue, self._work.stock
        async with opened_channel(connection) as channel:
            watch = Watch(channel)
            await declare_queue(channel, queue, self._bindings.patterns(queue))
            async with answering():
                await channel.basic_qos(prefetch_count=self._delivery.prefetch)
            await stock.idle()  # a handler may still have what comes again
            keeper = AmqpKeeper(queue, channel, self._database)

            async def take(delivered: DeliveredMessage) -> None:
                stock.add(keeper, [keeper.receive(delivered)])

            stock.renew(keeper)
            try:
                await self._consume(channel, take)
                up()
                await self._attend(channel, watch)
            finally:
                stock.renew(None)

    async def _consume(self, channel: aiormq.Channel, take: ConsumerCallback) -> None:
        name = wire_name(self._work.queue)
        try:
            async with answering():
                await channel.basic_consume(name, take)
        except (TimeoutError, ConnectionInternalError) as error:
            self._care.suspect(self._work.queue)
            raise DoubtError(f"RabbitMQ does not let us consume {name}") from error

    async def _attend(self, channel: aiormq.Channel, watch: Watch) -> None:
        """Until the channel is lost, or the broker has forgotten that anybody consumes.

        It does not tell when a queue without a leader was made again, here or by another process.
        """
        name = wire_name(self._work.queue)
        misses = 0
        while misses < MOST_MISSES:
            await watch.lost(within=LOOK_SECONDS)
            async with answering():
                counted = await channel.queue_declare(name, passive=True)
            misses = 0 if counted.consumer_count else misses + 1
        self._care.suspect(self._work.queue)
        raise DoubtError(f"RabbitMQ has forgotten who consumes {name}")


class ListenerFeed:
    """Brings a copy of every event to the listeners of this process."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._missed = False

    def missed(self) -> None:
        """Events went by while there was no connection."""
        self._missed = True

    async def serve(self, connection: AbstractConnection, up: Callable[[], None]) -> None:
        """A queue of our own that goes with the connection: nothing is kept for listeners."""
        async with opened_channel(connection) as channel:
            watch = Watch(channel)
            ear = await declare_ear(channel, self._audience.topics)
            async with answering():
                await channel.basic_consume(ear, self._hear, no_ack=True)
            if self._missed:
                self._audience.gap()
            self._missed = False
            up()
            try:
                await watch.lost()
            finally:
                self._missed = True

    async def _hear(self, delivered: DeliveredMessage) -> None:
        self._audience.tell([(delivered.routing_key or "", delivered.body)])
