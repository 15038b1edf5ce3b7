"""The bus on RabbitMQ: a durable topic exchange, quorum queues, confirms, own reconnection."""

import asyncio
import contextlib
from collections.abc import Sequence

from hub.bus import (
    DeadLetterSink,
    Delivery,
    GapListener,
    Handler,
    Listener,
    Outgoing,
    Wanted,
    always,
)
from hub.bus.amqp.care import QueueCare
from hub.bus.amqp.dead_letters import DeadLetterFeed
from hub.bus.amqp.feeds import ListenerFeed, QueueFeed
from hub.bus.amqp.health import Health, describe
from hub.bus.amqp.publisher import Publisher
from hub.bus.amqp.session import (
    BROKER_ERRORS,
    Session,
    Work,
    connected,
    opened_channel,
)
from hub.bus.audience import Audience
from hub.bus.topology import declare_queue, durable
from hub.bus.worker import QueueWork
from hub.errors import Retry
from hub.store import Database

START_SECONDS = 8.0
"""How long `start` waits for the broker before it leaves that to the background."""
MEND_AFTER_SECONDS = 60.0
"""How long a queue may be without a leader before it is deleted and declared again."""


class AmqpBus:
    """See `hub.bus.Bus`."""

    def __init__(
        self,
        url: str,
        database: Database,
        delivery: Delivery,
        dead_letters: DeadLetterSink,
        *,
        name: str = "loket",
        mend_after: float = MEND_AFTER_SECONDS,
    ) -> None:
        self._url = url
        self._name = name
        self._database = database
        self._delivery = delivery
        self._dead_letters = dead_letters
        self._health = Health()
        self._bindings = durable()
        self._care = QueueCare(url, name, self._bindings, self._health, mend_after)
        self._publisher = Publisher(url, self._bindings, self._care, self._health)
        self._publishing = self._session("publish", self._publisher.serve)
        self._works: dict[str, QueueWork] = {}
        self._audience = Audience()
        self._listener_feed = ListenerFeed(self._audience)
        self._dead_letter_feed = DeadLetterFeed(dead_letters, delivery)
        self._listening = self._session("listen", self._listener_feed.serve)
        self._consuming: list[Session] = []

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        if messages:
            await self._publisher.publish(messages)

    def subscribe(self, queue: str, topics: Sequence[str], handler: Handler) -> None:
        self._bindings.add(queue, topics)
        if queue not in self._works:
            self._works[queue] = QueueWork(queue, self._delivery, self._dead_letters)
        self._works[queue].attach(handler)

    def listen(
        self,
        topics: Sequence[str],
        listener: Listener,
        on_gap: GapListener,
        wanted: Wanted = always,
    ) -> None:
        self._audience.add(topics, listener, on_gap, wanted)

    async def start(self) -> None:
        self._care.start()
        self._audience.start()
        for work in self._works.values():
            work.start()
        self._consuming = [self._feed(work) for work in self._works.values()]
        if self._works:
            self._dead_letter_feed.start()
            self._consuming.append(self._session("dead letters", self._dead_letter_feed.serve))
        if self._audience.topics:
            self._consuming.append(self._listening)
        sessions = [self._publishing, *self._consuming]
        for session in sessions:
            session.start()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                await asyncio.gather(*(session.known() for session in sessions))
        if not self._listening.up:
            self._listener_feed.missed()

    async def stop(self) -> None:
        for work in self._works.values():
            work.close()
        try:
            for work in self._works.values():
                await work.idle()
        finally:
            await self._disconnect()

    async def depths(self) -> dict[str, int]:
        if not self._publishing.up:
            raise Retry(self._health.problem or "RabbitMQ is not connected yet")
        try:
            return await self._count()
        except BROKER_ERRORS as error:
            raise Retry(describe(error, self._url)) from error

    @property
    def problem(self) -> str:
        works = (work.problem for work in self._works.values() if work.problem)
        return self._health.problem or next(works, "")

    def _feed(self, work: QueueWork) -> Session:
        feed = QueueFeed(work, self._bindings, self._care, self._database, self._delivery)
        return self._session(f"consume {work.queue}", feed.serve)

    def _session(self, part: str, work: Work) -> Session:
        return Session(part, self._url, self._name, work, self._health)

    async def _count(self) -> dict[str, int]:
        """What waits on the broker, and what of it is in our hands."""
        depths = {}
        async with (
            connected(self._url, f"{self._name} count") as connection,
            opened_channel(connection) as channel,
        ):
            for queue in self._bindings.queues:
                depths[queue] = await declare_queue(channel, queue, self._bindings.patterns(queue))
        for queue, work in self._works.items():
            depths[queue] += len(work.stock)
        return depths

    async def _disconnect(self) -> None:
        for work in self._works.values():
            await work.cancel()
        await asyncio.gather(*(session.stop() for session in self._consuming))
        await self._dead_letter_feed.stop()
        await self._audience.stop()
        await self._publisher.finish()
        await self._publishing.stop()
        await self._care.stop()
