"""The demo's pages in a browser: live, without a policy broken, usable by all, at any width."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, expect

from accessible import violations
from demo_house import CUSTOMER, House, open_house
from servers.smtp import SmtpSink
from waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
THREAD = f"/demo/mail?person={CUSTOMER}"


@pytest_asyncio.fixture(loop_scope="session")
async def smtp_sink() -> AsyncIterator[SmtpSink]:
    sink = SmtpSink()
    await sink.start()
    yield sink
    await sink.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path, smtp_sink: SmtpSink) -> AsyncIterator[House]:
    async with open_house(tmp_path, smtp_sink.port) as house:
        yield house


async def test_pages_are_usable_by_all(house: House, browser: Browser) -> None:
    await house.answer()
    page = await browser.new_page(locale="nl-NL")
    for path in ("/", "/demo/mail", THREAD, "/demo/phone", "/demo/shop"):
        await page.goto(house.origin + path)
        for width in (1280, 320):
            await page.set_viewport_size({"width": width, "height": 700})
            assert await violations(page, dark=width == 320) == [], path
            assert await page.evaluate(WIDER) == 0, path


async def test_an_answer_appears_by_itself_and_a_reply_that_is_being_written_stays(
    house: House, browser: Browser
) -> None:
    page = await browser.new_page()
    complaints = _complaints(page)
    await page.goto(f"{house.origin}/demo/mail")
    await page.get_by_label("or from any other address").fill(CUSTOMER)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("No answer yet.")).to_be_visible()
    await house.answer(text="The first answer <img src=x onerror=alert(1)>.")
    await expect(page.get_by_text("The first answer <img")).to_be_visible()
    await expect(page.get_by_role("status")).to_have_text("New mail has arrived.")
    reply = page.get_by_label("Text")
    await reply.fill("I am writing")
    await house.answer(text="The second answer.")
    await expect(page.get_by_text("The second answer.")).to_be_visible()
    await expect(reply).to_have_value("I am writing")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("article").get_by_text("I am writing")).to_be_visible()
    assert complaints == []


async def test_the_switch_keeps_the_focus_and_shows_what_is_sent(
    house: House, browser: Browser, smtp_sink: SmtpSink
) -> None:
    page = await browser.new_page()
    await page.goto(house.origin)
    button = page.get_by_role("button", name="60", exact=True)
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(button).to_have_attribute("aria-pressed", "true")
    await expect(button).to_be_focused()
    await eventually(lambda: smtp_sink.mails)
    await expect(page.locator("[data-count=mails]")).not_to_have_text("0")
    await page.get_by_role("button", name="Off").click()
    await expect(page.get_by_role("button", name="Off")).to_have_attribute("aria-pressed", "true")


async def test_the_switch_works_without_scripts(house: House, browser: Browser) -> None:
    page = await browser.new_page(java_script_enabled=False)
    await page.goto(house.origin)
    await page.get_by_role("button", name="6", exact=True).click()
    pressed = page.locator("[aria-pressed=true]")
    await expect(pressed).to_have_text("6")


def _complaints(page: Page) -> list[str]:
    """What the browser complains about: errors of scripts, and breaches of the policy."""
    found: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            found.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found
