"""Sessions in the store: every change is kept once and in order, nothing is lost."""

import asyncio
from typing import Any

import pytest

from hub.errors import Rejected
from hub.events import WorkshopChanged
from hub.store import Database, agents, boards, workshop_people, workshops
from hub.store.inserting import digest
from hub.store.tables import workshop_fields
from hub.store.workshop_people import Standing
from hub.store.workshops import Workshop
from hub.workshop import Write
from stores import count, told

CARD = "topic.a"


@pytest.fixture
async def workshop(database: Database) -> Workshop:
    first = [Write(CARD, "title_en", "Delivery")]
    return await database.write(
        lambda c: workshops.start(c, "Model", by="ina", based_on=None, writes=first)
    )


async def write(
    database: Database, workshop: Workshop, *writes: Write, by: str = "a", operation: str = ""
) -> int:
    made = operation or digest(by, str(writes))
    return await database.write(
        lambda c: boards.write(c, workshop.id, writes, by=by, operation=made)
    )


async def undo(database: Database, workshop: Workshop, by: str, **which: Any) -> int:
    return await database.write(
        lambda c: boards.undo(c, workshop.id, by=by, operation=f"undo {by} {which}", **which)
    )


async def cards(database: Database, workshop: Workshop) -> dict[str, dict[str, Any]]:
    found = await database.read(lambda c: boards.fields_of(c, workshop.id))
    return boards.cards_in(found)


async def other(database: Database, workshop: Workshop, field: str) -> Any:
    found = await database.read(lambda c: boards.fields_of(c, workshop.id))
    return next(dict(one.other) for one in found if one.field == field)


async def test_what_is_written_stands_and_is_told(database: Database, workshop: Workshop) -> None:
    number = await write(database, workshop, Write(CARD, "rank", 2), Write(CARD, "gone", True))
    assert number == 1
    assert await cards(database, workshop) == {
        CARD: {"title_en": "Delivery", "rank": 2, "gone": True}
    }
    [event] = [one.event for one in await told(database)]
    assert event == WorkshopChanged(workshop_id=workshop.id, number=1)
    await write(database, workshop, Write(CARD, "gone", None))
    assert (await cards(database, workshop))[CARD] == {"title_en": "Delivery", "rank": 2}


async def test_an_operation_counts_once_and_what_changes_nothing_is_no_change(
    database: Database, workshop: Workshop
) -> None:
    for _ in range(2):
        assert await write(database, workshop, Write(CARD, "rank", 2), operation="x") == 1
    assert await write(database, workshop, Write(CARD, "rank", 2), operation="y") == 1
    assert await count(database, workshop_fields) == 2
    assert len(await database.read(lambda c: boards.history(c, workshop.id))) == 1


async def test_of_two_values_for_one_field_the_last_counts(
    database: Database, workshop: Workshop
) -> None:
    await write(database, workshop, Write(CARD, "rank", 1), Write(CARD, "rank", 2))
    assert (await cards(database, workshop))[CARD]["rank"] == 2


async def test_many_at_once_get_a_number_each(database: Database, workshop: Workshop) -> None:
    numbers = await asyncio.gather(
        *(
            write(database, workshop, Write(f"topic.t{n}", "title_en", "x"), by=f"p{n}")
            for n in range(8)
        )
    )
    assert sorted(numbers) == list(range(1, 9))


async def test_the_last_writer_wins_and_what_the_other_wrote_is_kept_beside_it(
    database: Database, workshop: Workshop
) -> None:
    await write(database, workshop, Write(CARD, "title_en", "Deliveries", 0), by="anna")
    assert await other(database, workshop, "title_en") == {}
    await write(database, workshop, Write(CARD, "title_en", "Parcels", 0), by="bob")
    assert (await cards(database, workshop))[CARD]["title_en"] == "Parcels"
    assert await other(database, workshop, "title_en") == {"value": "Deliveries", "by": "anna"}
    # Somebody who has seen both decides.
    await write(database, workshop, Write(CARD, "title_en", "Parcels"), by="anna")
    assert await other(database, workshop, "title_en") == {}


async def test_who_has_seen_the_other_value_writes_over_it_without_more(
    database: Database, workshop: Workshop
) -> None:
    seen = await write(database, workshop, Write(CARD, "title_en", "Deliveries", 0), by="anna")
    await write(database, workshop, Write(CARD, "title_en", "Parcels", seen), by="bob")
    assert await other(database, workshop, "title_en") == {}


