"""Correcting what a contact is about, without scripts; and the page about recognition."""

from console_house import House, Person
from hub.store.tables import topic_corrections, work_items

ORDER = {"subject": "Where is my order?", "text": "x"}


async def test_the_topic_is_shown_with_how_it_was_found(house: House, anna: Person) -> None:
    await house.receive(**ORDER)
    page = await anna.take_next()
    assert page.text(".chip-topic") == "Orders"
    assert page.text(".found-how") == "by words in it"


async def test_the_list_has_every_topic_and_says_where_another_role_is_responsible(
    house: House, anna: Person
) -> None:
    await house.receive(**ORDER)
    page = await anna.take_next()
    assert page.texts("select[name=topic] option") == ["Orders", "Invoices → Billing"]
    assert page.value("select[name=topic] option[selected]") == "order"
    assert not page.has("input[name=move][checked]")


async def test_a_correction_is_stored_and_the_work_stays_with_the_agent_who_is_told(
    house: House, anna: Person
) -> None:
    await house.receive(**ORDER)
    page = await anna.take_next()
    [item] = await house.rows(work_items)
    page = await anna.post(f"/console/work/{item.id}/topic", topic="invoice")
    assert page.status == 200
    assert "makes Billing responsible" in page.text("[role=alert]")
    assert page.text(".chip-topic") == "Invoices"
    assert page.text(".found-how") == "corrected"
    assert page.text(".chip-mine") == "You have it"
    assert "Anna de Wit changed the topic from “order” to “Invoices”." in page.texts(".why li")
    [item] = await house.rows(work_items)
    assert (item.topic, item.role, item.priority_minutes) == ("invoice", "service", 30)
    [row] = await house.rows(topic_corrections)
    assert (row.former, row.topic, row.how, row.moved) == ("order", "invoice", "words", False)
    await anna.post(f"/console/work/{item.id}/topic", topic="invoice", move="yes")
    [item] = await house.rows(work_items)
    assert (item.role, item.state) == ("billing", "waiting")
    assert len(await house.rows(topic_corrections)) == 1, "handing over corrects nothing"


async def test_the_work_moves_when_the_agent_says_so(
    house: House, anna: Person, bob: Person
) -> None:
    accepted = await house.receive(**ORDER)
    await anna.take_next()
    [item] = await house.rows(work_items)
    page = await anna.post(f"/console/work/{item.id}/topic", topic="invoice", move="yes")
    assert page.path == "/console"
    [item] = await house.rows(work_items)
    assert (item.role, item.state, item.agent_id) == ("billing", "waiting", None)
    page = await bob.take_next()
    assert page.path == f"/console/conversations/{accepted.conversation_id}"
    assert page.texts("select[name=topic] option") == ["Orders → Customer service", "Invoices"]


async def test_what_cannot_be_corrected_is_said(house: House, anna: Person, bob: Person) -> None:
    await house.receive(**ORDER)
    await anna.take_next()
    [item] = await house.rows(work_items)
    door = f"/console/work/{item.id}/topic"
    page = await anna.post(door, topic="weather")
    assert (page.status, page.text("[role=alert]")) == (
        422,
        "This topic is not in the model. Choose another.",
    )
    page = await anna.post(door, topic="order")
    assert (page.status, page.text("[role=alert]")) == (409, "This is its topic already.")
    assert (await bob.post(door, topic="invoice")).status == 404
    await anna.post(f"/console/work/{item.id}/resolve", seen="9")
    assert await house.rows(topic_corrections) == []
