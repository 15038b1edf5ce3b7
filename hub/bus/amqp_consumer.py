"""The consuming parts of the AMQP bus; the `serve` of each is its work for a `Session`."""

from collections.abc import Callable

from aio_pika.abc import AbstractConnection
from aiormq.abc import DeliveredMessage
from aiormq.exceptions import ConnectionInternalError

from hub.bus import Delivery
from hub.bus.amqp_care import QueueCare
from hub.bus.amqp_keeper import AmqpKeeper
from hub.bus.amqp_session import Watch, opened_channel
from hub.bus.audience import Audience
from hub.bus.topology import (
    ANSWER_SECONDS,
    Topology,
    declare_ear,
    wire_name,
)
from hub.bus.worker import QueueWork
from hub.store import Database


class QueueFeed:
    """Brings the messages of one durable queue to its workers."""

    def __init__(
        self,
        work: QueueWork,
        topology: Topology,
        care: QueueCare,
        database: Database,
        delivery: Delivery,
    ) -> None:
        self._work = work
        self._topology = topology
        self._care = care
        self._database = database
        self._delivery = delivery

    async def serve(self, connection: AbstractConnection, up: Callable[[], None]) -> None:
        queue, stock = self._work.queue, self._work.stock
        async with opened_channel(connection) as channel:
            watch = Watch(channel)
            await self._topology.declare(channel, queue)
            await channel.basic_qos(prefetch_count=self._delivery.prefetch, timeout=ANSWER_SECONDS)
            await stock.idle()  # a handler may still have what comes again
            keeper = AmqpKeeper(queue, channel, self._database)

            async def take(delivered: DeliveredMessage) -> None:
                stock.add([keeper.receive(delivered)])

            stock.renew(keeper)
            try:
                try:
                    await channel.basic_consume(wire_name(queue), take, timeout=ANSWER_SECONDS)
                except (TimeoutError, ConnectionInternalError):
                    self._care.suspect(queue)
                    raise
                up()
                await watch.lost()
            finally:
                stock.renew(None)


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
            await channel.basic_consume(ear, self._hear, no_ack=True, timeout=ANSWER_SECONDS)
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
