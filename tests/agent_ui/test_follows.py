"""Agents follow conversations: they are told of news in them, whoever does the work."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from builders import mail_arrival
from console_browser import desk
from console_house import House, Person, open_house, person

SHOWN = "[data-part-of-list=view] .row"


async def held(house: House, who: Person) -> str:
    """Somebody has a conversation; gives its path."""
    accepted = await house.receive(mail_arrival("jan@example.org", message_id="one@x.example"))
    item = await house.work_of(accepted.conversation_id)
    return (await who.post(f"/console/work/{item.id}/claim")).path


async def wrote_again(house: House) -> None:
    await house.receive(mail_arrival("jan@example.org", references=("one@x.example",)))


@pytest.fixture
async def carl(house: House) -> AsyncIterator[Person]:
    await house.hire("carl", "Carl Visser")
    async with person(house) as one:
        await one.sign_in("carl")
        yield one


async def test_news_in_what_an_agent_follows_is_new_until_they_look(
    house: House, anna: Person, carl: Person
) -> None:
    path = await held(house, carl)
    assert not (await anna.get("/console")).has("[data-followed]")
    page = await anna.post(f"{path}/follow", follow="yes")
    assert page.text("[data-follow]") == "Unfollow ⇧ Shift F"
    assert page.text("[data-followed]") == "Followed 1 ⇧ Shift W"
    await wrote_again(house)
    page = await anna.get("/console?view=followed")
    assert page.text("[data-followed]") == "Followed 1 new ⇧ Shift W"
    assert page.has(f"{SHOWN}[data-news]")
    await anna.get(path)
    page = await anna.get("/console?view=followed")
    assert page.text("[data-followed]") == "Followed 1 ⇧ Shift W"
    assert page.has(SHOWN)
    assert not page.has(f"{SHOWN}[data-news]")
    page = await anna.post(f"{path}/follow", follow="no")
    assert not page.has("[data-followed]")
    assert "You follow no conversation" in (await anna.get("/console?view=followed")).text(".empty")


async def test_to_follow_opens_nothing(house: House, bob: Person, carl: Person) -> None:
    path = await held(house, carl)
    assert (await bob.post(f"{path}/follow", follow="yes")).status == 404
    item = await house.work_of(path.split("/")[-1])
    await carl.post(f"/console/work/{item.id}/transfer", to="billing|")
    await bob.post(f"{path}/follow", follow="yes")
    await bob.post(f"/console/work/{item.id}/claim")
    assert (await bob.get("/console/views")).has("[data-followed]")
    await bob.post(f"/console/work/{item.id}/transfer", to="service|")
    assert (await bob.get(path)).status == 404
    assert not (await bob.get("/console?view=followed")).has(SHOWN)


@pytest_asyncio.fixture(loop_scope="session")
async def live_house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        await opened.hire("anna", "Anna de Wit")
        await opened.hire("carl", "Carl Visser")
        yield opened


@pytest.mark.asyncio(loop_scope="session")
async def test_news_is_told_while_another_conversation_is_open(
    live_house: House, browser: Browser
) -> None:
    other = await live_house.receive(mail_arrival("bo@example.org", subject="Order 2"))
    async with person(live_house) as carl:
        await carl.sign_in("carl")
        path = await held(live_house, carl)
    async with desk(browser, live_house) as at:
        await at.sign_in("anna")
        await at.open(path.split("/")[-1])
        await at.page.keyboard.press("Shift+F")
        await expect(at.page.locator("[data-follow]")).to_contain_text("Unfollow")
        await at.done()
        await expect(at.page.locator("[data-followed]")).to_be_visible(timeout=15_000)
        await at.open(other.conversation_id)
        await wrote_again(live_house)
        await expect(at.page.locator(".toast")).to_contain_text("There is news")
        count = at.page.locator("[data-followed] .count")
        await expect(count).to_have_text("1 new")
        await at.page.keyboard.press("Shift+W")
        await expect(at.page.locator(f"{SHOWN}[data-news]")).to_be_visible()
        await at.check_accessible()
        await at.page.locator(f"{SHOWN} a").press("Enter")
        await expect(at.page.locator("[data-follow]")).to_contain_text("Unfollow")
        await at.check_traps()


@pytest.mark.asyncio(loop_scope="session")
async def test_the_newest_news_stays_first(live_house: House, browser: Browser) -> None:
    titles = ["Order 1", "Order 2", "Order 3"]
    async with person(live_house) as anna:
        await anna.sign_in("anna")
        for title in titles:
            mail = mail_arrival(
                f"{title[-1]}@x.example", message_id=f"{title[-1]}@x", subject=title
            )
            accepted = await live_house.receive(mail)
            path = f"/console/conversations/{accepted.conversation_id}"
            await anna.post(f"{path}/follow", follow="yes")
    async with desk(browser, live_house) as at:
        await at.sign_in("anna")
        await at.page.keyboard.press("Shift+W")
        shown = at.page.locator(f"{SHOWN} .row-title")
        await expect(shown).to_have_text(titles[::-1])
        await live_house.receive(mail_arrival("2@x.example", references=("2@x",)))
        await expect(shown).to_have_text(["Order 2", "Order 3", "Order 1"], timeout=15_000)
        await at.check_traps()
