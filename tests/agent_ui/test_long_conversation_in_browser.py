"""Of a long conversation the newest messages are shown; what came before, as one gets there."""

from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from agent_ui.live import Change
from agent_ui.screen import NEWEST
from agent_ui.settings import ConsoleSettings
from builders import mail_arrival
from console_browser import Desk, desk
from console_house import House, open_house
from hub.events import Envelope

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE, ALL = 25, 60
ENTRIES = "[data-entries] [data-entry]"
AT_END = """() => {
  const { scrollTop, scrollHeight, clientHeight } = document.querySelector("[data-timeline]");
  return scrollHeight - scrollTop - clientHeight < 2;
}"""
REPLACE_FIRST = """async () => {
  const first = document.querySelector("[data-entry]");
  await document.querySelector("loket-conversation").update(first.dataset.entry);
  return first.isConnected;
}"""
TO_BEGINNING = "() => { document.querySelector('[data-timeline]').scrollTop = 0; }"
DRAWN = """() => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)));
})"""


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    settings = ConsoleSettings(timeline_length=PAGE)
    async with open_house(sqlite_url, tmp_path, settings=settings) as made:
        await made.hire("anna", "Anna de Wit")
        await mails(made, range(1, ALL + 1))
        yield made


async def mails(house: House, numbers: Iterable[int]) -> None:
    """Each answers the one before."""
    for number in numbers:
        before = (f"{number - 1}@x.example",) if number > 1 else ()
        arrival = mail_arrival(message_id=f"{number}@x.example", references=before)
        await house.intake.accept(arrival)


async def no_news(_envelopes: Sequence[Envelope]) -> Sequence[Change]:
    return []


async def opened(at: Desk) -> Page:
    """The conversation stands on the screen, opened by a key."""
    await at.sign_in("anna")
    await at.page.keyboard.press("n")
    await at.page.wait_for_selector("loket-conversation")
    return at.page


async def sequences(page: Page) -> list[int]:
    found: list[int] = await page.locator(ENTRIES).evaluate_all(
        "(entries) => entries.map((entry) => Number(entry.dataset.sequence))"
    )
    return found


async def top_of(page: Page, sequence: int) -> float:
    top: float = await page.locator(f'[data-sequence="{sequence}"]').evaluate(
        "(entry) => entry.getBoundingClientRect().top"
    )
    return top


async def test_what_came_before_comes_as_the_reader_gets_there(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 800}) as at:
        page = await opened(at)
        assert await sequences(page) == list(range(ALL - NEWEST + 1, ALL + 1))
        assert await page.evaluate(AT_END)
        for shown in (NEWEST + PAGE, ALL):
            first = (await sequences(page))[0]
            await page.evaluate(TO_BEGINNING)
            before = await top_of(page, first)
            await expect(page.locator(ENTRIES)).to_have_count(shown)
            await page.evaluate(DRAWN)
            assert abs(await top_of(page, first) - before) < 2, "it does not jump"
        assert await sequences(page) == list(range(1, ALL + 1))
        await expect(page.locator("[data-earlier]")).to_have_count(0)
        await at.check_traps()


async def test_a_button_brings_it_where_the_page_scrolls(house: House, browser: Browser) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 400}) as at:
        await at.page.add_init_script(
            "window.IntersectionObserver = class { observe() {} unobserve() {} disconnect() {} };"
        )
        await opened(at)
        await at.page.evaluate(DRAWN)
        assert len(await sequences(at.page)) == NEWEST
        await at.page.locator("[data-earlier]").focus()
        await at.page.keyboard.press("Enter")
        await expect(at.page.locator(ENTRIES)).to_have_count(NEWEST + PAGE)
        await expect(at.page.locator("[data-timeline]")).to_be_focused()


async def test_the_whole_page_shows_all_that_is_shown_at_once(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at:
        await opened(at)
        await at.page.reload()
        await at.live()
        assert (await sequences(at.page))[-PAGE:] == list(range(ALL - PAGE + 1, ALL + 1))


async def test_what_is_older_is_no_news_after_a_gap(house: House, browser: Browser) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 800}) as at:
        page = await opened(at)
        await page.fill("textarea[name=text]", "Dear Jan,")
        await page.focus("textarea[name=text]")
        before = await top_of(page, ALL)
        await house.console._feed.lose()
        await expect(page.locator(ENTRIES)).to_have_count(PAGE)
        assert await sequences(page) == list(range(ALL - PAGE + 1, ALL + 1))
        await expect(page.get_by_role("button", name="new message")).to_have_count(0)
        await expect(page.locator("#says")).not_to_contain_text("new message")
        assert abs(await top_of(page, ALL) - before) < 2, "it does not jump"
        await at.check_traps()


async def test_no_hole_is_left_by_a_gap_with_more_than_comes_at_once(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 800}) as at:
        page = await opened(at)
        await page.fill("textarea[name=text]", "Dear Jan,")
        await page.focus("textarea[name=text]")
        before = await top_of(page, ALL)
        house.console._feed._look_up = no_news
        await mails(house, range(ALL + 1, 2 * ALL + 1))
        await house.console._feed.lose()
        newest = ALL - NEWEST + 1
        await expect(page.locator(ENTRIES)).to_have_count(2 * ALL - newest + 1)
        assert await sequences(page) == list(range(newest, 2 * ALL + 1))
        pill = page.get_by_role("button", name=f"{ALL} new messages")
        await expect(pill).to_be_visible()
        assert abs(await top_of(page, ALL) - before) < 2, "it does not jump"
        await expect(page.locator("textarea[name=text]")).to_have_value("Dear Jan,")
        await at.check_traps()


async def test_what_comes_in_two_ways_stands_once(house: House, browser: Browser) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 800}) as at:
        page = await opened(at)

        async def lose(route: Route) -> None:
            answer = await route.fetch()
            await house.console._feed.lose()
            await expect(page.locator(ENTRIES)).to_have_count(PAGE)
            await route.fulfill(response=answer)

        await page.route("**/entries?before=*", lose, times=1)
        await page.evaluate(TO_BEGINNING)
        await expect(page.locator(ENTRIES)).to_have_count(NEWEST + PAGE)
        assert await sequences(page) == list(range(ALL - NEWEST - PAGE + 1, ALL + 1))
        await at.check_traps()


async def test_it_does_not_jump_when_the_first_one_is_replaced_meanwhile(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 800}) as at:
        page = await opened(at)
        first = (await sequences(page))[0]

        async def replace(route: Route) -> None:
            answer = await route.fetch()
            assert not await page.evaluate(REPLACE_FIRST)
            await route.fulfill(response=answer)

        await page.route("**/entries?before=*", replace, times=1)
        await page.evaluate(TO_BEGINNING)
        before = await top_of(page, first)
        await expect(page.locator(ENTRIES)).to_have_count(NEWEST + PAGE)
        await page.evaluate(DRAWN)
        assert abs(await top_of(page, first) - before) < 2
        await at.check_traps()
