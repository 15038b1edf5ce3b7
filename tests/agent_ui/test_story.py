"""The thin path: sign in, see the work, take it, answer, note, resolve. Without scripts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console_house import House, Person, open_house, person
from hub.store.tables import audit_log, conversations, work_items


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def anna(house: House) -> AsyncIterator[Person]:
    await house.hire("anna", "Anna de Wit")
    async with person(house) as one:
        await one.sign_in("anna")
        yield one


async def test_a_mail_is_taken_answered_and_resolved(house: House, anna: Person) -> None:
    accepted = await house.receive(sender="jan@example.org")
    page = await anna.get("/console")
    assert page.texts("[data-part-of-list=queue] .row-title") == ["Where is my order?"]

    page = await anna.post("/console/take")
    assert page.path == f"/console/conversations/{accepted.conversation_id}"
    assert page.text("h1") == "Where is my order?"
    assert page.texts("[data-part-of-list=mine] .row-title") == ["Where is my order?"]

    page = await anna.post(
        page.path + "/entries",
        mode="reply",
        way=page.value("select[name=way] option"),
        subject=page.value("input[name=subject]"),
        text="It is on its way.",
        seen=page.value("input[name=seen]"),
    )
    assert page.status == 200
    assert page.texts(".entry-outbound .text") == ["It is on its way."]
    assert page.texts(".entry-outbound .entry-subject") == ["Re: Where is my order?"]

    item = (await house.rows(work_items))[0]
    assert item.first_response_at is not None
    page = await anna.post(
        f"/console/work/{item.id}/resolve",
        seen=page.value("input[name=seen]"),
        **{"result.outcome": "found", "result.remark": "It lay at the neighbours."},
    )
    assert page.path == "/console"
    item = (await house.rows(work_items))[0]
    assert item.state == "done"
    assert (await house.rows(conversations))[0].state == "resolved"
    actions = [row.action for row in await house.rows(audit_log)]
    assert actions == [
        "work_item.claimed",
        "work_item.answered",
        "interaction.replied",
        "work_item.resolved",
    ]
    page = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    assert "It lay at the neighbours." in page.text(".event")
