"""Colleagues are asked: by a name in a note, or to approve something in time."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console_house import MODEL, House, Person, open_house, person
from hub.store.tables import asked_colleagues

APPROVED = MODEL.replace(
    'nl: "U mag tot EUR 50 terugbetalen."}',
    'nl: "U mag tot EUR 50 terugbetalen.", approver: billing, within: 2h}',
)


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, model_text=APPROVED) as opened:
        yield opened


async def asked(house: House, anna: Person) -> str:
    """A request to billing; gives the path of the conversation."""
    accepted = await house.receive(subject="Order 12")
    item = await house.work_of(accepted.conversation_id)
    page = await anna.post(f"/console/work/{item.id}/claim")
    assert page.text(".ask-approval button") == "Ask Billing"
    fields = {"role": "billing", "what": "Refund EUR 80"}
    page = await anna.post(f"/console/work/{item.id}/approval", **fields)
    assert "Anna de Wit asked to approve: Refund EUR 80" in page.text(".event")
    return page.path


async def test_who_holds_the_role_approves_and_who_asked_is_told(
    house: House, anna: Person, bob: Person
) -> None:
    path = await asked(house, anna)
    page = await bob.get("/console")
    assert "Refund EUR 80" in page.text(".asked .text")
    assert page.text(".asked .deadline").startswith("due in")
    assert (await bob.get(path)).status == 200
    request = page.value(".asked", "data-asked")
    await bob.post(f"/console/asked/{request}", answer="yes")
    assert not (await bob.get("/console")).has(".asked")
    page = await anna.get(path)
    assert "Bob Kramer approved: Refund EUR 80" in page.texts(".event")[-1]
    assert "approved this" in page.text(".asked .offer-title")
    assert (await bob.post(f"/console/asked/{request}", answer="no")).status == 409
    await anna.post(f"/console/asked/{request}", answer="seen")
    assert not (await anna.get("/console")).has(".asked")


async def test_nobody_approves_their_own_request_or_somebody_elses(
    house: House, anna: Person
) -> None:
    await asked(house, anna)
    [request] = await house.rows(asked_colleagues)
    await anna.post(f"/console/asked/{request.id}", answer="yes")
    [request] = await house.rows(asked_colleagues)
    assert (request.answer, request.is_over) == ("", False)
    await house.hire("carl", "Carl")
    async with person(house) as carl:
        await carl.sign_in("carl")
        assert (await carl.post(f"/console/asked/{request.id}", answer="yes")).status == 404
        assert not (await carl.get("/console")).has(".asked")


async def test_only_a_role_of_the_model_is_asked_and_only_for_something(
    house: House, anna: Person
) -> None:
    accepted = await house.receive(subject="Order 12")
    item = await house.work_of(accepted.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    for fields in ({"role": "service", "what": "x"}, {"role": "billing", "what": " "}):
        page = await anna.post(f"/console/work/{item.id}/approval", **fields)
        assert page.has("[role=alert]")
    assert await house.rows(asked_colleagues) == []


async def test_who_is_named_in_a_note_is_told_and_may_read(
    house: House, anna: Person, bob: Person
) -> None:
    accepted = await house.receive(subject="Order 12")
    path = f"/console/conversations/{accepted.conversation_id}"
    assert (await bob.get(path)).status == 404
    text = "@Bob can you look? Not a@bob.example, @nobody or @anna."
    await anna.post(f"{path}/entries", mode="note", text=text)
    page = await bob.get("/console")
    assert page.text(".asked .offer-title") == "mentions you"
    assert page.text(".asked .text").startswith("@Bob can you look?")
    assert (await bob.get(path)).status == 200
    assert len(await house.rows(asked_colleagues)) == 1
    await bob.post(f"/console/asked/{page.value('.asked', 'data-asked')}", answer="seen")
    assert not (await bob.get("/console")).has(".asked")
    assert (await bob.get(path)).status == 200
