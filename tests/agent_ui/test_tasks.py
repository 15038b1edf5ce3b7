"""Tasks for another role: work of theirs, without which the conversation cannot be resolved."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from builders import text_arrival
from console_browser import desk
from console_house import House, Page, Person, open_house, person
from hub import clock
from hub.store import portal_views, work_facts, work_items
from hub.store.tables import deadlines, tasks
from hub.store.tables import work_facts as facts

WHAT = "Check the invoice\nIs it paid twice?"


async def held(house: House, anna: Person) -> tuple[str, str]:
    """Anna has a conversation about an order; gives the ids of the work and the conversation."""
    accepted = await house.receive(subject="Order 12")
    item = await house.work_of(accepted.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    return item.id, accepted.conversation_id


async def asked(house: House, anna: Person, **fields: str) -> tuple[str, str]:
    item_id, conversation_id = await held(house, anna)
    given = {"role": "billing", "what": WHAT} | fields
    page = await anna.post(f"/console/work/{item_id}/tasks", **given)
    assert page.text(".task").startswith("asked for Check the invoice Billing")
    return item_id, conversation_id


async def resolve(who: Person, item_id: str, path: str, **fields: str) -> Page:
    seen = (await who.get(path)).value("input[data-seen]")
    return await who.post(f"/console/work/{item_id}/resolve", seen=seen, **fields)


async def test_what_was_asked_is_done_before_the_conversation_is_resolved(
    house: House, anna: Person, bob: Person
) -> None:
    item_id, conversation_id = await asked(house, anna)
    path = f"/console/conversations/{conversation_id}"
    page = await resolve(anna, item_id, path)
    assert page.status == 409
    assert "not done yet: Check the invoice" in page.text("[role=alert]")
    page = await bob.get("/console")
    assert page.texts("[data-part-of-list=queue] .row-title") == ["Check the invoice"]
    page = await bob.take_next()
    assert "Is it paid twice?" in page.text(".entry-note .text")
    assert "Anna de Wit asks for this in" in page.text("p.tasks")
    assert (await bob.get(page.value("p.tasks a", "href"))).status == 200
    assert not page.has("[data-task]")
    own = await house.work_of(page.value("loket-conversation", "data-id"))
    await resolve(bob, own.id, page.path, **{"result.remark": "It was not"})
    page = await anna.get(path)
    assert "Bob Kramer did what was asked" in page.texts(".event")[-1]
    assert "It was not" in page.texts(".event")[-1]
    assert page.text(".task .chip") == "done"
    assert page.text(".asked .offer-title") == "did what you asked for"
    await anna.post(f"/console/asked/{page.value('.asked', 'data-asked')}", answer="seen")
    assert not (await anna.get("/console")).has(".asked")
    await resolve(anna, item_id, path)
    assert (await house.work_of(conversation_id)).state == "done"


async def test_who_asked_goes_on_without_it_and_says_why(
    house: House, anna: Person, bob: Person
) -> None:
    item_id, conversation_id = await asked(house, anna)
    [task] = await house.rows(tasks)
    own = await bob.take_next()
    for who, status in ((bob, 403), (anna, 400)):
        assert (await who.post(f"/console/tasks/{task.id}/skip", reason="")).status == status
    await house.hire("carl", "Carl", [])
    async with person(house) as carl:
        await carl.sign_in("carl")
        assert (await carl.post(f"/console/tasks/{task.id}/skip", reason="x")).status == 404
    page = await anna.post(f"/console/tasks/{task.id}/skip", reason="She found it")
    assert page.text(".task q") == "She found it"
    assert "went on without it" in page.texts(".event")[-1]
    assert (await bob.get(own.path)).text(".chip-resolved") == "Resolved"
    assert (await anna.post(f"/console/tasks/{task.id}/skip", reason="x")).status == 409
    await resolve(anna, item_id, f"/console/conversations/{conversation_id}")
    assert (await house.work_of(conversation_id)).state == "done"


async def test_a_task_has_its_time(house: House, anna: Person, bob: Person) -> None:
    at = (clock.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    await asked_with_time(house, anna, at)
    page = await bob.get("/console")
    assert page.text("[data-part-of-list=queue] .deadline").startswith("due in")
    page = await bob.take_next()
    assert page.text(".clock-head strong") == "Task"
    await resolve(bob, (await house.work_of(page.path.split("/")[-1])).id, page.path)
    [one] = [row for row in await house.rows(deadlines) if row.promise == "next_response"]
    assert one.state == "met"


async def asked_with_time(house: House, anna: Person, at: str) -> None:
    item_id, _ = await held(house, anna)
    fields = {"role": "billing", "what": WHAT, "at": at, "zone": "UTC"}
    page = await anna.post(f"/console/work/{item_id}/tasks", **fields)
    assert "before" in page.text(".task")


async def test_only_something_can_be_asked_of_another_role_in_time(
    house: House, anna: Person
) -> None:
    item_id, _ = await held(house, anna)
    for fields in (
        {"role": "service", "what": "x"},
        {"role": "nobody", "what": "x"},
        {"role": "billing", "what": " "},
        {"role": "billing", "what": "x", "at": "2020-01-01T10:00", "zone": "UTC"},
        {"role": "billing", "what": "x", "at": "x", "zone": "UTC"},
    ):
        page = await anna.post(f"/console/work/{item_id}/tasks", **fields)
        assert page.has("[role=alert]"), fields
    assert await house.rows(tasks) == []


async def test_the_customer_never_sees_a_task_and_does_not_write_in_it(
    house: House, anna: Person, bob: Person
) -> None:
    accepted = await house.receive(text_arrival())
    item = await house.work_of(accepted.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    await anna.post(f"/console/work/{item.id}/tasks", role="billing", what=WHAT)
    [task] = await house.rows(tasks)
    sight = portal_views.Sight(item.customer_id)
    shown = await house.database.read(lambda c: portal_views.requests(c, sight))
    assert [one.id for one in shown] == [accepted.conversation_id]
    found = await house.database.read(lambda c: portal_views.request(c, sight, task.own_id))
    assert found is None
    again = await house.receive(text_arrival())
    assert again.conversation_id == accepted.conversation_id
    page = await bob.take_next()
    assert page.value("loket-composer", "data-may") == "note"
    refused = await bob.reply(page, "Dear customer")
    assert refused.status == 409
    own = await house.work_of(task.own_id)
    await resolve(bob, own.id, page.path)
    await house.database.write(work_facts.write_missing)
    assert await house.rows(facts) == []


async def test_what_was_dropped_is_offered_to_nobody(house: House, anna: Person) -> None:
    await asked(house, anna)
    [task] = await house.rows(tasks)
    await anna.post(f"/console/tasks/{task.id}/skip", reason="Not needed")
    own = await house.work_of(task.own_id)
    assert (own.state, own.agent_id) == (work_items.DONE, None)


@pytest_asyncio.fixture(loop_scope="session")
async def live_house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        await opened.hire("anna", "Anna de Wit")
        await opened.hire("bob", "Bob Kramer", ["billing"])
        yield opened


@pytest.mark.asyncio(loop_scope="session")
async def test_a_task_is_asked_for_by_key_and_seen_to_be_done(
    live_house: House, browser: Browser
) -> None:
    accepted = await live_house.receive(subject="Order 1")
    async with desk(browser, live_house) as at, person(live_house) as bob:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        await at.page.keyboard.press("Shift+T")
        await at.page.fill("[data-task] textarea", "Check the invoice")
        await at.page.locator("[data-task] button").press("Enter")
        await expect(at.page.locator(".task .chip")).to_have_text("asked for")
        await at.done()
        await at.check_accessible()
        await bob.sign_in("bob")
        page = await bob.take_next()
        await resolve(bob, (await live_house.work_of(page.path.split("/")[-1])).id, page.path)
        await expect(at.page.locator(".task .chip")).to_have_text("done")
        await expect(at.page.locator(".asked .offer-title")).to_have_text("did what you asked for")
        await at.check_traps()
