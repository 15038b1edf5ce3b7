"""Two people want the same work, or write at the same time."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from builders import mail_arrival
from console_house import House, Person, person
from hub.interaction import Thread
from hub.store.tables import interactions, work_items


@pytest.fixture
async def carl(house: House) -> AsyncIterator[Person]:
    """Another agent of customer service."""
    await house.hire("carl", "Carl Visser")
    async with person(house) as one:
        await one.sign_in("carl")
        yield one


async def test_of_two_who_claim_one_gets_it_and_the_other_is_told_who(
    house: House, anna: Person, carl: Person
) -> None:
    accepted = await house.receive()
    item = await house.work_of(accepted.conversation_id)
    pages = await asyncio.gather(*(p.post(f"/console/work/{item.id}/claim") for p in (anna, carl)))
    won, lost = sorted(pages, key=lambda page: page.status)
    assert (won.status, lost.status) == (200, 409)
    assert won.text(".chip-mine") == "You have it"
    assert lost.text("[role=alert]") in ("Anna de Wit has it.", "Carl Visser has it.")
    assert not lost.has("select[name=way]"), "whoever lost can leave a note, not answer"
    item = await house.work_of(accepted.conversation_id)
    assert (item.state, item.epoch) == ("assigned", 2)


async def test_everyone_who_takes_the_next_gets_another(
    house: House, anna: Person, carl: Person
) -> None:
    for number in range(6):
        await house.receive(subject=f"Order {number}")
    pages = await asyncio.gather(*(p.take_next() for p in (anna, carl) * 3))
    assert len({page.path for page in pages}) == 6
    assert {row.state for row in await house.rows(work_items)} == {"assigned"}
    page = await anna.take_next()
    assert page.path == "/console", "nothing is left"


async def test_nobody_answers_what_a_colleague_holds(
    house: House, anna: Person, carl: Person
) -> None:
    await house.receive()
    page = await anna.take_next()
    seen = await carl.get(page.path)
    assert "Anna de Wit has it" in seen.text(".talk-facts")
    refused = await carl.reply(page, "Me too")
    assert (refused.status, refused.text("[role=alert]")) == (409, "Anna de Wit has it.")
    item = (await house.rows(work_items))[0]
    for action in ("release", "resolve"):
        refused = await carl.post(f"/console/work/{item.id}/{action}", seen="1")
        assert refused.status == 409
    noted = await carl.reply(page, "I know this customer.", mode="note")
    assert noted.texts(".entry-note .entry-who") == ["Carl Visser"]


async def test_answering_takes_what_nobody_holds(house: House, anna: Person) -> None:
    accepted = await house.receive()
    page = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    page = await anna.reply(page, "On its way.")
    assert page.text(".chip-mine") == "You have it"


async def test_an_answer_is_not_sent_past_a_message_that_nobody_read(
    house: House, anna: Person
) -> None:
    await house.receive(mail_arrival("jan@example.org", message_id="one@example.org"))
    page = await anna.take_next()
    again = mail_arrival(
        "jan@example.org",
        text="Never mind, it came.",
        thread=Thread(references=("one@example.org",), own=("two@example.org",)),
    )
    await house.receive(again)
    stopped = await anna.reply(page, "We will search for it.")
    assert stopped.status == 409
    assert "not sent yet" in stopped.text("[role=alert]")
    assert stopped.texts(".entry .text")[-1] == "Never mind, it came."
    assert stopped.text("textarea[name=text]") == "We will search for it."
    sent = await anna.reply(stopped, "Good to hear.")
    assert sent.texts(".entry-outbound .text") == ["Good to hear."]


async def test_nothing_is_resolved_past_a_message_that_nobody_read(
    house: House, anna: Person
) -> None:
    await house.receive(mail_arrival("jan@example.org", message_id="one@example.org"))
    page = await anna.take_next()
    thread = Thread(references=("one@example.org",), own=("two@example.org",))
    await house.receive(mail_arrival("jan@example.org", text="And another thing", thread=thread))
    item = (await house.rows(work_items))[0]
    stopped = await anna.post(
        f"/console/work/{item.id}/resolve", seen=page.value("input[name=seen]")
    )
    assert stopped.status == 409
    assert "not resolved yet" in stopped.text("[role=alert]")
    item = (await house.rows(work_items))[0]
    assert item.state == "assigned"
    assert {row.kind for row in await house.rows(interactions)} == {"message"}


async def test_a_released_item_keeps_its_age(house: House, anna: Person) -> None:
    accepted = await house.receive()
    before = await house.work_of(accepted.conversation_id)
    await anna.take_next()
    page = await anna.post(f"/console/work/{before.id}/release")
    assert page.path == "/console"
    after = await house.work_of(accepted.conversation_id)
    assert (after.state, after.agent_id) == ("waiting", None)
    assert after.waiting_since == before.waiting_since


async def test_what_is_resolved_cannot_be_answered(house: House, anna: Person) -> None:
    accepted = await house.receive()
    page = await anna.take_next()
    item = await house.work_of(accepted.conversation_id)
    await anna.post(f"/console/work/{item.id}/resolve", seen="1")
    refused = await anna.reply(page, "One more thing", seen="99")
    assert refused.status == 409
    assert "is resolved" in refused.text("[role=alert]")
