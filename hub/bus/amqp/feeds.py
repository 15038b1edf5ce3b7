"""The consuming parts of the AMQP bus; the `serve` of each is its work for a `Session`."""

import time
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
    bind_ear,
    declare_ear,
    declare_queue,
    wire_name,
)
from hub.bus.worker import QueueWork
from hub.store import Database

FOLLOW_SECONDS = 0.1
UNWANTED_SECONDS = 30.0
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
    """Brings a copy of every event that they want to the listeners of this process.

    While nobody wants a topic the broker does not send it: a process without an open console or
    chat would take in every event for nothing. Who begins to want one is told of a gap as soon as
    it comes, since what happened just before was not heard.
    """

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
            ear = Ear(channel, await declare_ear(channel), self._audience)
            async with answering():
                await channel.basic_consume(ear.name, self._hear, no_ack=True)
            await ear.follow()
            if self._missed:
                self._audience.gap()
            self._missed = False
            up()
            try:
                while True:
                    await watch.lost(within=FOLLOW_SECONDS)
                    self._audience.gap(await ear.follow())
            finally:
                self._missed = True

    async def _hear(self, delivered: DeliveredMessage) -> None:
        self._audience.tell([(delivered.routing_key or "", delivered.body)])


class Ear:
    """The queue of one process's listeners, bound to what they want."""

    def __init__(self, channel: aiormq.Channel, name: str, audience: Audience) -> None:
        self.name = name
        self._channel = channel
        self._audience = audience
        self._wanted_at: dict[str, float] = {}
        """What is bound, and when it was wanted last."""

    async def follow(self) -> set[str]:
        """Bind what is wanted by now and let go what has not been for a while; gives what is new.

        Pages come and go: a topic stays a while after the last, or every click would bind it anew.
        """
        now = time.monotonic()
        wanted = self._audience.wanted
        new = wanted - self._wanted_at.keys()
        self._wanted_at.update(dict.fromkeys(wanted, now))
        old = {topic for topic, at in self._wanted_at.items() if now - at > UNWANTED_SECONDS}
        for topic in old:
            del self._wanted_at[topic]
        await bind_ear(self._channel, self.name, more=new, fewer=old)
        return new
