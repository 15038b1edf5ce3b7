"""The store is the truth: what the bus forgot is asked for again, once nothing else explains it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import delete

from builders import TOKENS, mail_arrival
from hub import clock
from hub.events import InteractionReceived
from hub.intake import Intake
from hub.metrics import Metrics
from hub.relay import Relay
from hub.store import Database
from hub.store.leader import open_leadership
from hub.store.processed import first_seen
from hub.store.tables import outbox, processed_events
from hub.sweeper import Sweeper
from stores import count, opened, told
from wire import Wire


class WipedWire(Wire):
    """A broker that says how much it holds."""

    depth = 0

    async def depths(self) -> dict[str, int]:
        return {"router": self.depth}


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.fixture
def wire() -> WipedWire:
    return WipedWire()


@pytest.fixture
def sweeper(database: Database, wire: WipedWire) -> Sweeper:
    relay = Relay(database, wire, open_leadership(database))
    return Sweeper(database, wire, relay)


async def forgotten(database: Database) -> str:
    """A contact that is kept while its event is gone, as when the broker was wiped."""
    accepted = await Intake(database, TOKENS, Metrics(), lambda: None).accept(mail_arrival())
    await database.write(lambda c: c.execute(delete(outbox)))
    return accepted.interaction_id


async def test_a_forgotten_contact_is_asked_for_again(database: Database, sweeper: Sweeper) -> None:
    interaction_id = await forgotten(database)
    await sweeper.sweep(clock.now())
    assert await told(database) == []
    await sweeper.sweep(clock.now() + timedelta(minutes=1))
    [envelope] = await told(database)
    assert isinstance(envelope.event, InteractionReceived)
    assert envelope.event.interaction_id == interaction_id
    assert envelope.correlation_id


@pytest.mark.parametrize("reason", ["outbox", "queue", "bus"])
async def test_who_only_waits_is_left_alone(
    database: Database, sweeper: Sweeper, wire: WipedWire, reason: str
) -> None:
    await forgotten(database)
    if reason == "outbox":
        await Intake(database, TOKENS, Metrics(), lambda: None).accept(mail_arrival())
    wire.depth = 5 if reason == "queue" else 0
    wire.problem = "RabbitMQ does not answer" if reason == "bus" else ""
    before = await count(database, outbox)
    await sweeper.sweep(clock.now() + timedelta(minutes=1))
    assert await count(database, outbox) == before


async def test_old_marks_are_forgotten_and_young_ones_kept(
    database: Database, sweeper: Sweeper
) -> None:
    await database.write(lambda c: first_seen(c, "router", ["event-1"]))
    await sweeper.sweep(clock.now())
    assert await count(database, processed_events) == 1
    await sweeper.sweep(clock.now() + timedelta(days=31))
    assert await count(database, processed_events) == 0
