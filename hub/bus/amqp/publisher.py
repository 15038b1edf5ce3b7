"""Publishes to RabbitMQ so that an event is confirmed by the broker or known not to be."""

import asyncio
from collections.abc import Callable, Sequence

import aiormq
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import AMQPChannelError, ChannelInvalidStateError, PublishError
from pamqp.commands import Basic
from pydantic_core import from_json

from hub.bus import Outgoing
from hub.bus.amqp.care import QueueCare
from hub.bus.amqp.health import DoubtError, Health, describe
from hub.bus.amqp.session import Watch, opened_channel
from hub.bus.amqp.together import Confirmation, Piece, publish_together
from hub.bus.topics import Bindings
from hub.bus.topology import EVENTS, declare_dead_letters, declare_queue, wire_name
from hub.errors import Retry
from hub.events import MEDIA_TYPE

CONFIRM_SECONDS = 10.0
BLOCKED_SECONDS = 0.5
LOOK_SECONDS = 2.0
ALARM = "alarm"
BLOCKED = "RabbitMQ takes no messages now: it is short of memory or disk"

_PERSISTENT = 2

Failure = tuple[Outgoing, BaseException]


class Publisher:
    """The publishing part; `serve` is its work for a `Session`."""

    def __init__(self, url: str, bindings: Bindings, care: QueueCare, health: Health) -> None:
        self._url = url
        self._bindings = bindings
        self._care = care
        self._health = health
        self._channel: aiormq.Channel | None = None
        self._watch: Watch | None = None
        self._in_flight: set[Confirmation] = set()
        self._undeclared: set[str] = set()

    async def serve(self, connection: AbstractConnection, up: Callable[[], None]) -> None:
        async with opened_channel(connection) as channel:
            await declare_dead_letters(channel)
        await self._declare(connection, self._bindings.queues)
        async with opened_channel(connection, confirms=True) as channel:
            self._watch = Watch(channel)
            self._channel = channel
            up()
            try:
                while True:
                    await self._watch.lost(within=LOOK_SECONDS)
                    await self._tell_if_blocked(channel)
                    await self._declare(connection, list(self._undeclared))
            finally:
                self._channel = None
                self._health.back(ALARM)

    async def finish(self) -> None:
        """Wait until nothing is in flight."""
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=CONFIRM_SECONDS)

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        channel, watch = self._channel, self._watch
        if channel is None or watch is None:
            raise Retry(self._health.problem or "RabbitMQ is not connected yet")
        if await _is_blocked(channel):
            raise Retry(BLOCKED)
        failed = await self._send_all(channel, messages)
        if failed:
            raise Retry(await self._diagnose(channel, watch, failed))

    async def _send_all(
        self, channel: aiormq.Channel, messages: Sequence[Outgoing]
    ) -> list[Failure]:
        """Publish in this order; gives what is not confirmed in time."""
        pieces = [self._piece(message) for message in messages]
        try:
            confirmations = await publish_together(channel, pieces)
        except ChannelInvalidStateError as error:
            return [(message, error) for message in messages]
        self._in_flight.update(confirmations)
        try:
            async with asyncio.timeout(CONFIRM_SECONDS):
                results = await asyncio.gather(*confirmations, return_exceptions=True)
        except TimeoutError:
            results = [_result(confirmation) for confirmation in confirmations]
        finally:
            self._in_flight.difference_update(confirmations)
        pairs = zip(messages, results, strict=True)
        return [(message, error) for message, error in pairs if isinstance(error, BaseException)]

    def _piece(self, message: Outgoing) -> Piece:
        addressed = bool(message.queue)
        return Piece(
            exchange="" if addressed else EVENTS,
            routing_key=wire_name(message.queue) if addressed else message.topic,
            mandatory=addressed or bool(self._bindings.wanting(message.topic)),
            properties=_properties(message),
            body=message.body.encode(),
        )

    async def _diagnose(
        self, channel: aiormq.Channel, watch: Watch, failed: Sequence[Failure]
    ) -> str:
        """Why these are not confirmed; what can be done for the next try is done."""
        (message, _), errors = failed[0], [error for _, error in failed]
        if any(isinstance(error, PublishError) for error in errors):
            self._learn_queues(failed)
            why = f"RabbitMQ has no queue for {message.topic}; it is declared again"
            watch.give_up(DoubtError(why))
            return why
        if channel.is_closed:
            return "the connection to RabbitMQ was lost"
        if await _is_blocked(channel):
            return BLOCKED
        why = f"RabbitMQ does not confirm {message.topic}"
        self._suspect_queues(failed)
        if any(isinstance(error, TimeoutError) for error in errors):
            watch.give_up(DoubtError(why))  # what was sent must not pile up
        return why

    def _learn_queues(self, failed: Sequence[Failure]) -> None:
        """Queues that a dead letter named are ours to declare, too."""
        for message, _ in failed:
            if message.queue:
                self._bindings.add(message.queue)

    def _suspect_queues(self, failed: Sequence[Failure]) -> None:
        for message, _ in failed:
            named = [message.queue] if message.queue else self._bindings.wanting(message.topic)
            for queue in named:
                self._care.suspect(queue)

    async def _tell_if_blocked(self, channel: aiormq.Channel) -> None:
        if await _is_blocked(channel):
            self._health.lost(ALARM, BLOCKED)
        else:
            self._health.back(ALARM)

    async def _declare(self, connection: AbstractConnection, queues: Sequence[str]) -> None:
        """One queue that cannot be declared stops no other; it is tried again later."""
        for queue in queues:
            part = f"declare {queue}"
            try:
                async with opened_channel(connection) as channel:
                    await declare_queue(channel, queue, self._bindings.patterns(queue))
            except (AMQPChannelError, TimeoutError) as error:
                self._health.lost(part, describe(error, self._url))
                self._undeclared.add(queue)
            else:
                self._health.back(part)
                self._undeclared.discard(queue)


async def _is_blocked(channel: aiormq.Channel) -> bool:
    """Whether the broker has told that it takes nothing now (memory or disk alarm)."""
    try:
        async with asyncio.timeout(BLOCKED_SECONDS):
            await channel.connection.ready()
    except TimeoutError:
        return True
    return False


def _result(confirmation: Confirmation) -> BaseException | None:
    if confirmation.cancelled():
        return TimeoutError("not confirmed in time")
    return confirmation.exception()


def _properties(message: Outgoing) -> Basic.Properties:
    return Basic.Properties(
        content_type=MEDIA_TYPE,
        delivery_mode=_PERSISTENT,
        message_id=message.event_id,
        correlation_id=_correlation_id(message.body),
        headers={"topic": message.topic, "subject": message.subject},
    )


def _correlation_id(body: str) -> str:
    try:
        return str(from_json(body).get("correlationid", ""))
    except (ValueError, AttributeError):
        return ""
