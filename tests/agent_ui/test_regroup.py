"""An agent splits, merges and links conversations from the conversation itself, and undoes it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from builders import TOKENS, mail_arrival
from console_browser import desk
from console_house import House, Person, open_house, person
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


async def test_answers_with_one_subject_are_told_apart_where_one_splits(
    house: House, anna: Person, talk: str
) -> None:
    thread = Thread(token=TOKENS.sign(TOKEN_PURPOSE, talk.rpartition("/")[2]))
    again = "RE: Order 1 [#10002]"
    await house.receive(mail_arrival(subject=again, text="My invoice is wrong.", thread=thread))
    page = await anna.get(talk)
    assert page.texts("[data-split] option") == ["My invoice is wrong.", "Another thing"]
    page = await anna.post(f"{talk}/split", entry=page.value("[data-split] option"))
    assert page.text(".talk-title") == "RE: Order 1", "the number is that of the other"


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


@pytest_asyncio.fixture(loop_scope="session")
async def live_house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        await opened.hire("anna", "Anna de Wit")
        await opened.hire("carl", "Carl Smit")
        yield opened


@pytest.mark.asyncio(loop_scope="session")
async def test_who_looks_on_sees_messages_go_and_come_back_and_writes_on(
    live_house: House, browser: Browser
) -> None:
    first = await live_house.receive(mail_arrival(subject="Order 1"))
    thread = Thread(token=TOKENS.sign(TOKEN_PURPOSE, first.conversation_id))
    await live_house.receive(mail_arrival(subject="Another thing", thread=thread))
    talk = f"/console/conversations/{first.conversation_id}"
    async with desk(browser, live_house) as at, person(live_house) as carl:
        await carl.sign_in("carl")
        item = await live_house.work_of(first.conversation_id)
        await carl.post(f"/console/work/{item.id}/claim")
        await at.sign_in("anna", first.conversation_id)
        await at.page.fill("textarea[name=text]", "A note in the making")
        subjects = at.page.locator(".entry-subject")
        await expect(subjects).to_have_text(["Order 1", "Another thing"])
        page = await carl.get(talk)
        await carl.post(f"{talk}/split", entry=page.value("[data-split] option"))
        await expect(subjects).to_have_text(["Order 1"])
        await expect(at.page.locator(".pill")).to_have_count(0)
        page = await carl.get(talk)
        await carl.post(page.value("[data-regrouped] form", "action"))
        await expect(subjects).to_have_text(["Order 1", "Another thing"])
        await expect(at.page.locator("textarea[name=text]")).to_have_value("A note in the making")
        await expect(at.page.locator("textarea[name=text]")).to_be_focused()
        await at.check_traps()


@pytest.mark.asyncio(loop_scope="session")
async def test_who_writes_in_what_is_merged_away_goes_along_with_what_they_typed(
    live_house: House, browser: Browser
) -> None:
    kept = await live_house.receive(mail_arrival(subject="Order 1"))
    other = await live_house.receive(mail_arrival(subject="Order 2"))
    area = "textarea[name=text]"
    async with desk(browser, live_house) as at, person(live_house) as carl:
        await carl.sign_in("carl")
        item = await live_house.work_of(other.conversation_id)
        await carl.post(f"/console/work/{item.id}/claim")
        await at.sign_in("anna", other.conversation_id)
        await at.page.fill(area, "Ask for")
        await expect(at.page.locator("[data-draft-state]")).to_have_text("Draft kept")
        await at.page.type(area, " the number")
        there = f"/console/conversations/{other.conversation_id}"
        await carl.post(f"{there}/merge", into=kept.conversation_id)
        await at.page.wait_for_url(f"**/{kept.conversation_id}")
        await expect(at.page.locator(area)).to_have_value("Ask for the number")
        await expect(at.page.locator(area)).to_be_focused()
        await expect(at.page.locator("#toasts")).to_contain_text("is one with another")
        await at.page.keyboard.type("!")
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator(".entry-note .text")).to_have_text("Ask for the number!")
        await at.done()
        await at.check_traps()


async def test_a_note_for_what_was_merged_meanwhile_is_kept_where_it_is_now(
    house: House, anna: Person, talk: str
) -> None:
    kept = await house.receive(mail_arrival(subject="Order 2"))
    page = await anna.get(talk)
    there = f"/console/conversations/{kept.conversation_id}"
    await anna.post(f"{talk}/merge", into=kept.conversation_id)
    done = await anna.post(f"{talk}/entries", mode="note", text="Ask for it", seen="2")
    assert (done.path, done.text(".entry-note .text")) == (there, "Ask for it")
    refused = await anna.reply(page, "Dear Jan")
    assert (refused.status, refused.text("loket-composer textarea")) == (409, "Dear Jan")
    assert refused.texts(".entry-subject")[-1] == "Order 2", "they read what is new to them first"


@pytest.mark.asyncio(loop_scope="session")
async def test_the_key_that_splits_leads_to_no_merging_where_nothing_can_be_split(
    live_house: House, browser: Browser
) -> None:
    accepted = await live_house.receive(mail_arrival(subject="Order 1"))
    await live_house.receive(mail_arrival(subject="Order 2"))
    async with desk(browser, live_house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        await at.page.keyboard.press("Shift+S")
        await expect(at.page.locator("[data-split] p")).to_be_focused()
        await expect(at.page.locator("[data-split] p")).to_contain_text("nothing to split")
        await at.page.keyboard.press("Escape")
        await expect(at.page.locator("[data-regroup] > summary")).to_be_focused()
        await at.page.keyboard.press("Shift+M")
        await expect(at.page.locator("[data-merge] select")).to_be_focused()
        await at.check_traps()
