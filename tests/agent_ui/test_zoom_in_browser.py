"""At 200 % zoom nothing is cut off or covered, and everybody can read each page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from sqlalchemy import Connection, insert

from accessible import violations
from agent_ui.office.first_run import first_link
from agent_ui.settings import ConsoleSettings
from builders import TOKENS, chat_arrival, mail_arrival
from console_browser import Desk, desk
from console_house import House, open_house
from hub import clock
from hub.rating_requests import PURPOSE
from hub.store import agents, work_facts, working
from hub.store.tables import rating_requests
from reachable import unreachable

pytestmark = pytest.mark.asyncio(loop_scope="session")

# A window of 1280 x 720 at 200 %.
ZOOMED = {"viewport": {"width": 640, "height": 360}, "device_scale_factor": 2}


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    settings = ConsoleSettings(development=True, undo_send_seconds=0)
    async with open_house(sqlite_url, tmp_path, settings=settings) as opened:
        yield opened


async def test_who_is_not_signed_in_reads_each_page_zoomed(house: House, browser: Browser) -> None:
    async with desk(browser, house, **ZOOMED) as at:
        await look(at, first_link(TOKENS, ""))
        await look(at, "/console/sign-in")
        await look(at, f"/rate/{TOKENS.sign(PURPOSE, await solved(house))}")
        await expect(at.page.locator("[name=score]").first).to_be_attached()
        await look(at, "/contact")
        await at.check_traps()


async def test_every_page_of_an_agent_and_an_administrator_is_whole_zoomed(
    house: House, browser: Browser
) -> None:
    await house.hire("ina", "Ina Smit-van den Bosch", ["service", "billing"], administrator=True)
    await house.receive(mail_arrival("bo@example.org", subject="Order 2: " + "a long subject " * 9))
    async with desk(browser, house, **ZOOMED) as at:
        await at.sign_in("ina")
        await at.page.goto(f"{house.origin}/console")
        assert await unreachable(at.page) == [], "the work list"
        for path in (
            "/console/me",
            "/console/replies",
            "/console/search?q=order",
            "/console/by-hand",
            "/console/_components",
            "/console/wall",
            "/console/wall?screen=1",
            "/console/model",
            "/console/guide",
            "/console/programs",
            "/console/imports",
        ):
            await look(at, path)
        await at.check_traps()


async def test_a_conversation_and_all_its_menus_are_whole_zoomed(
    house: House, browser: Browser
) -> None:
    await house.hire("anna", "Anna de Wit")
    accepted = await house.receive(subject="Order 1: " + "a long subject " * 9)
    async with desk(browser, house, **ZOOMED) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        assert await unreachable(at.page) == []
        await at.page.locator("textarea[name=text]").focus()
        await expect(at.page.locator("[data-send]")).to_be_visible()
        assert await unreachable(at.page) == [], "while writing"
        for key in ("e", "g", "z", "v", "c", "Shift+T", "Shift+S"):
            await at.page.locator("#talk").focus()
            await at.page.keyboard.press(key)
            await expect(at.page.locator(".talk-head details.menu[open]")).to_have_count(1)
            assert await unreachable(at.page) == [], key
            await at.page.keyboard.press("Escape")
        await at.check_accessible()
        await at.check_traps()


async def test_on_a_phone_the_actions_are_one_row_and_the_composer_grows(
    house: House, browser: Browser
) -> None:
    await house.hire("anna", "Anna de Wit")
    accepted = await house.receive(chat_arrival(text="Where is my order?"))
    async with desk(browser, house, viewport={"width": 390, "height": 844}) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.locator("[data-key=i]").click()
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        actions, send = at.page.locator(".talk-actions"), at.page.locator("[data-send]")
        assert await height(at, ".talk-actions") < 50
        await expect(send).to_be_hidden()
        assert await height(at, ".composer") < 130
        await at.page.locator("textarea[name=text]").click()
        await expect(send).to_be_visible()
        await at.page.locator("textarea[name=text]").fill("Hello")
        await at.page.locator("[data-timeline]").click()
        await expect(send).to_be_visible()
        await actions.get_by_role("button", name="More").click()
        await expect(actions.get_by_role("button", name="Put back")).to_be_visible()
        assert await unreachable(at.page) == []
        await at.check_accessible()
        await at.check_traps()


async def test_in_dutch_menus_and_the_composer_fit_on_a_phone(
    house: House, browser: Browser
) -> None:
    await house.hire("anna", "Anna de Wit", language="nl")
    accepted = await house.receive(subject="Bestelling 1")
    async with desk(browser, house, viewport={"width": 390, "height": 844}) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        for key in ("e", "g", "z", "v", "c", "Shift+T", "Shift+S"):
            await at.page.locator("#talk").focus()
            await at.page.keyboard.press(key)
            body = at.page.locator(".talk-head details.menu[open] .menu-body")
            await expect(body).to_be_visible()
            assert await body.evaluate("(one) => one.scrollWidth <= one.clientWidth"), key
            await at.page.keyboard.press("Escape")
        await at.page.locator("textarea[name=text]").click()
        await expect(at.page.locator(".talk-facts")).to_be_hidden()
        await at.page.locator("details[data-resolve] > summary").click()
        await expect(at.page.locator("details[data-resolve][open]")).to_be_visible()
        await at.page.keyboard.press("Escape")
        await at.page.locator("textarea[name=text]").click()
        send, more = at.page.locator("[data-send]"), at.page.locator(".send-more > summary")
        top = "(one) => one.getBoundingClientRect().top"
        assert await send.evaluate(top) == await more.evaluate(top), "in one line"
        await at.check_traps()


async def solved(house: House) -> str:
    """Work whose customer was asked what they think; gives its id."""
    accepted = await house.receive(subject="Order 1")
    item = await house.work_of(accepted.conversation_id)
    anna = await house.hire("anna", "Anna")

    def work(connection: Connection) -> None:
        agent = agents.find(connection, anna)
        assert agent is not None
        working.claim(connection, item.id, agent)
        working.resolve(connection, item.id, agent, {})
        work_facts.write_missing(connection)
        row = {"work_item_id": item.id, "customer_id": item.customer_id, "asked_at": clock.now()}
        connection.execute(insert(rating_requests), [row])

    await house.write(work)
    return str(item.id)


async def look(at: Desk, path: str) -> None:
    await at.page.goto(f"{at.house.origin}{path}")
    assert await violations(at.page, dark=False) == [], path
    assert await unreachable(at.page) == [], path


async def height(at: Desk, selector: str) -> float:
    box = await at.page.locator(selector).bounding_box()
    assert box is not None
    return box["height"]


@pytest.mark.parametrize("language", ["nl", "en"])
async def test_the_top_is_whole_in_a_window_of_any_width(
    house: House, browser: Browser, language: str
) -> None:
    name = "Annemarie van den Bosch-de Vries"
    await house.hire(language, name, ["service"], language=language, administrator=True)
    async with desk(browser, house) as at:
        await at.sign_in(language)
        menu = at.page.locator(".top > details.menu > summary").last
        for width in (1600, 1410, 1366, 1200, 1130, 1000, 900, 800, 500, 390):
            await at.page.set_viewport_size({"width": width, "height": 700})
            box = await menu.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= width, f"cut off at {width}"
        await menu.click()
        body = at.page.locator(".top > details.menu[open] .menu-body").last
        assert await body.evaluate("(one) => one.scrollWidth <= one.clientWidth")


async def test_where_the_system_gives_the_colours_the_place_is_told_by_lines(
    house: House, browser: Browser
) -> None:
    await house.hire("ina", "Ina", ["service"], administrator=True)
    async with desk(browser, house, forced_colors="active") as at:
        await at.sign_in("ina")
        await at.page.goto(f"{house.origin}/console/admin/people")
        lines = await at.page.locator(".tabs a").evaluate_all(
            "all => all.map(a => getComputedStyle(a).borderBottomColor)"
        )
        here = await at.page.locator(".tabs a[aria-current]").evaluate(
            "a => getComputedStyle(a).borderBottomColor"
        )
        assert lines.count(here) == 1
        await at.page.goto(f"{house.origin}/console")
        dot = at.page.locator(".live-dot")
        await expect(dot).not_to_have_css("background-color", "rgb(255, 255, 255)")
