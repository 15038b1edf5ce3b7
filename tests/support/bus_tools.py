"""What tests of the bus are made of: numbered events, handlers that remember, and patience."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

from hub.bus import Bus, DeadLetter, DeadLetterSink, Delivery, Outgoing
from hub.errors import Retry
from hub.events import Envelope, InteractionReceived, WorkItemChanged, encode, wrap
from hub.store import Database, dead_letters
from hub.store.dead_letters import Kept
from waiting import eventually

PATIENCE = 30.0
TOPIC = WorkItemChanged.topic
QUEUE = "test"
QUICK = Delivery(
    prefetch=100, batch=20, attempts=3, backoff=(0.02, 0.05), store_backoff=(0.01, 0.02)
)

MakeBus = Callable[[Database, Delivery, DeadLetterSink], Bus]


def event(subject: str, number: int) -> Outgoing:
    """An event of a conversation that carries its number."""
    changed = WorkItemChanged(
        work_item_id=str(number), conversation_id=subject, role="r", state="waiting", epoch=number
    )
    envelope = wrap(changed, subject=subject, source="/loket/test", correlation_id="c-1")
    return Outgoing(envelope.id, envelope.topic, subject, encode(envelope))


def events(subjects: Sequence[str], each: int) -> list[Outgoing]:
    """`each` events for every subject, numbered from 0, the subjects taking turns."""
    return [event(subject, number) for number in range(each) for subject in subjects]


def received(subject: str, number: int) -> Outgoing:
    """A message for a queue that every Loket has."""
    return replace(event(subject, number), topic=InteractionReceived.topic)


def key_of(envelope: Envelope) -> tuple[str, int]:
    assert isinstance(envelope.event, WorkItemChanged)
    return envelope.subject, envelope.event.epoch


async def publish(bus: Bus, messages: Sequence[Outgoing]) -> None:
    """Publish as the relay does: again, for as long as the bus asks for it."""

    async def is_published() -> bool:
        try:
            await bus.publish(messages)
        except Retry:
            return False
        return True

    await eventually(is_published, seconds=3 * PATIENCE)


@dataclass
class Seen:
    """A handler that remembers what it handled, and does first what `trouble` says."""

    trouble: Callable[[str, int], Awaitable[None]] | None = None
    handled: list[tuple[str, int]] = field(default_factory=list)
    calls: list[list[tuple[str, int]]] = field(default_factory=list)
    running: int = 0
    most_running: int = 0

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        keys = [key_of(envelope) for envelope in envelopes]
        self.calls.append(keys)
        self.running += 1
        self.most_running = max(self.running, self.most_running)
        try:
            for subject, number in keys:
                if self.trouble is not None:
                    await self.trouble(subject, number)
            self.handled.extend(keys)
        finally:
            self.running -= 1

    def numbers(self, subject: str) -> list[int]:
        return [number for each, number in self.handled if each == subject]

    def alone(self, subject: str, number: int) -> int:
        """How often this message was handed over by itself."""
        return self.calls.count([(subject, number)])


@dataclass
class Heard:
    """A listener that remembers."""

    numbers: list[int] = field(default_factory=list)
    gaps: int = 0

    async def __call__(self, envelope: Envelope) -> None:
        self.numbers.append(key_of(envelope)[1])

    async def gap(self) -> None:
        self.gaps += 1


class Place:
    """Where the buses of a test meet: one store, with one broker or none."""

    def __init__(self, database: Database, bus_url: str, make: MakeBus) -> None:
        self.database = database
        self.bus_url = bus_url
        self._make = make

    def bus(self, delivery: Delivery = QUICK, sink: DeadLetterSink | None = None) -> Bus:
        return self._make(self.database, delivery, sink or self.bury)

    async def bury(self, letters: Sequence[DeadLetter]) -> None:
        await self.database.write(lambda c: dead_letters.store(c, letters))

    async def letters(self) -> list[Kept]:
        return await self.database.read(dead_letters.listed)

    async def buried(self, count: int) -> list[Kept]:
        """Wait for so many dead letters."""
        await eventually(lambda: self._has_buried(count))
        return await self.letters()

    async def _has_buried(self, count: int) -> bool:
        return len(await self.letters()) >= count


async def drained(bus: Bus) -> None:
    """Wait until no queue holds anything."""
    await eventually(lambda: _is_drained(bus))


async def deep(bus: Bus, queue: str, depth: int) -> None:
    """Wait until the queue holds so many or more."""
    await eventually(lambda: _is_deep(bus, queue, depth))


async def _is_drained(bus: Bus) -> bool:
    with suppress(Retry):
        return not any((await bus.depths()).values())
    return False


async def _is_deep(bus: Bus, queue: str, depth: int) -> bool:
    with suppress(Retry):
        return (await bus.depths())[queue] >= depth
    return False


@asynccontextmanager
async def running(bus: Bus) -> AsyncIterator[Bus]:
    await bus.start()
    try:
        yield bus
    finally:
        await bus.stop()


async def cut_short(bus: Bus) -> None:
    """End a bus as a crash does: the handlers that run do not finish, nothing is settled."""
    with suppress(TimeoutError):
        async with asyncio.timeout(0):
            await bus.stop()
