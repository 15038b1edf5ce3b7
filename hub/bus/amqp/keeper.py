"""Keeps what one channel delivered: acknowledges it, and counts the tries that matter.

RabbitMQ counts deliveries, also those to a process that never looked at the message. What was
delivered before is therefore handled alone, and each try of it is counted in the store first.
"""

import contextlib
from collections.abc import Sequence
from functools import partial

import aiormq
from aiormq.abc import DeliveredMessage
from sqlalchemy import Connection

from hub import clock
from hub.bus.amqp.session import BROKER_ERRORS
from hub.bus.lanes import Message
from hub.bus.storable import storable_id, storable_topic
from hub.store import Database, delivery_attempts


class AmqpKeeper:
    """See `hub.bus.stock.Keeper`. It goes with its channel; the broker then delivers anew."""

    def __init__(self, queue: str, channel: aiormq.Channel, database: Database) -> None:
        self._queue = queue
        self._channel = channel
        self._database = database
        self._unacknowledged: dict[int, None] = {}  # in the order of their tags
        self._strangers: set[int] = set()
        """Delivered before, and not yet looked up in the store."""

    def receive(self, delivered: DeliveredMessage) -> Message:
        """Take in what the channel delivered."""
        message = message_of(delivered)
        self._unacknowledged[message.tag] = None
        if delivered.redelivered:
            message.suspect = True
            self._strangers.add(message.tag)
        return message

    async def begin(self, messages: Sequence[Message]) -> None:
        for message in messages:
            if message.suspect:
                message.tries = await self._database.write(partial(self._count, message))
                self._strangers.discard(message.tag)
            else:
                message.tries += 1

    async def settle(self, gone: Sequence[Message], postponed: Sequence[Message]) -> None:  # noqa: ARG002
        """The postponed stay with us: the broker sees one long delivery."""
        counted = [message.event_id for message in gone if message.suspect]
        if counted:
            await self._database.write(lambda c: delivery_attempts.forget(c, self._queue, counted))
        with contextlib.suppress(*BROKER_ERRORS):  # a lost channel: the broker delivers again
            await self._acknowledge([message.tag for message in gone])

    def _count(self, message: Message, connection: Connection) -> int:
        known = message.tries
        if message.tag in self._strangers:
            known = delivery_attempts.known(connection, self._queue, message.event_id)
        delivery_attempts.count(connection, self._queue, message.event_id, known + 1)
        return known + 1

    async def _acknowledge(self, tags: Sequence[int]) -> None:
        """One frame for all up to the oldest that is still in work, one for each behind it."""
        for tag in tags:
            self._unacknowledged.pop(tag, None)
        oldest = next(iter(self._unacknowledged), None)
        before = [tag for tag in tags if oldest is None or tag < oldest]
        if before:
            await self._channel.basic_ack(max(before), multiple=True, wait=False)
        for tag in tags:
            if oldest is not None and tag > oldest:
                await self._channel.basic_ack(tag, wait=False)


def message_of(delivered: DeliveredMessage) -> Message:
    """Read the envelope of the envelope; what others left out gets a believable value."""
    properties = delivered.header.properties
    headers = properties.headers or {}
    return Message(
        tag=delivered.delivery_tag or 0,
        event_id=storable_id(properties.message_id or clock.new_id()),
        topic=storable_topic(str(headers.get("topic") or delivered.routing_key or "")),
        subject=storable_id(str(headers.get("subject") or "")),
        body=delivered.body,
    )
