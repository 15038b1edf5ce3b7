"""What Loket keeps on RabbitMQ: names, durable queues with their bindings, and how to declare them.

Every process declares everything, so that an event finds its queue although its consumer has
never run. Declaring what is there already changes nothing.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

import aiormq
from pamqp.common import FieldValue

from hub.bus.topics import Bindings
from hub.events import WITH_BULK, InteractionReceived, MessageSend, MessageStatus
from hub.interaction import Channel

EVENTS = "loket.events"
"""The topic exchange. Integrators bind queues of their own to it."""
DEAD = "loket.dead"
DEAD_LETTERS = "loket.dead-letters"
"""What the broker itself gave up; a consumer moves it to the dead letters in the store."""

ANSWER_SECONDS = 10.0
"""A broker that takes longer for an answer is as good as away."""

DELIVERY_LIMIT = 1000
"""When the broker gives up by itself.

Only a last resort, and the same in every deployment: a lost connection counts as a delivery for
everything that was prefetched, and a queue cannot be declared again with another limit. The tries
that matter are counted in the store.
"""

DURABLE: Mapping[str, Sequence[str]] = {
    "router": (InteractionReceived.topic, MessageStatus.topic),
    **{f"send.{channel}": (f"{MessageSend.topic}.{channel}",) for channel in Channel},
    **{f"send.{channel}.bulk": (f"{MessageSend.topic}.{channel}.bulk",) for channel in WITH_BULK},
}

_QUORUM: dict[str, FieldValue] = {"x-queue-type": "quorum", "x-delivery-limit": DELIVERY_LIMIT}
_WORK: dict[str, FieldValue] = {
    **_QUORUM,
    "x-dead-letter-exchange": DEAD,
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",  # which that strategy asks for; the queues have no limit
    # Order within a conversation needs one process at a time; the others stand by.
    "x-single-active-consumer": True,
}


def answering() -> asyncio.Timeout:
    """Gives up on a broker that does not answer.

    The library's own time limits are `asyncio.wait_for`, which in Python 3.11 loses a cancellation
    that comes together with the answer: a process that should end would go on.
    """
    return asyncio.timeout(ANSWER_SECONDS)


def wire_name(queue: str) -> str:
    """What a queue is called on the broker."""
    return f"loket.{queue}"


def plain_name(wire: str) -> str:
    return wire.removeprefix("loket.")


def durable() -> Bindings:
    """The queues that every Loket has; a process adds those it subscribes to."""
    bindings = Bindings()
    for queue, topics in DURABLE.items():
        bindings.add(queue, topics)
    return bindings


async def declare_queue(
    channel: aiormq.abc.AbstractChannel, queue: str, topics: Sequence[str]
) -> int:
    """Make a queue and its bindings if they are not there; gives how many messages wait."""
    await declare_exchanges(channel)
    name = wire_name(queue)
    async with answering():
        declared = await channel.queue_declare(name, durable=True, arguments=_WORK)
    await _bind(channel, name, topics)
    return declared.message_count or 0


async def declare_exchanges(channel: aiormq.abc.AbstractChannel) -> None:
    for name, kind in ((EVENTS, "topic"), (DEAD, "fanout")):
        async with answering():
            await channel.exchange_declare(name, exchange_type=kind, durable=True)


async def declare_dead_letters(channel: aiormq.abc.AbstractChannel) -> None:
    await declare_exchanges(channel)
    async with answering():
        await channel.queue_declare(DEAD_LETTERS, durable=True, arguments=_QUORUM)
    async with answering():
        await channel.queue_bind(DEAD_LETTERS, DEAD)


async def declare_ear(channel: aiormq.abc.AbstractChannel) -> str:
    """A queue of this connection alone, which goes with it; gives its name. Nothing is bound."""
    await declare_exchanges(channel)
    async with answering():
        declared = await channel.queue_declare(exclusive=True, auto_delete=True)
    return declared.queue or ""


async def bind_ear(
    channel: aiormq.abc.AbstractChannel, ear: str, *, more: Iterable[str], fewer: Iterable[str]
) -> None:
    """From now on these topics, and not those, come to a queue of `declare_ear`."""
    await _bind(channel, ear, sorted(more))
    for topic in sorted(fewer):
        async with answering():
            await channel.queue_unbind(ear, EVENTS, topic)


async def _bind(channel: aiormq.abc.AbstractChannel, queue: str, topics: Sequence[str]) -> None:
    for topic in topics:
        async with answering():
            await channel.queue_bind(queue, EVENTS, topic)
