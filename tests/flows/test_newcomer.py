"""What a newcomer sees after `make run`: a mail and a chat arrive, and so do the answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from town import Town, open_town
from waiting import eventually

HUNDREDS = 500

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Town]:
    with open_town(tmp_path, at_a_shell=True) as town:
        yield town


@pytest.fixture
def quiet_demo(tmp_path: Path) -> Iterator[Town]:
    """In which nobody wrote before."""
    with open_town(tmp_path, "--quiet") as town:
        yield town


async def sign_in(browser: Browser, demo: Town, login: str) -> Page:
    page = await browser.new_page()
    await page.goto(f"{demo.url}/console")
    await page.fill("input[name=login]", login)
    await page.fill("input[name=password]", demo.passwords[login])
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    return page


async def answer(page: Page, text: str) -> None:
    """Write in the open conversation and send."""
    await page.fill("textarea[name=text]", text)
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator(".entry-outbound", has_text=text)).to_be_visible()


@pytest.mark.timeout(120)
async def test_who_opens_the_console_first_finds_work_and_a_month_behind_it(
    demo: Town, browser: Browser
) -> None:
    console = await sign_in(browser, demo, "sam")
    for subject in ("Machine lekt en geeft foutcode E07", "Opzegtermijn van ons contract"):
        await expect(console.locator(".row-title", has_text=subject)).to_be_visible()
    await console.goto(f"{demo.url}/console/reports")
    await console.get_by_role("link", name="30 days").click()
    tile = console.locator(".tile", has_text="finished").locator(".tile-value")

    async def is_counted() -> bool:
        await console.reload()
        return int((await tile.inner_text()).replace(",", "")) > HUNDREDS

    await eventually(is_counted)


@pytest.mark.timeout(120)
async def test_a_mail_there_and_back_and_there_again(demo: Town, browser: Browser) -> None:
    console = await sign_in(browser, demo, "sam")
    mailbox = await browser.new_page()
    await mailbox.goto(f"{demo.url}/demo/mail")
    await mailbox.fill("input[name=other]", "nora@example.org")
    await mailbox.fill("input[name=subject]", "Where is my parcel?")
    await mailbox.fill("textarea[name=text]", "It should have come on Monday.")
    await mailbox.get_by_role("button", name="Send").click()

    # It appears by itself, without reloading, among what others wrote before.
    await console.get_by_text("Where is my parcel?").first.click()
    await console.get_by_role("button", name="Take", exact=True).click()
    heading = console.get_by_role("heading", name="Where is my parcel?", level=2)
    await expect(heading).to_be_visible()
    await answer(console, "The carrier brings it tomorrow.")
    # A mail waits a few seconds, in which it can be taken back.
    await console.get_by_role("button", name="Send now").click()
    await expect(console.locator(".entry-outbound .delivery")).to_have_text("Sent")

    await expect(mailbox.get_by_text("The carrier brings it tomorrow.").first).to_be_visible()
    await mailbox.fill("textarea[name=text]", "Thank you, until tomorrow then.")
    await mailbox.get_by_role("button", name="Send").click()
    again = console.locator(".entry-inbound", has_text="Thank you, until tomorrow then.")
    await expect(again).to_be_visible()


@pytest.mark.timeout(180)
async def test_a_chat_there_and_back(quiet_demo: Town, browser: Browser) -> None:
    console = await sign_in(browser, quiet_demo, "sam")
    shop = await browser.new_page()
    await shop.goto(f"{quiet_demo.url}/demo/shop")
    chat = shop.locator("loket-chat")
    await chat.get_by_role("button").first.click()
    await chat.get_by_role("textbox", name="Your message").fill("Do you sell decaf?")
    await shop.keyboard.press("Enter")

    await expect(console.get_by_text("Do you sell decaf?").first).to_be_visible()
    await console.get_by_role("button", name="Take next").click()
    await expect(console.locator(".entry-inbound", has_text="decaf")).to_be_visible()
    await answer(console, "Yes, we roast it on Fridays.")
    await expect(chat.get_by_text("Yes, we roast it on Fridays.")).to_be_visible()
    await expect(console.locator(".entry-outbound .delivery").last).to_have_text("Seen")


@pytest.mark.timeout(180)
async def test_a_text_there_and_back_and_stop(quiet_demo: Town, browser: Browser) -> None:
    console = await sign_in(browser, quiet_demo, "sam")
    phone = await browser.new_page()
    await phone.goto(f"{quiet_demo.url}/demo/phone?number=0612345678")
    await phone.fill("textarea", "Is the shop open on Sunday?")
    await phone.keyboard.press("Enter")
    await expect(phone.locator(".bubble.theirs")).to_contain_text("open on Sunday")

    await expect(console.get_by_text("open on Sunday").first).to_be_visible()
    await console.get_by_role("button", name="Take next").click()
    await expect(console.locator(".entry-inbound", has_text="Sunday")).to_be_visible()
    await answer(console, "Yes, from noon to five.")
    await expect(console.locator(".entry-outbound .delivery")).to_have_text("Delivered")
    await expect(phone.locator(".bubble.ours")).to_contain_text("from noon to five")

    await phone.fill("textarea", "afmelden")
    await phone.keyboard.press("Enter")
    last = phone.locator(".bubble.ours").last
    await expect(last).to_contain_text("u krijgt hier geen berichten meer")
    await console.reload()
    await expect(console.locator(".points")).to_contain_text("No SMS")
    await expect(console.get_by_role("option", name="SMS to")).to_be_disabled()


@pytest.mark.timeout(180)
async def test_a_call_there_and_an_agent_who_is_rung(quiet_demo: Town, browser: Browser) -> None:
    console = await sign_in(browser, quiet_demo, "sam")
    phone = await browser.new_page()
    await phone.goto(f"{quiet_demo.url}/demo/phone?number=0612345678")
    await phone.get_by_role("button", name="always open").click()
    await expect(phone.get_by_text("For Delivery, press 1.")).to_be_visible()
    await phone.get_by_role("button", name="1", exact=True).click()

    await expect(console.get_by_role("button", name="Take: Delivery")).to_be_visible()
    await console.get_by_role("button", name="Take next").click()
    await expect(phone.get_by_text("You are talking with an agent.")).to_be_visible(timeout=60_000)
    await phone.get_by_role("button", name="Hang up").click()
    await expect(phone.get_by_text("The call is over.")).to_be_visible()
    event = console.get_by_text("Sam Okafor talked on the phone with the customer")
    await expect(event).to_be_visible()