async def test_people_take_back_what_is_theirs_one_by_one(
    database: Database, workshop: Workshop
) -> None:
    await write(database, workshop, Write(CARD, "title_en", "One"), by="anna")
    await write(database, workshop, Write("topic.b", "title_en", "Of Bob"), by="bob")
    await write(database, workshop, Write(CARD, "title_nl", "Twee"), by="anna")
    await undo(database, workshop, "anna")
    assert "title_nl" not in (await cards(database, workshop))[CARD]
    await database.write(lambda c: boards.undo(c, workshop.id, by="anna", operation="again"))
    assert (await cards(database, workshop))[CARD]["title_en"] == "Delivery"
    with pytest.raises(Rejected, match="nothing to take back"):
        await database.write(
            lambda c: boards.undo(c, workshop.id, by="anna", operation="once more")
        )
    assert "topic.b" in await cards(database, workshop)


async def test_taking_back_leaves_what_others_wrote_over_it(
    database: Database, workshop: Workshop
) -> None:
    await write(
        database, workshop, Write(CARD, "title_en", "One"), Write(CARD, "rank", 3), by="anna"
    )
    await write(database, workshop, Write(CARD, "title_en", "Two", 1), by="bob")
    await undo(database, workshop, "anna")
    assert (await cards(database, workshop))[CARD] == {"title_en": "Two"}
    with pytest.raises(Rejected, match="written over it"):
        await undo(database, workshop, "bob", number=1)


async def test_a_closed_session_is_only_read(database: Database, workshop: Workshop) -> None:
    await database.write(lambda c: workshops.close(c, workshop.id, by="ina"))
    assert await database.read(lambda c: workshops.with_code(c, workshop.code)) is None
    with pytest.raises(Rejected, match="closed"):
        await write(database, workshop, Write(CARD, "rank", 2))
    await database.write(lambda c: workshops.close(c, workshop.id, by="ina", again=True))
    found = await database.read(
        lambda c: workshops.with_code(c, f"{workshop.code[:4]}-{workshop.code[4:]}".upper())
    )
    assert found is not None
    assert await write(database, workshop, Write(CARD, "rank", 2)) == 1


async def test_a_guest_waits_is_let_in_and_sent_away(
    database: Database, workshop: Workshop
) -> None:
    guest, token = await database.write(lambda c: workshop_people.ask(c, workshop.id, "Gert"))
    assert guest.state is Standing.WAITING
    assert guest.token_hash != token

    async def mine() -> workshop_people.Person | None:
        return await database.read(lambda c: workshop_people.guest(c, workshop.id, token))

    await database.write(lambda c: workshop_people.let_in(c, workshop.id, guest.id, by="ina"))
    known = await mine()
    assert known is not None
    assert known.state is Standing.IN
    await database.write(lambda c: workshop_people.send_away(c, workshop.id, guest.id, by="ina"))
    assert await mine() is None
    with pytest.raises(Rejected):
        await database.write(lambda c: workshop_people.let_in(c, workshop.id, guest.id, by="ina"))


async def test_no_more_guests_than_may_wait(database: Database, workshop: Workshop) -> None:
    for number in range(workshop_people.MOST_WAITING):
        await database.write(lambda c, n=number: workshop_people.ask(c, workshop.id, f"G{n}"))
    with pytest.raises(Rejected, match="Too many"):
        await database.write(lambda c: workshop_people.ask(c, workshop.id, "One more"))
    await database.write(lambda c: workshops.let_guests(c, workshop.id, may=False, by="ina"))
    with pytest.raises(Rejected, match="no guests"):
        await database.write(lambda c: workshop_people.ask(c, workshop.id, "Another"))


async def test_an_agent_is_one_person_however_often_they_come(
    database: Database, workshop: Workshop
) -> None:
    agent_id = await database.write(
        lambda c: agents.add(c, login="anna", name="Anna", password_hash="x", held=[])
    )
    agent = await database.read(lambda c: agents.find(c, agent_id))
    assert agent is not None
    first = await database.write(lambda c: workshop_people.enter(c, workshop.id, agent))
    again = await database.write(lambda c: workshop_people.enter(c, workshop.id, agent))
    assert first.id == again.id
    before = (await database.read(lambda c: workshops.find(c, workshop.id))).people_number
    for present in (True, True, False):
        await database.write(lambda c, p=present: workshop_people.seen(c, first, present=p))
    after = (await database.read(lambda c: workshops.find(c, workshop.id))).people_number
    assert after - before == 2  # came, and went
