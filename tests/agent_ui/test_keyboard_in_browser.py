"""A whole shift without a mouse: from signing in to resolving, by keys and by name alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect
from sqlalchemy import Connection

from agent_ui.settings import ConsoleSettings
from builders import email_party, mail_arrival
from console_browser import Desk, desk
from console_house import House, open_house
from hub import clock
from hub.store import agents, canned
from hub.store.canned import Canned
from hub.store.tables import drafts, outbound
from waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    settings = ConsoleSettings(undo_send_seconds=100)
    async with open_house(sqlite_url, tmp_path, settings=settings) as opened:
        anna = await opened.hire("anna", "Anna de Wit")
        reply = Canned("", "late", "order", "A late parcel", {"en": "Sorry, {first_name}."})
        await opened.database.write(lambda c: _write_reply(c, reply, anna))
        yield opened


def _write_reply(connection: Connection, reply: Canned, agent_id: str) -> None:
    agent = agents.find(connection, agent_id)
    assert agent is not None
    canned.save(connection, reply, agent)


async def kept(house: House, text: str) -> None:
    """The draft is in the store."""

    async def is_kept() -> bool:
        return any(row.fields["text"] == text for row in await house.rows(drafts))

    await eventually(is_kept)


async def test_a_shift_without_a_mouse(house: House, browser: Browser) -> None:
    jan = email_party("jan@example.org", "Jan Pot")
    mail = mail_arrival(subject="Order 12", text="Where is it?")
    await house.receive(mail.model_copy(update={"sender": jan}))
    await house.receive(mail_arrival("kim@example.org", message_id="b@x", subject="Order 13"))
    async with desk(browser, house) as at:
        keys, page = at.page.keyboard, at.page
        await at.sign_in("anna")
        await keys.press("Control+k")
        await expect(page.get_by_role("combobox", name="Do or find something")).to_be_focused()
        await keys.type("take next")
        await keys.press("Enter")
        await expect(page.locator(".chip-mine")).to_be_visible()
        await at.done()
        await _write_with_a_canned_reply(house, at)
        await _undo_and_send_and_resolve(at)
        await keys.press("/")
        await keys.type("order 13")
        await keys.press("Enter")
        await expect(page.get_by_role("heading", name="Order 13", level=2)).to_be_visible()
        await expect(page.locator("#talk")).to_be_focused()  # it may have been shown before
        await at.done()
        await keys.press(".")
        await expect(page.locator("details.why > summary")).to_be_focused()
        await expect(page.locator("details.why")).to_contain_text("Interaction model, version 1")
        await keys.press("i")
        await expect(page.locator(".chip-mine")).to_be_visible()
        await at.done()
        await keys.press("v")
        await keys.type("Call back within 2 hours")
        await keys.press("Enter")
        await expect(page.locator("[data-promises] strong")).to_have_text(
            "Call back within 2 hours"
        )
        await at.check_accessible()
        await at.check_traps()


async def _write_with_a_canned_reply(house: House, at: Desk) -> None:
    page, keys = at.page, at.page.keyboard
    await keys.press("r")
    await expect(page.get_by_role("textbox", name="Text")).to_be_focused()
    await keys.type("/la")
    await expect(page.get_by_role("option", name="/late")).to_be_visible()
    await at.check_accessible()
    await keys.press("Enter")
    await expect(page.locator("textarea[name=text]")).to_have_value("Sorry, Jan.")
    await kept(house, "Sorry, Jan.")
    await page.reload()
    await at.live()
    await expect(page.locator("textarea[name=text]")).to_have_value("Sorry, Jan.")


async def _undo_and_send_and_resolve(at: Desk) -> None:
    page, keys = at.page, at.page.keyboard
    await keys.press("r")
    await keys.press("Control+Enter")
    await expect(page.locator("[data-take-back]")).to_be_visible()
    await at.done()
    await keys.press("Escape")
    await keys.press("b")
    await expect(page.locator("textarea[name=text]")).to_have_value("Sorry, Jan.")
    await at.done()
    await keys.press("r")
    await keys.press("Control+Shift+Enter")
    resolving = page.locator("details[data-resolve][open]")
    await expect(resolving).to_contain_text("Say what came of it, and this is resolved.")
    await at.done()
    await expect(resolving.locator("select").first).to_be_focused()
    await keys.press("ArrowDown")
    await keys.press("Enter")
    await page.locator("details[data-resolve] button").press("Enter")
    await expect(page.locator("[data-count=mine]")).to_have_text("0")


async def test_enter_does_what_stands_at_the_field_and_never_something_else(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival(subject="Order 1"))
    async with desk(browser, house) as at:
        page, keys = at.page, at.page.keyboard
        await at.sign_in("anna", accepted.conversation_id)
        await keys.press("i")
        await expect(page.locator(".chip-mine")).to_be_visible()
        await at.done()
        await page.get_by_role("textbox", name="Text").fill("Tomorrow.")
        await page.get_by_label("Subject").press("Enter")
        await expect(page.get_by_role("textbox", name="Text")).to_be_focused()
        assert await house.rows(outbound) == []
        tomorrow = clock.now() + timedelta(days=1)
        await keys.press("Escape")
        await keys.press("Shift+O")
        await page.locator("[name=later_at]").fill(f"{tomorrow:%Y-%m-%dT10:00}")
        await page.locator("[name=later_at]").press("Enter")
        await expect(page.locator("[data-send-now]")).to_be_visible()
        await at.done()
        [sent] = await house.rows(outbound)
        assert sent.next_at.date() == tomorrow.date()
        await keys.press("Escape")
        await keys.press("z")
        await page.locator("[name=until]").fill(f"{tomorrow:%Y-%m-%dT10:00}")
        await page.locator("[name=until]").press("Enter")
        await expect(page.locator("[data-count=aside]")).to_have_text("1")
        item = await house.work_of(accepted.conversation_id)
        assert item.snoozed_until.date() == tomorrow.date()
        await at.check_traps()


async def test_a_menu_with_a_text_is_sent_by_the_key_that_sends_a_reply(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival(subject="Order 1"))
    async with desk(browser, house) as at:
        page, keys = at.page, at.page.keyboard
        await at.sign_in("anna", accepted.conversation_id)
        await keys.press("i")
        await expect(page.locator(".chip-mine")).to_be_visible()
        await at.done()
        await keys.press("Shift+T")
        await keys.type("Look where it is.")
        await keys.press("Control+Enter")
        await expect(page.locator("#talk")).to_contain_text("Look where it is.")
        await at.done()
        await keys.press("g")
        await page.locator("[data-give] textarea").press("Control+Enter")
        await expect(page.locator("[data-count=mine]")).to_have_text("0")
        await at.check_traps()


@pytest.mark.parametrize(
    "back",
    [
        pytest.param("window.dispatchEvent(new Event('focus'))", id="window"),
        pytest.param("document.dispatchEvent(new Event('visibilitychange'))", id="tab or phone"),
    ],
)
async def test_a_reply_survives_the_end_of_the_session(
    house: House, browser: Browser, back: str
) -> None:
    accepted = await house.receive(mail_arrival(subject="Question"))
    async with desk(browser, house) as at:
        page = at.page
        await at.sign_in("anna", accepted.conversation_id)
        await page.keyboard.press("i")
        await expect(page.locator(".chip-mine")).to_be_visible()
        await at.done()
        other = await page.context.new_page()
        await other.goto(f"{house.origin}/console")
        await other.locator(".top .menu:last-child > summary").click()
        await other.get_by_role("button", name="Sign out").click()
        await other.wait_for_selector("[name=login]")
        await page.fill("textarea[name=text]", "Half an answer")
        await page.locator("[data-send]").click()
        await expect(
            page.get_by_text("You are signed out. What you typed is kept.")
        ).to_be_visible()
        await expect(page.locator("textarea[name=text]")).to_have_value("Half an answer")
        await other.fill("[name=login]", "anna")
        await other.fill("[name=password]", "correct horse battery staple")
        await other.keyboard.press("Enter")
        await other.wait_for_selector("loket-work")
        await page.evaluate(back)
        await expect(page.get_by_text("You are signed in again.")).to_be_visible()
        await page.locator("[data-send]").click()
        await expect(page.locator(".entry-outbound .text")).to_have_text("Half an answer")
        await at.done()
        assert len(await house.rows(outbound)) == 1


async def test_what_was_found_for_other_words_comes_too_late(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at:
        page = at.page
        await at.sign_in("anna")
        asked, goes_on = asyncio.Event(), asyncio.Event()

        async def held_up(route: Route) -> None:
            asked.set()
            await goes_on.wait()
            await route.continue_()

        await page.route("**/console/search?*", held_up, times=1)
        await page.keyboard.press("Control+k")
        await page.keyboard.type("zz")
        await asked.wait()
        await page.keyboard.press("Backspace")
        async with page.expect_response("**/console/search?*") as answered:
            goes_on.set()
        await (await answered.value).finished()
        # One that is asked for now is there after it.
        await page.evaluate("fetch('/console/search?q=zz').then((answer) => answer.text())")
        assert await page.locator("#palette-list [data-full]").count() == 0
        await page.keyboard.type("z")
        everything = page.locator("#palette-list [data-full]")
        await expect(everything).to_have_text("Search everything for “zz”")
        await at.check_traps()


async def test_a_topic_is_looked_for_by_words_and_it_is_said_when_none_has_them(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival(subject="Order 1"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        await at.page.keyboard.press("c")
        await expect(at.page.locator("[data-correct] option")).to_have_count(2)
        await at.page.keyboard.type("zebra")
        told = at.page.locator("[data-no-topic]")
        await expect(told).to_have_text("No topic has these words.")
        await at.page.keyboard.press("Control+a")
        await at.page.keyboard.type("billing ínv")
        await expect(told).to_have_text("")
        await expect(at.page.locator("[data-correct] select")).to_have_value("invoice")
        await at.check_traps()


async def test_a_copy_and_a_later_time_are_given_to_an_answer_by_key(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival(subject="Order 1"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.keyboard.press("r")
        await at.page.keyboard.type("It leaves today.")
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("Shift+J")
        await expect(at.page.locator("[name=cc]")).to_be_focused()
        await at.page.keyboard.type("boss@example.org")
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("Shift+O")
        await expect(at.page.locator(".send-more [name=later]").first).to_be_focused()
        await at.check_accessible()
        await at.page.keyboard.press("Enter")
        sent = at.page.locator(".entry-outbound")
        await expect(sent.locator(".delivery")).to_contain_text("Leaves")
        await expect(sent.locator(".entry-to")).to_contain_text("Cc boss@example.org")
        await at.done()
        await expect(at.page.locator("textarea[name=text]").last).to_have_value("")
        assert await at.focused() != "BODY console"
        await at.check_traps()


async def test_the_list_of_keys_can_be_closed_on_a_low_screen(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house, viewport={"width": 1280, "height": 860}) as at:
        await at.sign_in("anna")
        await at.page.keyboard.press("?")
        close = at.page.locator("#keys").get_by_role("button", name="Close")
        await expect(close).to_be_in_viewport(ratio=1)
        await at.check_accessible()
        await close.press("Enter")
        await expect(at.page.locator("#keys")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "nl"])
async def test_no_menu_opens_beyond_the_edge_of_its_pane(
    house: House, browser: Browser, language: str
) -> None:
    accepted = await house.receive(mail_arrival(subject="Order 1"))
    await house.hire("nora", "Nora Bos", language=language)
    async with desk(browser, house, viewport={"width": 1360, "height": 850}) as at:
        await at.sign_in("nora", accepted.conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        shown = at.page.locator("#talk details.menu[open] > .menu-body")
        for width in (1360, 1240, 1000, 800):
            await at.page.set_viewport_size({"width": width, "height": 850})
            for key in ("v", "Shift+T", "g", "z", "c", "e", "Shift+M", "Shift+O"):
                await at.page.keyboard.press(key)
                await expect(shown, f"{key} at {width}").to_be_in_viewport(ratio=1)
                await at.page.keyboard.press("Escape")
                await expect(shown).to_have_count(0)
        await at.check_traps()
