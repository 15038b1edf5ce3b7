"""Where messages go on that refer to nothing: in what their sender has open, if anything."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from builders import TOKENS, mail_arrival, text_arrival
from hub import clock
from hub.interaction import Accepted, Arrival, Automatic, Channel
from hub.replies import Reply, add_reply
from hub.store import Database
from hub.store.arrivals import store_arrivals
from hub.store.inserting import insert_new
from hub.store.tables import contact_points, conversations, interactions, outbound
from stores import opened, rows
from workplace import add_work


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


async def test_of_several_it_goes_where_what_it_names_was_named(database: Database) -> None:
    late, broken = await several(database, "Order VK-20391", "Order VK-20417 is broken")
    for text, meant in (
        ("Where is vk-20391?", late),
        ("20417!", broken),
        (f"About #{await number(database, late)}", late),
    ):
        [kept] = await keep(database, text_arrival(text=text))
        assert kept.conversation_id == meant, text
        assert await placed(database, kept) == {"placed": "named", "placed_among": "2"}
    [both] = await keep(database, text_arrival(text="VK-20391 and VK-20417"))
    assert (await placed(database, both))["placed"] == "last", "where the last text was"
    assert both.conversation_id == late
    for said_everywhere in ("At 12:30 on 2026-11-30?", "In 2026", "It is order VK-9999"):
        [kept] = await keep(database, text_arrival(text=said_everywhere))
        assert (await placed(database, kept))["placed"] == "last"


async def test_of_several_it_goes_where_the_last_was_said_on_this_channel(
    database: Database,
) -> None:
    _, second = await several(database, "One", "Two")
    [text] = await keep(database, text_arrival(text="Hello?"))
    assert (text.conversation_id, await placed(database, text)) == (
        second,
        {"placed": "newest", "placed_among": "2"},
    )
    [third] = await several(database, "Three")
    [again] = await keep(database, text_arrival(text="And?"))
    assert third != again.conversation_id == second
    assert await placed(database, again) == {"placed": "last", "placed_among": "3"}
    await change(database, last_at=clock.now() - timedelta(hours=73))
    [later] = await keep(database, text_arrival(text="And now?"))
    assert (await placed(database, later))["placed"] == "newest", "it is too long ago"


async def test_of_several_it_goes_where_the_words_fit_the_topic(database: Database) -> None:
    late, bill = await several(database, "One", "Two")
    for conversation, topic in ((late, "delivery/late"), (bill, "billing")):
        await work(database, conversation, topic)

    def recognise(arrival: Arrival) -> str:
        return "delivery" if "parcel" in arrival.text else ""

    text = text_arrival(text="My parcel!")
    [kept] = await database.write(lambda c: store_arrivals(c, [text], TOKENS, recognise))
    assert (kept.conversation_id, (await placed(database, kept))["placed"]) == (late, "topic")


async def test_an_answer_to_a_message_of_ours_goes_where_that_is(database: Database) -> None:
    first, second = await several(database, "One", "Two")
    sent = Reply(
        conversation_id=first, channel=Channel.WHATSAPP, account="+31203080000",
        to=(text_arrival().sender,), text="Which parcel?",
    )  # fmt: skip
    sent_id = await database.write(lambda c: add_reply(c, sent))
    known = update(outbound).where(outbound.c.interaction_id == sent_id)
    await database.write(lambda c: c.execute(known.values(provider_id="SM-ours")))
    await keep(database, text_arrival(channel=Channel.WHATSAPP, text=f"{second}"))
    answer = text_arrival(
        channel=Channel.WHATSAPP, text="The red one", details={"answers": "SM-ours"}
    )
    [kept] = await keep(database, answer)
    assert (kept.conversation_id, (await placed(database, kept))["placed"]) == (first, "named")


async def test_what_is_somebody_elses_is_not_gone_on_in_by_naming_it(database: Database) -> None:
    await several(database, "Mine", "Mine too")
    [theirs] = await keep(database, mail_arrival("eve@example.org", subject="Order VK-20391"))
    [kept] = await keep(database, text_arrival(text="Where is VK-20391?"))
    assert kept.conversation_id != theirs.conversation_id
    assert (await placed(database, kept))["placed"] == "newest"


async def test_where_one_is_open_nothing_was_chosen(database: Database) -> None:
    await keep(database, text_arrival())
    [kept] = await keep(database, text_arrival(text="Where is VK-20391?"))
    assert await placed(database, kept) == {}


async def several(database: Database, *subjects: str) -> list[str]:
    """Conversations by mail of the customer who has the number of the texts, the newest last."""
    kept = []
    for subject in subjects:
        [one] = await keep(database, mail_arrival(text="Please.", subject=subject))
        kept.append(one.conversation_id)
    [customer] = {row.customer_id for row in await rows(database, conversations)}
    point = {
        "id": clock.new_id(),
        "customer_id": customer,
        "key": text_arrival().sender.key,
        "kind": "phone",
        "value": text_arrival().sender.value,
        "verified": True,
        "created_at": clock.now(),
    }
    await database.write(lambda c: insert_new(c, contact_points, [point]))
    return kept


async def placed(database: Database, kept: Accepted) -> dict[str, str]:
    [row] = [row for row in await rows(database, interactions) if row.id == kept.interaction_id]
    return {name: row.details[name] for name in row.details if name.startswith("placed")}


async def number(database: Database, conversation_id: str) -> int:
    found = [row for row in await rows(database, conversations) if row.id == conversation_id]
    return int(found[0].number)


async def work(database: Database, conversation_id: str, topic: str) -> None:
    await database.write(lambda c: add_work(c, conversation_id, topic=topic))


async def test_a_command_opens_nothing_that_waits(database: Database) -> None:
    stop = text_arrival(text="STOP", automatic=Automatic.COMMAND)
    await keep(database, stop)
    [row] = await rows(database, conversations)
    assert (row.state, row.resolved_at is not None) == ("resolved", True)
