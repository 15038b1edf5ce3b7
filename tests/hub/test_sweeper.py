"""The store is the truth: what the bus forgot is asked for again, once nothing else explains it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, select

from builders import ACCOUNT, TOKENS, email_party, mail_arrival
from hub import clock
from hub.bus import DeadLetter
from hub.events import InteractionReceived
from hub.intake import Intake
from hub.interaction import Channel, DeliveryState
from hub.metrics import Metrics
from hub.relay import Relay
from hub.replies import Reply, add_reply
from hub.store import Database, dead_letters, sending, troubles
from hub.store.leader import open_leadership
from hub.store.tables import outbound, outbox, unrouted
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


async def test_a_clock_that_is_set_back_stops_no_look(database: Database, sweeper: Sweeper) -> None:
    await sweeper.sweep(clock.now() + timedelta(hours=1))
    await forgotten(database)
    await sweeper.sweep(clock.now() + timedelta(minutes=1))
    assert len(await told(database)) == 1


async def reply(database: Database) -> str:
    """A message to a customer, whose question was routed."""
    accepted = await Intake(database, TOKENS, Metrics(), lambda: None).accept(mail_arrival())
    answer = Reply(
        conversation_id=accepted.conversation_id,
        channel=Channel.EMAIL,
        account=ACCOUNT,
        to=(email_party("jan@example.org"),),
        text="It is on its way.",
    )
    message = await database.write(lambda c: add_reply(c, answer))
    await database.write(lambda c: c.execute(delete(unrouted)))
    return message


@pytest.mark.parametrize(
    "state", [DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.UNCERTAIN]
)
async def test_what_became_of_a_message_is_told_again_until_it_was_heard(
    database: Database, sweeper: Sweeper, state: DeliveryState
) -> None:
    message = await reply(database)
    outcome = sending.Outcome(state, "no such mailbox")
    await database.write(lambda c: sending.record(c, message, outcome))
    first = (await told(database))[-1]
    for minutes in (1, 2):
        await database.write(lambda c: c.execute(delete(outbox)))
        await sweeper.sweep(clock.now() + timedelta(minutes=minutes))
        [again] = await told(database)
        assert (again.id, again.event, again.subject) == (first.id, first.event, first.subject)
        assert again.correlation_id == first.correlation_id
    await database.write(lambda c: c.execute(delete(outbox)))
    await database.write(lambda c: troubles.heard(c, ["another", first.id]))
    await sweeper.sweep(clock.now() + timedelta(minutes=3))
    assert await told(database) == []


async def test_what_needs_nobody_or_is_just_told_is_not_told_again(
    database: Database, sweeper: Sweeper
) -> None:
    sent, resent, failed = [await reply(database) for _ in range(3)]

    def happen(connection: Connection) -> None:
        for message, state in (
            (sent, DeliveryState.SENT),
            (resent, DeliveryState.FAILED),
            (failed, DeliveryState.FAILED),
        ):
            sending.record(connection, message, sending.Outcome(state))
        sending.queue_again(connection, resent, "agent")
        sending.record(connection, resent, sending.Outcome(DeliveryState.SENT))
        connection.execute(delete(outbox))

    await database.write(happen)
    await sweeper.sweep(clock.now())
    assert await told(database) == []
    died = DeadLetter("router", "e", "message.status", await subject(database, failed), "", "", 5)
    await database.write(lambda c: dead_letters.store(c, [died]))
    await sweeper.sweep(clock.now() + timedelta(minutes=1))
    assert await told(database) == [], "a person looks at it"


async def subject(database: Database, message: str) -> str:
    found = select(outbound.c.conversation_id).where(outbound.c.interaction_id == message)
    return await database.read(lambda c: c.execute(found).scalar_one())


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
