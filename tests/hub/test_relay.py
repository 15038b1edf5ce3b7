"""From the outbox to the bus: in order, nothing left behind, one relay at a time."""

from collections.abc import AsyncIterator

import pytest

from builders import TOKENS, mail_arrival
from hub.intake import Intake
from hub.metrics import Metrics
from hub.relay import Relay
from hub.store import Database
from hub.store.leader import open_leadership
from hub.store.tables import outbox
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
