"""Offers in a browser: they come by themselves, count down, and need no mouse."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ViewportSize, expect
from sqlalchemy import Connection

from agent_ui.settings import ConsoleSettings
from builders import mail_arrival
from console_browser import Desk, desk
from console_house import MODEL, House, open_house
from hub import clock
from hub.store import agents, asking_colleagues, handing_over, offers
from hub.store.tables import presence
from routing.assigning.rules import Rules
from waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOTH = MODEL.replace("nl: Klantenservice},", "nl: Klantenservice}, mode: both,")
OFFER = ".offer[data-offer]"


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    settings = ConsoleSettings(session_check_seconds=0.2)
    values = {"model_text": BOTH, "rules": Rules(), "settings": settings}
    async with open_house(sqlite_url, tmp_path, **values) as opened:
        await opened.hire("anna", "Anna de Wit")
        yield opened


async def is_there(at: Desk) -> None:
    await at.page.locator("#presence > summary").press("Enter")
    await at.page.get_by_role("button", name="I am available").press("Enter")
    await expect(at.page.locator("#presence[data-state=available]")).to_be_visible()


async def test_an_offer_comes_by_itself_and_is_answered_by_key(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at:
        await at.sign_in("anna")
        born = await at.page.evaluate("window.born")
        await is_there(at)
        await house.receive(subject="Order 1")
        await expect(at.page.locator(".offer-title")).to_have_text("Order 1")
        await expect(at.page).to_have_title("(1) Work · Van Dalen Koffie")
        assert 0 < int((await at.texts("[data-left]"))[0].removesuffix(" s")) <= 120
        await at.check_accessible()
        await at.page.keyboard.press("y")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await expect(at.page.locator(OFFER)).to_have_count(0)
        await expect(at.page.locator("#presence progress")).to_have_attribute("value", "20")
        await at.done()
        await house.receive(mail_arrival("bo@example.org", subject="Order 2"))
        await expect(at.page.locator(OFFER)).to_be_visible()
        await at.page.keyboard.press("Shift+N")
        assert "SELECT" in await at.focused()
        await at.page.keyboard.press("ArrowDown")
        await at.page.keyboard.press("Tab")
        await at.page.keyboard.press("Enter")
        await expect(at.page.locator(OFFER)).to_have_count(0)
        await expect(at.page.locator("[data-part-of-list=queue] .row-title")).to_have_text(
            ["Order 2"]
        )
        assert await at.page.evaluate("window.born") == born
        await at.check_traps()


async def test_an_open_console_says_that_somebody_is_there(house: House, browser: Browser) -> None:
    async with desk(browser, house) as at:
        await at.sign_in("anna")
        await is_there(at)

        async def seen() -> bool:
            [row] = await house.rows(presence)
            return row.seen_at is not None

        await eventually(seen)


async def test_work_is_handed_over_and_put_aside_by_key(house: House, browser: Browser) -> None:
    await house.hire("carl", "Carl Visser")
    first = await house.receive(subject="Order 1")
    async with desk(browser, house) as at:
        await at.sign_in("anna", first.conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        await at.page.keyboard.press("z")
        assert "BUTTON" in await at.focused()
        await at.check_accessible()
        await at.page.get_by_role("button", name="1 hour", exact=True).press("Enter")
        await expect(at.page.locator("[data-part-of-list=aside] .row-title")).to_have_text(
            ["Order 1"]
        )
        item = await house.work_of(first.conversation_id)
        await house.write(lambda c: handing_over.wake_due(c, item.snoozed_until))
        await expect(at.page.locator("[data-part-of-list=queue] .row-title")).to_have_text(
            ["Order 1"]
        )
        await at.open(first.conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        await at.page.keyboard.press("g")
        await at.page.locator("select[name=to]").select_option(label="Carl Visser")
        await at.page.fill("textarea[name=note]", "Knows this one")
        await at.page.keyboard.press("Tab")
        await at.page.keyboard.press("Enter")
        await expect(at.page.locator("[data-part-of-list=mine] .row")).to_have_count(0)
        item = await house.work_of(first.conversation_id)
        assert (item.state, item.preferred_why) == ("waiting", "transferred")
        await at.check_traps()


async def test_what_comes_meanwhile_takes_neither_focus_nor_choice(
    house: House, browser: Browser
) -> None:
    carl = await house.hire("carl", "Carl Visser")
    async with desk(browser, house) as at:
        page = at.page
        await at.sign_in("anna")
        await is_there(at)
        accepted = await house.receive(subject="Order 1")
        accept = page.locator("[data-accept]")
        await accept.focus()

        async def mention() -> None:
            """Something else comes to the desk."""
            await house.write(lambda c: _mention(c, accepted.conversation_id, carl))

        await mention()
        await expect(page.locator("[data-asked]")).to_have_count(1)
        await expect(accept).to_be_focused()
        await page.keyboard.press("Shift+P")
        await expect(page.get_by_role("button", name="I am available")).to_be_focused()
        await page.get_by_label("Chat", exact=True).uncheck()
        reason = page.get_by_label("Reason to be away")
        await reason.select_option("Lunch")
        await reason.focus()
        await mention()
        await expect(page.locator("[data-asked]")).to_have_count(2)
        await expect(reason).to_be_focused()
        await expect(reason).to_have_value("Lunch")
        await expect(page.get_by_label("Chat", exact=True)).not_to_be_checked()
        await page.keyboard.press("Escape")
        await page.keyboard.press("Shift+Y")
        await expect(page.get_by_role("button", name="Seen").first).to_be_focused()
        await accept.focus()
        later = clock.now() + timedelta(hours=1)
        await house.write(lambda c: offers.expire(c, later))
        await expect(page.locator(OFFER)).to_have_count(0)
        await expect(page.locator("#talk")).to_be_focused()
        await at.check_traps()


def _mention(connection: Connection, conversation_id: str, agent_id: str) -> None:
    agent = agents.find(connection, agent_id)
    assert agent is not None
    asking_colleagues.mention(connection, conversation_id, "@anna knows this", agent)


SIZES: tuple[ViewportSize, ...] = (
    {"width": 1400, "height": 850},
    {"width": 390, "height": 780},
)


async def test_an_offer_is_readable_and_hides_no_way_out(house: House, browser: Browser) -> None:
    async with desk(browser, house) as at:
        await at.sign_in("anna")
        await is_there(at)
        await house.receive(subject="Where is my order? I have been waiting for two weeks")
        for size in SIZES:
            await at.page.set_viewport_size(size)
            await expect(at.page.locator(OFFER)).to_be_visible()
            await at.check_accessible()
            box = await at.page.locator(OFFER).bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= size["width"]
            assert await at.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            await at.page.locator("#presence > summary").click()
            await at.check_accessible()
            await at.page.locator("#presence > summary").click()


ALERTS = """
window.sounds = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  window.sounds += 1;
  return start.apply(this, when);
};
window.notices = [];
window.Notification = class extends EventTarget {
  static permission = "granted";
  static requestPermission() { return Promise.resolve("granted"); }
  constructor(title, options) { super(); window.notices.push([title, options.body]); }
};
"""


async def test_an_offer_sounds_in_one_tab_for_who_chose_so(house: House, browser: Browser) -> None:
    async with desk(browser, house) as at:
        await at.page.context.add_init_script(ALERTS)
        await at.sign_in("anna")
        await is_there(at)
        await house.receive(subject="Order 1")
        await expect(at.page.locator(OFFER)).to_be_visible()
        assert await at.page.evaluate("[window.sounds, window.notices.length]") == [0, 0]
        await at.page.keyboard.press("y")
        await expect(at.page.locator(OFFER)).to_have_count(0)
        await at.done()
        menu = at.page.locator(".top details.menu").last
        await menu.locator("summary").press("Enter")
        for name in ("a sound", "a notice on the desktop"):
            await menu.get_by_label(name).check()
        await at.check_accessible()
        other = await at.page.context.new_page()
        await other.goto(f"{house.origin}/console")
        await other.wait_for_selector("#live[data-state=live]")
        before = await at.page.evaluate("window.sounds")
        await house.receive(mail_arrival("bo@example.org", subject="Secret order"))
        for page in (at.page, other):
            await expect(page.locator(f"{OFFER}[data-told]")).to_be_visible()

        async def told() -> list[list[str]]:
            return [
                one for page in (at.page, other) for one in await page.evaluate("window.notices")
            ]

        assert await eventually(told) == [["Work is offered to you", "Customer service"]]
        sounds = [await page.evaluate("window.sounds") for page in (at.page, other)]
        assert sum(sounds) - before == 2
        assert 0 in (sounds[0] - before, sounds[1])
        await at.check_traps()
