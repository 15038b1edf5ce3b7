"""What was typed and not sent is there after something else was done, and so is the focus."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Route, expect

from agent_ui.settings import ConsoleSettings
from builders import mail_arrival
from console_browser import Desk, desk
from console_house import House, open_house, person
from hub.store.tables import drafts
from waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXT = "textarea[name=text]"
NUMBER = "[name='info.number']"
DONE = "[data-steps] button[value=done]"
FILE: FilePayload = {"name": "form.txt", "mimeType": "text/plain", "buffer": b"hello"}


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    settings = ConsoleSettings(undo_send_seconds=100)
    async with open_house(sqlite_url, tmp_path, settings=settings) as opened:
        await opened.hire("anna", "Anna de Wit")
        await opened.hire("bob", "Bob Kramer", ["billing"])
        yield opened


async def take(house: House, at: Desk) -> None:
    """An order, in hand."""
    accepted = await house.receive(mail_arrival(subject="Order 12", text="Where is it?"))
    await at.sign_in("anna", accepted.conversation_id)
    await at.page.keyboard.press("i")
    await expect(at.page.locator(".chip-mine")).to_be_visible()
    await at.done()


async def test_what_is_typed_beside_it_outlives_a_step_and_a_reply(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at:
        await take(house, at)
        page = at.page
        await page.fill(NUMBER, "481207")
        await page.fill(TEXT, "Dear Jan,")
        await page.set_input_files("input[name=file]", FILE)
        await page.keyboard.press("Escape")
        await page.keyboard.press("Shift+D")
        await expect(page.locator(DONE)).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Not done after all")).to_be_focused()
        await at.done()
        await expect(page.locator(NUMBER)).to_have_value("481207")
        await expect(page.locator(TEXT)).to_have_value("Dear Jan,")
        await expect(page.locator("[data-chosen] bdi")).to_have_text("form.txt")
        await page.keyboard.press("r")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".entry-outbound .file-name")).to_have_text("form.txt")
        await at.done()
        await expect(page.locator(NUMBER)).to_have_value("481207")
        await expect(page.locator("[data-chosen] li")).to_have_count(0)
        await page.locator(NUMBER).press("Enter")
        await expect(page.locator(".need-value, .need .faint").first).to_contain_text("Anna de Wit")
        await at.check_traps()


async def test_who_types_beside_it_types_on_when_a_reply_is_answered(
    house: House, browser: Browser
) -> None:
    gate = asyncio.Event()

    async def hold(route: Route) -> None:
        await gate.wait()
        await route.continue_()

    async with desk(browser, house) as at:
        await take(house, at)
        page = at.page
        await page.route("**/entries", hold)
        await page.fill(TEXT, "We are looking.")
        await page.focus(TEXT)
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("[data-going]")).to_be_visible()
        await page.focus(NUMBER)
        await page.keyboard.type("NE")
        await page.keyboard.press("ArrowLeft")
        gate.set()
        await at.done()
        await expect(page.locator("[data-going]")).to_have_count(0)
        await expect(page.locator(NUMBER)).to_be_focused()
        await page.keyboard.type("B")
        await expect(page.locator(NUMBER)).to_have_value("NBE")
        await expect(page.locator(".chip-mine")).to_be_visible()
        await at.check_traps()


async def test_what_was_chosen_from_a_list_that_comes_later_is_kept(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at:
        await take(house, at)
        page = at.page
        goal = page.locator("[data-give] [name=to]")
        await page.keyboard.press("g")
        await goal.select_option(label="Bob Kramer")
        chosen = await goal.input_value()
        await page.keyboard.press("Escape")
        await page.keyboard.press("r")
        await page.keyboard.type("We are looking.")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".entry-outbound .text")).to_have_text("We are looking.")
        await at.done()
        await expect(goal).to_have_value(chosen)
        await page.keyboard.press("Escape")
        await page.keyboard.press("g")
        await expect(page.locator("[data-give][data-later]")).to_have_count(0)
        await expect(goal).to_have_value(chosen)
        await at.check_traps()


async def test_a_task_at_a_wrong_time_is_mended_where_it_was_typed(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at:
        await take(house, at)
        page = at.page
        await page.keyboard.press("Shift+T")
        await page.keyboard.type("Look up what was paid")
        await page.fill("[data-task] [name=at]", "2020-01-01T10:00")
        await page.get_by_role("button", name="Ask for it").click()
        await expect(page.locator("[data-task] [role=alert]")).to_contain_text("a time to come")
        what = page.locator("[data-task] [name=what]")
        await expect(what).to_be_focused()
        await expect(what).to_have_value("Look up what was paid")
        await at.check_accessible()
        await page.fill("[data-task] [name=at]", "")
        await page.get_by_role("button", name="Ask for it").click()
        await expect(page.locator(".task-what")).to_contain_text("Look up what was paid")
        await at.done()
        await page.keyboard.press("e")
        await page.fill("[name='result.remark']", "Paid twice")
        await page.get_by_role("button", name="Resolve and go to the next").click()
        await expect(page.locator("[data-notice]")).to_contain_text("is not done yet")
        await at.done()
        await page.keyboard.press("e")
        await expect(page.locator("[name='result.remark']")).to_have_value("Paid twice")
        await at.check_traps()


async def test_on_a_phone_a_step_leaves_one_where_it_is(house: House, browser: Browser) -> None:
    async with desk(browser, house, viewport={"width": 390, "height": 780}) as at:
        await take(house, at)
        page = at.page
        await page.locator("[data-to-side]").click()
        await page.locator(DONE).click()
        again = page.get_by_role("button", name="Not done after all")
        await expect(again).to_be_in_viewport()
        await expect(again).to_be_focused()
        await at.check_traps()


async def test_the_palette_proposes_what_can_be_done_and_leaves_the_focus_there(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at:
        await take(house, at)
        page = at.page
        await page.keyboard.press("Control+k")
        await expect(page.get_by_role("option", name="Hand it over")).to_be_visible()
        await expect(page.get_by_role("option", name="Hang up")).to_be_hidden()
        await page.keyboard.type("note")
        await page.keyboard.press("Enter")
        await expect(page.locator("#palette")).to_be_hidden()
        await page.keyboard.type("He is right.")
        await expect(page.locator(TEXT)).to_have_value("He is right.")
        await expect(page.locator("[name=mode][value=note]")).to_be_checked()
        await at.check_traps()


async def test_the_palette_finds_words_in_any_order_with_or_without_accents(
    house: House, browser: Browser
) -> None:
    await house.hire("nora", "Nora Bos", language="nl")
    async with desk(browser, house, locale="nl-NL") as at:
        await at.sign_in("nora")
        page = at.page
        await page.keyboard.press("q")
        await page.keyboard.press("Escape")
        shown = page.locator("#palette [role=option]:not([hidden]) > span:first-child")
        for typed, found in (
            ("volgende pak", "Pak volgende"),
            ("beeindigen", "Het nawerk beëindigen"),
            ("kleuren donker", "Kleuren: Donker"),
            ("english", "Taal: English"),
            ("afmelden", "Afmelden"),
        ):
            await page.keyboard.press("Control+k")
            await page.keyboard.type(typed)
            if "nawerk" in found:
                await expect(shown.filter(has_text=found)).to_have_count(0)  # there is none now
            else:
                await expect(shown.first).to_have_text(found)
            await page.keyboard.press("Escape")
        asked_for: list[str] = []
        page.on("request", lambda one: asked_for.append(one.url))
        await page.keyboard.press("Control+k")
        await page.keyboard.type("donker")
        await page.keyboard.press("Enter")
        await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        await expect(page.locator("[data-filter] > summary")).to_be_focused()
        assert not [url for url in asked_for if "/console/search" not in url]
        await page.keyboard.press("Control+k")
        await at.check_accessible()
        await page.keyboard.type("english")
        await page.keyboard.press("Enter")
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        await at.check_traps()


async def test_what_was_typed_without_a_network_is_kept_when_it_is_back(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at:
        await take(house, at)
        page = at.page
        await page.context.set_offline(True)
        await page.fill(TEXT, "Half an answer")
        await expect(page.locator("[data-draft-state]")).to_have_text("Draft kept on this device")
        await page.context.set_offline(False)

        async def is_kept() -> bool:
            return any(row.fields["text"] == "Half an answer" for row in await house.rows(drafts))

        # The live line comes back by itself, and with it what could not be kept.
        await eventually(is_kept)
        await expect(page.locator("[data-draft-state]")).to_have_text("Draft kept")


async def test_the_live_line_says_that_the_network_is_away_and_heals_by_itself(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at:
        await at.sign_in("anna")
        said = at.page.locator("#live-text")
        await at.page.context.set_offline(True)
        await expect(said).to_have_text("No network")
        await at.page.context.set_offline(False)
        await at.live()
        await house.receive(subject="Order 13")
        await expect(at.page.locator("loket-work")).to_contain_text("Order 13")
        await at.check_traps()


async def test_a_line_on_which_nothing_comes_is_not_called_live(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at:
        await at.page.clock.install()
        await at.sign_in("anna")
        page, said = at.page, at.page.locator("#live-text")
        await page.clock.run_for(21_000)
        await expect(said).to_have_text("Connecting again")
        await house.receive(subject="Order 14")
        await expect(said).to_have_text("Live")
        async with page.expect_request("**/console/live?after=*"):
            await page.clock.run_for(40_000)
        await at.live()
        await at.check_traps()


async def leave_with(at: Desk, text: str) -> None:
    """Write, and close the page before Loket has it."""

    async def nowhere(route: Route) -> None:
        await route.abort()

    await at.page.route("**/draft", nowhere)
    await at.page.fill(TEXT, text)
    await expect(at.page.locator("[data-draft-state]")).to_have_text("Draft kept on this device")
    await at.page.goto(f"{at.house.origin}/console/account")
    await at.page.unroute("**/draft")


@pytest.mark.parametrize(
    ("elsewhere", "shown", "apart"),
    [
        ("Dear Jan,\n\nIt leaves today.", "Dear Jan,\n\nIt leaves today.", []),
        ("Hello Jan!", "Hello Jan!", ["Dear Jan,"]),
        ("", "Dear Jan,", []),
    ],
)
async def test_what_was_written_on_since_at_another_machine_is_not_overwritten(
    house: House, browser: Browser, elsewhere: str, shown: str, apart: list[str]
) -> None:
    async with desk(browser, house) as at, person(house) as other:
        await take(house, at)
        opened = at.page.url
        await leave_with(at, "Dear Jan,")
        await other.sign_in("anna")
        page = await other.get(opened.removeprefix(house.origin))
        await other.post(f"{page.path}/draft", mode="reply", text=elsewhere, signed="1")
        await at.page.goto(opened)
        await at.live()
        await expect(at.page.locator(TEXT)).to_have_value(shown)
        await expect(at.page.locator("[data-apart] .text")).to_have_text(apart)

        async def is_kept() -> bool:
            return [row.fields["text"] for row in await house.rows(drafts)] == [shown]

        await eventually(is_kept)
        await at.check_traps()


async def test_what_was_sent_since_at_another_machine_is_no_draft_any_more(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at, person(house) as other:
        await take(house, at)
        opened = at.page.url
        await leave_with(at, "It leaves today.")
        await other.sign_in("anna")
        await other.reply(await other.get(opened.removeprefix(house.origin)), "It leaves today.")
        await at.page.goto(opened)
        await at.live()
        await expect(at.page.locator(".entry-outbound .text")).to_have_text("It leaves today.")
        await expect(at.page.locator(TEXT)).to_have_value("")
        await at.check_traps()


async def test_who_writes_on_while_a_colleague_takes_it_goes_on_where_they_were(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival(subject="Order 12"))
    await house.hire("carl", "Carl Smit")
    async with desk(browser, house) as at, person(house) as carl:
        await carl.sign_in("carl")
        await at.sign_in("anna", accepted.conversation_id)
        area = at.page.locator(TEXT)
        await area.fill("Ask first. Then answer.")
        await area.evaluate("(one) => one.setSelectionRange(11, 15)")
        item = await house.work_of(accepted.conversation_id)
        await carl.post(f"/console/work/{item.id}/claim")
        await expect(at.page.locator("loket-composer")).to_have_attribute("data-may", "note")
        await expect(area).to_be_focused()
        await at.page.keyboard.type("Only then")
        await expect(area).to_have_value("Ask first. Only then answer.")
        await at.check_traps()
