"""Moves what RabbitMQ itself gave up to the dead letters in the store."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from aio_pika.abc import AbstractConnection
from aiormq.abc import DeliveredMessage

from hub.bus import DeadLetter, DeadLetterSink, Delivery
from hub.bus.amqp.keeper import message_of
from hub.bus.amqp.session import BROKER_ERRORS, Watch, opened_channel
from hub.bus.storable import storable, storable_queue
from hub.bus.topology import (
    DEAD_LETTERS,
    DELIVERY_LIMIT,
    answering,
    declare_dead_letters,
    plain_name,
)
from hub.errors import StoreDown
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

_REASONS = {
    "delivery_limit": f"RabbitMQ delivered it {DELIVERY_LIMIT} times in vain",
    "expired": "it was in its queue for longer than a policy of RabbitMQ allows",
    "maxlen": "its queue was longer than a policy of RabbitMQ allows",
    "rejected": "a consumer that is not Loket refused it",
}


class DeadLetterFeed:
    """Any process may do this; those that consume all do, and share the work."""

    def __init__(self, sink: DeadLetterSink, delivery: Delivery) -> None:
        self._sink = sink
        self._delivery = delivery
        self._arrived: asyncio.Queue[DeliveredMessage] = asyncio.Queue()
        self._mover = Supervised("bus.amqp.dead_letters", self._move)

    def start(self) -> None:
        self._mover.start()

    async def stop(self) -> None:
        await self._mover.stop()

    async def serve(self, connection: AbstractConnection, up: Callable[[], None]) -> None:
        async with opened_channel(connection) as channel:
            watch = Watch(channel)
            await declare_dead_letters(channel)
            async with answering():
                await channel.basic_qos(prefetch_count=self._delivery.batch)
            async with answering():
                await channel.basic_consume(DEAD_LETTERS, self._arrived.put)
            up()
            await watch.lost()

    async def _move(self) -> None:
        while True:
            moved = [await self._arrived.get()]
            while not self._arrived.empty():
                moved.append(self._arrived.get_nowait())
            await self._keep([_letter(delivered) for delivered in moved])
            for delivered in moved:
                with contextlib.suppress(*BROKER_ERRORS):  # it comes again
                    await delivered.channel.basic_ack(delivered.delivery_tag or 0, wait=False)

    async def _keep(self, letters: Sequence[DeadLetter]) -> None:
        """Until it worked: they are nowhere else."""
        misses = 0
        while True:
            try:
                await self._sink(letters)
            except StoreDown:
                misses += 1
            except Exception:
                log.exception("bus.dead_letters_not_kept")
                misses += 1
            else:
                return
            await asyncio.sleep(self._delivery.store_delay(misses))


def _letter(delivered: DeliveredMessage) -> DeadLetter:
    message = message_of(delivered)
    headers = delivered.header.properties.headers or {}
    death = _first(headers.get("x-death"))
    deliveries = headers.get("x-delivery-count")
    cause = str(death.get("reason", ""))
    return DeadLetter(
        queue=storable_queue(plain_name(str(death.get("queue", "")))),
        event_id=message.event_id,
        topic=message.topic,
        subject=message.subject,
        body=storable(delivered.body),
        reason=_REASONS.get(cause, "RabbitMQ gave it up without saying why"),
        attempts=deliveries if isinstance(deliveries, int) else 0,
    )


def _first(deaths: Any) -> dict[str, Any]:
    """The newest entry of an `x-death` header (rabbitmq.com/docs/dlx)."""
    entries = deaths if isinstance(deaths, list) else []
    return entries[0] if entries and isinstance(entries[0], dict) else {}
