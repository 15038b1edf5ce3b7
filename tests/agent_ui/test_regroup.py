"""An agent splits, merges and links conversations from the conversation itself, and undoes it."""

import pytest

from builders import TOKENS, mail_arrival
from console_house import House, Person
from hub.interaction import Thread
from hub.store import relating
from hub.store.threads import TOKEN_PURPOSE


@pytest.fixture
async def talk(house: House, anna: Person) -> str:
    """Where Jan wrote twice, which Anna has; gives its address."""
    first = await house.receive(mail_arrival(subject="Order 1"))
    thread = Thread(token=TOKENS.sign(TOKEN_PURPOSE, first.conversation_id))
    await house.receive(mail_arrival(subject="Another thing", thread=thread))
    item = await house.work_of(first.conversation_id)
    return (await anna.post(f"/console/work/{item.id}/claim")).path


async def test_an_agent_splits_a_conversation_and_undoes_it(
    house: House, anna: Person, talk: str
) -> None:
    page = await anna.get(talk)
    assert page.texts("[data-split] option") == ["Another thing"]
    entry = page.value("[data-split] option")
    page = await anna.post(f"{talk}/split", entry=entry)
    assert (page.path != talk, page.text(".talk-title")) == (True, "Another thing")
    assert "Anna de Wit split this off from conversation #10002" in page.text(".event")
    split = page.path
    page = await anna.get(talk)
    assert page.text("[data-regrouped] li").startswith("#10003 Another thing was split off")
    undo = page.value("[data-regrouped] form", "action")
    page = await anna.post(undo)
    assert (page.path, page.texts(".entry-subject")) == (talk, ["Order 1", "Another thing"])
    assert (await anna.get(split)).path == talk, "the address of what is merged leads there"
    assert (await anna.post(f"{talk}/split", entry="none")).status == 404


async def test_an_agent_merges_two_and_undoes_it(house: House, anna: Person, talk: str) -> None:
    other = await house.receive(mail_arrival(subject="Order 2"))
    page = await anna.get(talk)
    assert page.texts("[data-merge] option") == ["#10003 Order 2 (Open)"]
    page = await anna.post(f"{talk}/merge", into=page.value("[data-merge] option"))
    assert page.path.endswith(other.conversation_id)
    assert page.texts(".entry-subject") == ["Order 1", "Another thing", "Order 2"]
    assert page.text(".chip-mine") == "You have it"
    page = await anna.post(page.value("[data-regrouped] form", "action"))
    assert page.texts(".entry-subject") == ["Order 2"]
    assert (await anna.get(talk)).texts(".entry-subject") == ["Order 1", "Another thing"]


async def test_an_agent_links_what_they_can_see(
    house: House, anna: Person, bob: Person, talk: str
) -> None:
    other = await house.receive(mail_arrival("kees@example.org", subject="Order 3"))
    invoice = await house.receive(mail_arrival("eva@example.org", subject="Invoice 4"))
    page = await anna.post(f"{talk}/link", number="#10003")
    told = page.text("[data-head] [data-linked] li")
    assert told.startswith("Linked #10003 Order 3 Open · kees@example.org Unlink")
    there = f"/console/conversations/{other.conversation_id}"
    assert page.value("[data-linked] a", "href") == there
    assert (await anna.get(there)).text("[data-head] [data-linked] a") == "#10002 Order 1"
    for wrong in ("#10004", "x", "99999"):
        page = await anna.post(f"{talk}/link", number=wrong)
        assert (page.status, page.text(".notice")) == (
            422,
            "You can see no conversation with this number.",
        )
    page = await anna.post(f"{talk}/unlink", other=other.conversation_id)
    assert not page.has("[data-linked] li")
    assert (await bob.post(f"{talk}/link", number="#10004")).status == 404
    into = {"into": invoice.conversation_id}
    assert (await anna.post(f"{talk}/merge", **into)).status == 404


async def test_a_link_tells_nothing_of_what_the_agent_may_not_read(
    house: House, anna: Person, talk: str
) -> None:
    invoice = await house.receive(mail_arrival("eva@example.org", subject="Invoice 4"))
    mine, theirs = talk.rpartition("/")[2], invoice.conversation_id
    await house.write(lambda c: relating.relate(c, mine, theirs, by="sam"))
    assert not (await anna.get(talk)).has("[data-linked] li")
