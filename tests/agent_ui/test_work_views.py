"""Views of the work: a filter that somebody keeps under a name, with how much it shows."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from sqlalchemy import Connection

from builders import mail_arrival
from console_browser import desk
from console_house import House, Person, open_house, person
from hub import clock
from hub.store import agents, handing_over, work_lists, working
from hub.store.tables import audit_log, saved_views

SHOWN = "[data-part-of-list=view] .row-title"


async def three(house: House) -> None:
    for sender, subject in (("jan", "Order 1"), ("bo", "Order 2"), ("bo", "Hello 50%")):
        await house.receive(mail_arrival(f"{sender}@example.org", subject=subject, text="Please."))


async def test_a_filter_shows_only_what_fits_and_is_asked_for_again(
    house: House, anna: Person
) -> None:
    await three(house)
    page = await anna.get("/console?topic=order")
    assert page.texts(SHOWN) == ["Order 1", "Order 2"]
    assert page.text("[data-count=view]") == "2"
    opened = await anna.get(page.value(".row-link", "href"))
    assert opened.texts(SHOWN) == ["Order 1", "Order 2"]
    assert opened.has("loket-conversation")
    for query, found in (
        ("words=order+2", ["Order 2"]),
        ("words=50%25", ["Hello 50%"]),
        ("words=_", []),
        ("channel=chat", []),
        ("promised=late", []),
        ("part=mine", []),
        ("role=billing", []),
    ):
        assert (await anna.get(f"/console?{query}")).texts(SHOWN) == found, query
    item = await house.work_of(opened.value("loket-conversation", "data-id"))
    await anna.post(f"/console/work/{item.id}/claim")
    assert (await anna.get("/console?part=mine")).texts(SHOWN) == ["Order 1"]
    number = opened.text(".talk-facts").split()[0].removeprefix("#")
    assert (await anna.get(f"/console?words=%23{number}")).texts(SHOWN) == ["Order 1"]


async def test_work_of_other_roles_is_in_no_view(house: House, anna: Person) -> None:
    await house.receive(subject="Invoice 7")
    assert (await anna.get("/console?words=invoice")).texts(SHOWN) == []
    assert (await anna.get("/console?role=billing&part=waiting")).texts(SHOWN) == []


async def test_a_view_is_kept_counted_renamed_and_removed(house: House, anna: Person) -> None:
    await three(house)
    page = await anna.post("/console/views", name=" My  orders ", topic="order")
    assert page.texts(SHOWN) == ["Order 1", "Order 2"]
    assert page.text(".view-link[aria-current]") == "My orders 2 1"
    assert (await anna.get("/console/views")).text(".view-link") == "My orders 2 1"
    [row] = await house.rows(saved_views)
    page = await anna.post(f"/console/views/{row.id}", name="Orders")
    assert page.text("#view-title") == "Orders 2"
    await house.hire("carl", "Carl")
    async with person(house) as carl:
        await carl.sign_in("carl")
        assert not (await carl.get("/console")).has(".view-link")
        assert not (await carl.get(f"/console?view={row.id}")).has(SHOWN)
        for path in (f"/console/views/{row.id}", f"/console/views/{row.id}/remove"):
            assert (await carl.post(path, name="Theirs")).status == 404
    page = await anna.post(f"/console/views/{row.id}/remove")
    assert not page.has(".view-link")
    actions = [one.action for one in await house.rows(audit_log) if one.object == row.id]
    assert actions == ["view.kept", "view.renamed", "view.removed"]


async def test_a_view_needs_a_name_and_there_is_an_end_to_them(house: House, anna: Person) -> None:
    assert (await anna.post("/console/views", name=" ")).status == 400
    for number in range(30):
        await anna.post("/console/views", name=f"View {number}", topic="order")
    assert (await anna.post("/console/views", name="One more")).status == 409
    assert len(await house.rows(saved_views)) == 30


async def test_who_oversees_shares_a_view_with_a_role(
    house: House, anna: Person, ina: Person, bob: Person
) -> None:
    assert (await anna.post("/console/views", name="All", share="service")).status == 403
    assert (await ina.post("/console/views", name="All", share="nobody")).status == 400
    await ina.post("/console/views", name="Order talk", topic="order", share="service")
    await house.receive(subject="Order 1")
    page = await anna.get("/console")
    assert page.text(".view-link") == "Order talk Customer service 1 1"
    page = await anna.get(page.value(".view-link", "href"))
    assert "Shared by Ina Smit" in page.text(".views")
    assert not page.has("[data-change-view]")
    assert not (await bob.get("/console")).has(".view-link")
    [row] = await house.rows(saved_views)
    assert (await anna.post(f"/console/views/{row.id}/remove")).status == 404


@pytest_asyncio.fixture(loop_scope="session")
async def live_house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        await opened.hire("anna", "Anna de Wit")
        yield opened


@pytest.mark.asyncio(loop_scope="session")
async def test_a_view_is_made_and_followed_by_key(live_house: House, browser: Browser) -> None:
    first = await live_house.receive(subject="Order 1")
    await live_house.receive(subject="Hello")
    async with desk(browser, live_house) as at:
        await at.sign_in("anna", first.conversation_id)
        await at.page.fill("textarea[name=text]", "A note that I am writing")
        await at.page.locator("#talk").focus()
        await at.page.keyboard.press("q")
        await at.page.keyboard.type("order")
        await at.page.keyboard.press("Enter")
        await expect(at.page.locator(SHOWN)).to_have_text(["Order 1"])
        await at.page.locator("[data-keep-view] summary").press("Enter")
        await at.page.locator("[data-keep-view] [name=name]").press("Enter")
        await expect(at.page.locator(".view-link")).to_contain_text("order")
        await at.check_accessible()
        await live_house.receive(subject="Order 2")
        await expect(at.page.locator(SHOWN)).to_have_text(["Order 1", "Order 2"])
        await at.page.keyboard.press("0")
        await expect(at.page.locator("[data-count=queue]")).to_have_text("3")
        await live_house.receive(subject="Order 3")
        await expect(at.page.locator("[data-view-count]")).to_have_text("3")
        await at.page.keyboard.press("1")
        await expect(at.page.locator(SHOWN)).to_have_text(["Order 1", "Order 2", "Order 3"])
        assert await at.page.input_value("textarea[name=text]") == "A note that I am writing"
        await at.check_traps()


@pytest.mark.asyncio(loop_scope="session")
async def test_who_stands_in_a_view_that_goes_stands_in_the_work(
    live_house: House, browser: Browser
) -> None:
    await live_house.receive(subject="Order 1")
    async with person(live_house) as anna, desk(browser, live_house) as at:
        await anna.sign_in("anna")
        await anna.post("/console/views", name="Orders", words="order")
        [row] = await live_house.rows(saved_views)
        await at.sign_in("anna")
        await at.page.keyboard.press("1")
        await at.page.locator("[data-part-of-list=view] .row-link").focus()
        await anna.post(f"/console/views/{row.id}/remove")
        await live_house.receive(subject="Order 2")
        await expect(at.page.locator("[data-count=queue]")).to_have_text("2", timeout=15_000)
        await expect(at.page.locator("loket-work :focus")).to_have_count(1)
        await expect(at.page).to_have_url(f"{live_house.origin}/console")
        await at.check_traps()


@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_put_aside_stands_as_it_comes_back(
    live_house: House, browser: Browser
) -> None:
    await live_house.receive(subject="Order 3")
    await live_house.receive(subject="Order 1")
    await live_house.receive(subject="Order 2")

    def put_aside(connection: Connection, title: str) -> None:
        known = agents.find_by_login(connection, "anna")
        assert known is not None
        anna = known[0]
        [item] = [i for i in work_lists.in_queue(connection, anna, length=9) if i.title == title]
        working.claim(connection, item.id, anna)
        until = clock.now() + timedelta(hours=int(title[-1]))
        handing_over.snooze(connection, item.id, anna, until)

    async with desk(browser, live_house) as at:
        await at.sign_in("anna")
        shown = at.page.locator("[data-part-of-list=aside] .row-title")
        for title in ("Order 3", "Order 1", "Order 2"):
            await live_house.write(partial(put_aside, title=title))
        await expect(shown).to_have_text(["Order 1", "Order 2", "Order 3"])
        await live_house.console._feed.lose()
        await live_house.receive(subject="Order 4")
        await expect(at.page.locator("[data-part-of-list=queue] .row")).to_have_count(1)
        await expect(shown).to_have_text(["Order 1", "Order 2", "Order 3"])
        await at.check_traps()
