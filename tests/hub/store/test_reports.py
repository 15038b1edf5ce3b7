"""What a provider reports of a message: late, early, twice, and about a try that is over."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from builders import TOKENS
from hub import clock
from hub.interaction import Arrival, Channel, DeliveryState, Party, PointKind
from hub.replies import Reply, add_reply
from hub.store import Database, reports, sending
from hub.store.arrivals import store_arrivals
from hub.store.reports import Report
from hub.store.tables import outbound, parked
from stores import count, only, opened

PHONE = Party(kind=PointKind.PHONE, value="+31612345678")


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


async def claimed(database: Database) -> sending.Hold:
    """A text that is being sent."""
    arrival = Arrival(
        channel=Channel.SMS,
        account="+31203080000",
        external_id="SM0",
        sender=PHONE,
        text="Hi",
        occurred_at=clock.now(),
    )
    accepted = await database.write(lambda c: store_arrivals(c, [arrival], TOKENS)[0])
    reply = Reply(
        conversation_id=accepted.conversation_id,
        channel=Channel.SMS,
        account="+31203080000",
        to=(PHONE,),
        text="Hello",
    )
    interaction_id = await database.write(lambda c: add_reply(c, reply))
    until = clock.now() + timedelta(minutes=1)
    message = await database.write(lambda c: sending.claim(c, interaction_id, until=until))
    assert message is not None
    assert await database.write(lambda c: sending.mark_transmitting(c, message.hold))
    return message.hold


async def report(
    database: Database, state: DeliveryState, sid: str = "SM1", interaction_id: str = ""
) -> bool:
    error = "gone" if state is DeliveryState.FAILED else ""
    told = Report(
        channel=Channel.SMS,
        provider_id=sid,
        state=state,
        error=error,
        interaction_id=interaction_id,
    )
    return await database.write(lambda c: reports.tell(c, told))


async def conclude(database: Database, hold: sending.Hold, sid: str = "SM1") -> None:
    outcome = sending.Outcome(DeliveryState.SENT, provider_id=sid)
    await database.write(lambda c: sending.conclude(c, hold, outcome))


async def state(database: Database) -> str:
    return str((await only(database, outbound)).state)


async def test_a_report_by_our_id_need_not_wait_for_the_answer(database: Database) -> None:
    hold = await claimed(database)
    assert await report(database, DeliveryState.DELIVERED, interaction_id=hold.interaction_id)
    await conclude(database, hold)
    row = await only(database, outbound)
    assert (row.state, row.provider_id) == ("delivered", "SM1")


async def test_a_report_by_an_unknown_id_is_parked_and_matched(database: Database) -> None:
    hold = await claimed(database)
    assert not await report(database, DeliveryState.DELIVERED)
    await conclude(database, hold)
    await database.write(lambda c: reports.match(c, Channel.SMS, "SM1"))
    assert await state(database) == "delivered"
    assert await count(database, parked) == 0


async def test_one_parked_while_the_id_became_known_is_found_later(database: Database) -> None:
    hold = await claimed(database)
    await report(database, DeliveryState.READ)
    await report(database, DeliveryState.SENT, sid="SM of nobody")
    await conclude(database, hold)
    await database.write(lambda c: reports.match_left_over(c, clock.now()))
    assert await state(database) == "sent"  # it may be matched this very moment
    later = clock.now() + timedelta(minutes=1)
    await database.write(lambda c: reports.match_left_over(c, later))
    assert await state(database) == "read"
    assert await count(database, parked) == 1


@pytest.mark.parametrize(
    ("states", "final"),
    [
        (("delivered", "sent"), "delivered"),
        (("read", "delivered", "sent"), "read"),
        (("sent", "delivered", "delivered"), "delivered"),
        (("delivered", "failed"), "delivered"),
        (("sent", "failed", "delivered"), "failed"),
    ],
)
async def test_states_move_forward(database: Database, states: list[str], final: str) -> None:
    hold = await claimed(database)
    await conclude(database, hold)
    for one in states:
        await report(database, DeliveryState(one))
    assert await state(database) == final


async def test_a_report_ends_the_doubt_about_a_message(database: Database) -> None:
    hold = await claimed(database)
    outcome = sending.Outcome(DeliveryState.UNCERTAIN, error="no answer")
    await database.write(lambda c: sending.conclude(c, hold, outcome))
    await report(database, DeliveryState.DELIVERED, interaction_id=hold.interaction_id)
    row = await only(database, outbound)
    assert (row.state, row.error) == ("delivered", "")


async def test_a_report_on_a_former_try_says_nothing_about_the_next(database: Database) -> None:
    hold = await claimed(database)
    await conclude(database, hold)
    await report(database, DeliveryState.FAILED)
    await database.write(lambda c: c.execute(update(outbound).values(state="failed")))
    await database.write(lambda c: sending.queue_again(c, hold.interaction_id, "agent"))
    late = {"interaction_id": hold.interaction_id}
    assert not await report(database, DeliveryState.FAILED, **late)
    assert await state(database) == "queued"
    until = clock.now() + timedelta(minutes=1)
    again = await database.write(lambda c: sending.claim(c, hold.interaction_id, until=until))
    assert again is not None
    await conclude(database, again.hold, "SM2")
    assert not await report(database, DeliveryState.FAILED, "SM1", **late)
    assert await report(database, DeliveryState.DELIVERED, "SM2", **late)
