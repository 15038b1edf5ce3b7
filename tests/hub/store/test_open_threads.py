"""Where messages go on that refer to nothing: in what their sender has open, if anything."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from builders import TOKENS, mail_arrival, text_arrival
from hub import clock
from hub.interaction import Accepted, Arrival, Automatic, Channel
from hub.store import Database
from hub.store.arrivals import store_arrivals
from hub.store.tables import contact_points, conversations
from stores import opened, rows


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


async def keep(database: Database, *arrivals: Arrival) -> list[Accepted]:
    return await database.write(lambda c: store_arrivals(c, arrivals, TOKENS))


async def change(database: Database, **values: object) -> None:
    await database.write(lambda c: c.execute(update(conversations).values(values)))


async def test_it_goes_on_in_the_same_batch_and_the_next(database: Database) -> None:
    one, two, other = await keep(
        database, text_arrival(), text_arrival(), text_arrival("+31687654321")
    )
    [three] = await keep(database, text_arrival())
    assert one.conversation_id == two.conversation_id == three.conversation_id
    assert (one.sequence, two.sequence, three.sequence) == (1, 2, 3)
    assert other.conversation_id != one.conversation_id


async def test_what_is_resolved_is_over(database: Database) -> None:
    [one] = await keep(database, text_arrival())
    await change(database, state="resolved", resolved_at=clock.now())
    [two] = await keep(database, text_arrival())
    assert two.conversation_id != one.conversation_id
    new = [row for row in await rows(database, conversations) if row.id == two.conversation_id]
    assert new[0].linked_id is None


async def test_after_the_window_a_verified_number_goes_on_and_a_typed_one_does_not(
    database: Database,
) -> None:
    [one] = await keep(database, text_arrival())
    await change(database, last_at=clock.now() - timedelta(hours=73))
    [two] = await keep(database, text_arrival())
    assert two.conversation_id == one.conversation_id
    await change(database, last_at=clock.now() - timedelta(hours=73))
    typed = update(contact_points).values(verified=False)
    await database.write(lambda c: c.execute(typed))
    [three] = await keep(database, text_arrival())
    assert three.conversation_id != one.conversation_id


async def test_another_channel_of_the_customer_is_gone_on_in_when_the_number_is_verified(
    database: Database,
) -> None:
    [one] = await keep(database, text_arrival())
    [two] = await keep(database, text_arrival(channel=Channel.WHATSAPP))
    assert two.conversation_id == one.conversation_id


async def test_the_conversation_on_this_channel_comes_before_a_newer_one(
    database: Database,
) -> None:
    [text] = await keep(database, text_arrival())
    [mail] = await keep(database, mail_arrival())
    text_row, mail_row = await rows(database, conversations)
    move = update(conversations).where(conversations.c.id == mail.conversation_id)
    await database.write(lambda c: c.execute(move.values(customer_id=text_row.customer_id)))
    assert mail_row.last_at >= text_row.last_at
    [again] = await keep(database, text_arrival())
    assert again.conversation_id == text.conversation_id


async def test_a_command_opens_nothing_that_waits(database: Database) -> None:
    stop = text_arrival(text="STOP", automatic=Automatic.COMMAND)
    await keep(database, stop)
    [row] = await rows(database, conversations)
    assert (row.state, row.resolved_at is not None) == ("resolved", True)
