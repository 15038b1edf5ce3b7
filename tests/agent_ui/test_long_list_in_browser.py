"""More work waits than the list shows: who goes on finds the next rows, and nothing jumps."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect
from sqlalchemy import Connection

from agent_ui.live import Change
from agent_ui.settings import ConsoleSettings
from builders import mail_arrival
from console_browser import Desk, desk
from console_house import House, Person, open_house, person
from hub.events import Envelope
from hub.store import agents, work_lists, working
from hub.store.tables import work_items
from waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

LENGTH, WAITING = 15, 40
QUEUE = "[data-part-of-list=queue] .row"
VIEW = "[data-part-of-list=view] .row"
TITLES = [f"Order {number}" for number in range(WAITING)]
ON = """(document.activeElement.matches(".row-link")
  ? document.activeElement.querySelector(".row-title").textContent : "")"""

DRAWN = """() => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)));
})"""
NEVER_IN_SIGHT = (
    "window.IntersectionObserver = class { observe() {} unobserve() {} disconnect() {} };"
)


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    settings = ConsoleSettings(list_length=LENGTH)
    async with open_house(sqlite_url, tmp_path, settings=settings) as opened:
        await opened.hire("anna", "Anna de Wit")
        for title in TITLES:
            await opened.intake.accept(mail_arrival(subject=title))
        await eventually(lambda: _all_wait(opened))
        yield opened


async def _all_wait(house: House) -> bool:
    return len(await house.rows(work_items)) == WAITING


async def walk(at: Desk, key: str, times: int) -> list[str]:
    """The titles of the rows that a key leads to."""
    found = []
    for _ in range(times):
        before = await at.page.evaluate(ON)
        await at.page.keyboard.press(key)
        await at.page.wait_for_function(f"(before) => ({ON}) !== before", arg=before)
        found.append(await at.page.evaluate(ON))
    return found


async def test_keys_go_through_all_that_waits_and_back(house: House, browser: Browser) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 400}) as at:
        await at.sign_in("anna")
        assert await at.page.locator(QUEUE).count() < WAITING
        assert await walk(at, "j", WAITING) == TITLES
        await at.page.keyboard.press("j")
        await expect(at.page.locator("#says")).to_have_text("This is the end of the list.")
        assert await at.page.evaluate(ON) == TITLES[-1]
        assert await walk(at, "k", WAITING - 1) == TITLES[-2::-1]
        await expect(at.page.locator("[data-more]")).to_be_hidden()
        await at.check_traps()
        await at.check_accessible()


async def test_who_listens_is_told_of_more_and_a_button_brings_it(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 400}) as at:
        await at.page.add_init_script(NEVER_IN_SIGHT)
        await at.sign_in("anna")
        await expect(at.page.locator(QUEUE)).to_have_count(LENGTH)
        button = at.page.get_by_role("button", name="and 25 more")
        await button.focus()
        await at.page.keyboard.press("Enter")
        # Who stands near the end of what came finds the next rows there as well.
        await expect(at.page.locator("#says")).to_have_text("10 more rows, 0 behind them.")
        await expect(at.page.locator(QUEUE)).to_have_count(WAITING)
        assert await at.page.evaluate(ON) == TITLES[LENGTH]
        await at.check_accessible()


async def test_of_a_long_queue_the_front_is_shown_and_the_rest_counted(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 400}) as at:
        await at.page.add_init_script(NEVER_IN_SIGHT)
        await at.sign_in("anna")
        more = at.page.locator("[data-more]")
        await expect(more).to_have_text("and 25 more")
        await house.receive(subject="Order 40")
        await expect(at.page.locator("[data-count=queue]")).to_have_text("41")
        await expect(more).to_have_text("and 26 more")
        await at.page.keyboard.press("t")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        await expect(at.page.locator("[data-count=queue]")).to_have_text("40")
        await expect(more).to_have_text("and 26 more")
        carl = await house.hire("carl", "Carl")
        await _claim(house, TITLES[-1], carl)
        await expect(more).to_have_text("and 25 more")
        await at.check_traps()


async def to_the_end(at: Desk) -> None:
    await at.page.locator("#work").evaluate("(pane) => { pane.scrollTop = pane.scrollHeight; }")


async def test_scrolling_brings_more_and_nothing_jumps(house: House, browser: Browser) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 400}) as at:
        await at.sign_in("anna")
        pane = at.page.locator("#work")
        for _ in range(20):
            shown = await at.page.locator(QUEUE).count()
            if shown == WAITING:
                break
            await to_the_end(at)
            more = "(n) => document.querySelectorAll('.row').length > n"
            await at.page.wait_for_function(more, arg=shown)
        titles = await at.page.locator(f"{QUEUE} .row-title").all_text_contents()
        assert titles == TITLES
        middle = at.page.locator(QUEUE).nth(20)
        await middle.scroll_into_view_if_needed()
        await pane.evaluate(DRAWN)
        before = await middle.bounding_box()
        await house.receive(subject="Order 40")
        await expect(at.page.locator("[data-count=queue]")).to_have_text("41")
        assert await middle.bounding_box() == before
        await at.check_traps()


async def test_what_changes_while_rows_are_on_their_way_is_right(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 400}) as at:
        await at.page.add_init_script(NEVER_IN_SIGHT)
        await at.sign_in("anna")
        carl = await house.hire("carl", "Carl")

        async def taken_meanwhile(route: Route) -> None:
            answer = await route.fetch()
            for title in (TITLES[3], TITLES[18]):
                await _claim(house, title, carl)
            await expect(at.page.locator(f"{QUEUE} .row-title").nth(3)).to_have_text(TITLES[4])
            await route.fulfill(response=answer)

        await at.page.route("**/work/rows?*", taken_meanwhile, times=1)
        await at.page.locator("[data-more] button").click()
        left = [title for title in TITLES if title not in (TITLES[3], TITLES[18])]
        await expect(at.page.locator(f"{QUEUE} .row-title")).to_have_text(left)
        await expect(at.page.locator("[data-count=queue]")).to_have_text("38")
        await at.check_traps()


async def test_after_a_gap_all_that_was_shown_is_read_again(house: House, browser: Browser) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 400}) as at:
        await at.sign_in("anna")
        await walk(at, "j", 36)
        await at.page.evaluate("document.activeElement.isMine = true")
        shown = await at.page.locator(QUEUE).count()
        carl = await house.hire("carl", "Carl")
        feed = house.console._feed
        feed._look_up = _hear_nothing
        await _claim(house, TITLES[2], carl)
        await _claim(house, TITLES[30], carl)
        await feed.lose()
        await expect(at.page.locator("[data-count=queue]")).to_have_text("38")
        await expect(at.page.locator(QUEUE)).to_have_count(shown - 2)
        titles = await at.page.locator(f"{QUEUE} .row-title").all_text_contents()
        assert TITLES[2] not in titles
        assert TITLES[30] not in titles
        assert await at.page.evaluate("document.activeElement.isMine")


async def _hear_nothing(_envelopes: Sequence[Envelope]) -> list[Change]:
    return []


async def test_a_filter_goes_on_as_well_and_lives(house: House, browser: Browser) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 400}) as at:
        await at.sign_in("anna")
        await at.page.goto(f"{house.origin}/console?topic=order")
        await at.live()
        assert await at.page.locator(VIEW).count() < WAITING
        assert await walk(at, "j", 36) == TITLES[:36]
        carl = await house.hire("carl", "Carl")
        await _claim(house, TITLES[34], carl)
        await _claim(house, TITLES[35], carl)
        await expect(at.page.locator("[data-count=view]")).to_have_text("38")
        assert await at.page.evaluate(ON) == TITLES[36]
        titles = await at.page.locator(f"{VIEW} .row-title").all_text_contents()
        assert titles == TITLES[:34] + TITLES[36 : len(titles) + 2]
        await at.check_traps()


async def test_nobody_is_pulled_back_who_went_elsewhere(house: House, browser: Browser) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 400}) as at:
        await at.page.add_init_script(NEVER_IN_SIGHT)
        await at.sign_in("anna")
        asked, goes_on = asyncio.Event(), asyncio.Event()

        async def held_up(route: Route) -> None:
            asked.set()
            await goes_on.wait()
            await route.continue_()

        await at.page.route("**/work/rows?*", held_up)
        await at.page.evaluate(
            "document.addEventListener('click', () => { window.clicked = true; }, true)"
        )
        await at.page.locator(f"{QUEUE} .row-link").last.focus()
        await asked.wait()
        await at.page.keyboard.press("n")
        await at.page.locator("#talk").focus()
        goes_on.set()
        await expect(at.page.locator(QUEUE)).to_have_count(2 * LENGTH)
        await expect(at.page.locator("#talk")).to_be_focused()
        assert not await at.page.evaluate("window.clicked")


async def test_who_is_led_on_sees_where_in_the_list_that_is(house: House, browser: Browser) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 500}) as at:
        await at.sign_in("anna")
        page = at.page
        await page.locator(f"{QUEUE} .row-link").nth(LENGTH - 1).click()
        await page.get_by_role("button", name="Take", exact=True).click()
        await at.done()
        await page.locator("#work").evaluate("(pane) => { pane.scrollTop = pane.scrollHeight; }")
        await expect(page.locator(QUEUE).first).not_to_be_in_viewport()
        await page.keyboard.press("e")
        await page.locator("details[data-resolve] button").press("Enter")
        await expect(page.locator(".talk-title")).to_have_text(TITLES[0])
        await expect(page.locator(f"{QUEUE} .row-link[aria-current]")).to_be_in_viewport(ratio=1)
        await at.check_traps()


async def test_where_nothing_comes_the_focus_stays_in_the_list(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 400}) as at:
        await at.page.add_init_script(NEVER_IN_SIGHT)
        await at.sign_in("anna")
        carl = await house.hire("carl", "Carl")
        house.console._feed._look_up = _hear_nothing
        await _claim_behind(house, carl)
        await at.page.get_by_role("button", name="and 25 more").press("Enter")
        await expect(at.page.locator("[data-more]")).to_be_hidden()
        await at.page.wait_for_function(f"(title) => ({ON}) === title", arg=TITLES[LENGTH - 1])
        await at.check_traps()


async def test_a_list_that_grows_again_goes_on_by_scrolling(house: House, browser: Browser) -> None:
    carl = await house.hire("carl", "Carl")

    async def taken_first(route: Route) -> None:
        await _claim_behind(house, carl)
        await route.continue_()

    async with desk(browser, house, viewport={"width": 1280, "height": 400}) as at:
        await at.sign_in("anna")
        await at.page.route("**/work/rows?*", taken_first, times=1)
        await at.page.goto(f"{house.origin}/console?topic=order")
        await at.live()
        await to_the_end(at)
        await expect(at.page.locator("[data-count=view]")).to_have_text("15")
        await house.receive(subject="Order 40")
        await expect(at.page.locator("[data-count=view]")).to_have_text("16", timeout=15_000)
        await to_the_end(at)
        await expect(at.page.locator(VIEW)).to_have_count(LENGTH + 1)
        await at.check_traps()


async def _claim_behind(house: House, agent_id: str) -> None:
    """All that waits behind what is shown at first."""

    def write(connection: Connection) -> None:
        agent = agents.find(connection, agent_id)
        assert agent is not None
        for one in work_lists.in_queue(connection, agent, length=100)[LENGTH:]:
            working.claim(connection, one.id, agent)

    await house.write(write)


async def _claim(house: House, title: str, agent_id: str) -> None:
    def write(connection: Connection) -> None:
        agent = agents.find(connection, agent_id)
        assert agent is not None
        waiting = work_lists.in_queue(connection, agent, length=100)
        [item] = [one for one in waiting if one.title == title]
        working.claim(connection, item.id, agent)

    await house.write(write)


async def test_rows_are_of_the_own_roles_and_of_what_is_asked_for(house: House) -> None:
    await house.hire("bob", "Bob", ["billing"])
    async with person(house) as anna, person(house) as bob:
        await anna.sign_in("anna")
        await bob.sign_in("bob")
        place = await last_place(anna, "/console/work")
        page = await anna.get(f"/console/work/rows?after={place}")
        assert page.texts(".row-title") == TITLES[LENGTH : 2 * LENGTH]
        assert page.value("[data-total]", "data-total") == str(WAITING)
        assert not (await bob.get(f"/console/work/rows?after={place}")).has(".row")
        place = await last_place(anna, "/console/work?words=order")
        page = await anna.get(f"/console/work/rows?words=order&after={place}")
        assert page.texts(".row-title") == TITLES[LENGTH : 2 * LENGTH]
        assert page.value(".row-link", "href").endswith("?words=order")
        assert not (await anna.get(f"/console/work/rows?view=gone&after={place}")).has(".row")
        for wrong in ("x", "1.", "9" * 40 + ".a"):
            page = await anna.get(f"/console/work/rows?after={wrong}")
            assert page.texts(".row-title") == TITLES[:LENGTH]
        assert not (await anna.get("/console/work/rows")).has(".row")


async def last_place(one: Person, path: str) -> str:
    page = await one.get(path)
    rank, item = (
        page.value(f".row:nth-child({LENGTH})", f"data-{name}") for name in ("rank", "item")
    )
    return f"{rank}.{item}"
