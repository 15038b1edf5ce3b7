"""From the outbox to the bus: in order, nothing left behind, one relay at a time."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from builders import TOKENS, mail_arrival
from bus_tools import QUICK, TOPIC, Heard, Seen, event, events, running
from hub import clock
from hub.bus import DeadLetter, Outgoing
from hub.bus.local import LocalBus
from hub.events import OrderChanged
from hub.intake import Intake
from hub.metrics import Metrics
from hub.relay import BATCH, Relay
from hub.store import Database
from hub.store.inserting import insert_all
from hub.store.leader import open_leadership
from hub.store.tables import local_messages, outbox
from stores import count, opened
from waiting import eventually
from wire import Wire


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


def relay_of(database: Database, wire: Wire) -> Relay:
    return Relay(database, wire, open_leadership(database))


async def receive(database: Database, relay: Relay, number: int) -> list[str]:
    """Let so many mails come in; gives their conversations in order."""
    intake = Intake(database, TOKENS, Metrics(), relay.wake)
    accepted = [await intake.accept(mail_arrival()) for _ in range(number)]
    return [answer.conversation_id for answer in accepted]


async def test_what_was_committed_is_published_in_order(database: Database) -> None:
    wire = Wire()
    relay = relay_of(database, wire)
    before = await receive(database, relay, 5)
    await relay.start()
    after = await receive(database, relay, 5)
    await eventually(lambda: len(wire.published) == 10)
    assert [message.subject for message in wire.published] == before + after

    async def empty() -> bool:
        return await count(database, outbox) == 0

    await eventually(empty)
    await relay.stop()


async def test_while_the_bus_is_away_everything_waits(database: Database) -> None:
    wire = Wire()
    wire.away = True
    relay = relay_of(database, wire)
    await relay.start()
    expected = await receive(database, relay, 3)
    await eventually(lambda: relay.problem)
    assert await count(database, outbox) == 3
    wire.away = False
    await eventually(lambda: not relay.problem)
    assert [message.subject for message in wire.published] == expected
    await relay.stop()


async def test_what_was_not_confirmed_is_published_again(database: Database) -> None:
    wire = Wire()
    wire.hold.clear()
    relay = relay_of(database, wire)
    await relay.start()
    expected = await receive(database, relay, 3)
    await relay.stop()
    wire.hold.set()
    assert await count(database, outbox) == 3
    again = relay_of(database, wire)
    await again.start()
    await eventually(lambda: len(wire.published) == 3)
    assert [message.subject for message in wire.published] == expected
    await again.stop()


async def emptied(database: Database) -> bool:
    return await count(database, outbox) == 0


async def test_two_relays_do_not_overtake_each_other(store_url: str) -> None:
    """The second stands by, and takes over when the first is gone."""
    async with opened(store_url) as first_store, opened(store_url) as second_store:
        first_wire, second_wire = Wire(), Wire()
        first, second = relay_of(first_store, first_wire), relay_of(second_store, second_wire)
        await first.start()
        early = await receive(first_store, first, 1)
        await eventually(lambda: first_wire.published)
        await second.start()
        early += await receive(second_store, second, 4)
        await eventually(lambda: len(first_wire.published) == 5)
        assert [message.subject for message in first_wire.published] == early
        assert not second_wire.published
        # Stopped before it has noted that these were confirmed, the second would tell them again.
        await eventually(lambda: emptied(first_store))
        await first.stop()
        late = await receive(second_store, second, 2)
        await eventually(lambda: len(second_wire.published) == 2)
        assert [message.subject for message in second_wire.published] == late
        await second.stop()


ORDERS = OrderChanged.topic


async def keep(database: Database, messages: Sequence[Outgoing]) -> None:
    """Leave these in the outbox."""
    rows = [{**vars(message), "created_at": clock.now()} for message in messages]
    await database.write(lambda c: insert_all(c, outbox, rows))


class Both:
    """The local bus on a store, with what relays to it; `seen`: what its queues got, by name."""

    def __init__(self, database: Database) -> None:
        async def bury(letters: Sequence[DeadLetter]) -> None:
            raise AssertionError(letters)

        self.database = database
        self.bus = LocalBus(database, QUICK, bury)
        self.relay = Relay(database, self.bus, open_leadership(database))
        self.seen: dict[str, Seen] = {}

    def subscribe(self, queue: str, *topics: str) -> None:
        self.seen[queue] = Seen()
        self.bus.subscribe(queue, topics, self.seen[queue])

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with running(self.bus):
            await self.relay.start()
            yield
            await self.relay.stop()

    async def is_done(self) -> bool:
        left = [await count(self.database, table) for table in (outbox, local_messages)]
        return left == [0, 0]


async def test_each_queue_of_the_local_bus_gets_its_topics_in_order(database: Database) -> None:
    """More than the relay moves at once, and some that nobody wants."""
    both = Both(database)
    both.subscribe("work", TOPIC)
    both.subscribe("all", "#")
    work = events(["a", "b"], BATCH)
    orders = [replace(event("c", number), topic=ORDERS) for number in range(BATCH // 2)]
    mixed = [*work[:BATCH], *orders, *work[BATCH:]]
    await keep(database, mixed)
    async with both.running():
        await eventually(both.is_done)
    assert both.seen["work"].numbers("a") == both.seen["work"].numbers("b") == list(range(BATCH))
    assert not both.seen["work"].numbers("c")
    assert both.seen["all"].numbers("c") == list(range(BATCH // 2))
    assert len(both.seen["all"].handled) == len(mixed)


async def test_what_one_queue_is_to_try_again_goes_to_no_other(database: Database) -> None:
    both = Both(database)
    both.subscribe("work", TOPIC)
    both.subscribe("all", "#")
    heard = Heard()
    both.bus.listen([TOPIC], heard, heard.gap)
    await keep(database, [replace(event("a", 1), queue="all"), event("a", 2)])
    async with both.running():
        await eventually(both.is_done)
        await eventually(lambda: heard.numbers)
    assert both.seen["all"].handled == [("a", 1), ("a", 2)]
    assert both.seen["work"].handled == [("a", 2)]
    assert heard.numbers == [2]


async def test_listeners_of_the_local_bus_hear_what_no_queue_wants(database: Database) -> None:
    both = Both(database)
    heard = Heard()
    both.bus.listen([TOPIC], heard, heard.gap)
    await keep(database, events(["a"], 30))
    async with both.running():
        await eventually(lambda: len(heard.numbers) == 30)
    assert heard.numbers == list(range(30))
    assert not heard.gaps


async def test_who_begins_to_listen_while_events_move_is_told_of_a_gap(sqlite_url: str) -> None:
    """They move unread; what passes just then can be seen in the store."""
    heard = Heard()
    async with opened(sqlite_url) as database:
        both, is_open = Both(database), asyncio.Event()
        both.bus.listen([TOPIC], heard, heard.gap, is_open.is_set)
        await keep(database, [event("a", 1)])
        async with running(both.bus):
            moving = asyncio.create_task(both.bus.move(BATCH))
            await asyncio.sleep(0)  # it has been handed to the store
            is_open.set()
            await moving
            await eventually(lambda: heard.gaps)
    assert not heard.numbers
