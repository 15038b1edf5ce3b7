"""Two people at two browsers make a model from nothing: live, with keys, over a dropped network."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from console_browser import Desk, desk
from console_house import House, open_house
from hub.store.tables import workshops
from waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "locale": "nl-NL"}


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        await opened.hire("ina", "Ina Smit", ["service"], administrator=True)
        yield opened


async def start(at: Desk) -> str:
    """Ina begins a session; gives its code."""
    await at.enter("ina")
    await at.page.goto(f"{at.house.origin}/console/sessions")
    await at.page.fill("[name=title]", "Model of next year")
    await at.page.get_by_role("button", name="Start a session").click()
    await at.live()
    [session] = await at.house.rows(workshops)
    return str(session.code)


async def come_in(guest: Desk, code: str, facilitator: Page) -> None:
    await guest.page.goto(f"{guest.house.origin}/console/join/{code}")
    await guest.page.fill("[name=name]", "Gert")
    await guest.page.keyboard.press("Enter")
    await expect(guest.page.locator("#waiting")).to_be_visible()
    await guest.check_accessible()
    await facilitator.locator("#people > summary").click()
    await facilitator.get_by_role("button", name="Let in", exact=True).click()
    await guest.page.wait_for_selector("#content")
    await guest.live()
    await facilitator.keyboard.press("Escape")


async def go(page: Page, step: str) -> None:
    await page.locator(f'a[href$="step={step}"]').first.click()
    await page.wait_for_selector(f"#content[data-page={step}]")


async def add(page: Page, text: str, where: str = ".adder-main") -> None:
    await page.fill(f"{where} [name=text]", text)
    await page.keyboard.press("Enter")


def note(page: Page, text: str) -> Locator:
    return page.locator("[data-card]").filter(has=page.locator(f"textarea:text-is('{text}')"))


async def shown(page: Page) -> list[str]:
    """The texts of the notes, in the order of the page."""
    texts: list[str] = await page.evaluate(
        "[...document.querySelectorAll('.note textarea')].map((one) => one.value)"
    )
    return texts


async def see(page: Page, *texts: str) -> None:
    async def are_there() -> bool:
        return await shown(page) == list(texts)

    await eventually(are_there)


async def test_two_people_make_a_model_from_nothing(house: House, browser: Browser) -> None:
    async with desk(browser, house) as ina, desk(browser, house, **PHONE) as gert:
        await come_in(gert, await start(ina), ina.page)
        await _groups(ina, gert)
        await _topics(ina, gert)
        await _combinations(ina, gert)
        await _rows(ina)
        await _steps(ina)
        await _draft(ina)
        await ina.check_traps()
        await gert.check_traps()


async def _groups(ina: Desk, gert: Desk) -> None:
    """Both write at once, and the focus stays where they write."""
    await add(ina.page, "Consumers")
    await add(gert.page, "Bedrijven")
    await add(ina.page, "Key accounts")
    await expect(ina.page.locator(".note")).to_have_count(3)
    await expect(gert.page.locator(".note")).to_have_count(3)
    assert "text" in await ina.focused()
    await ina.check_accessible()
    await gert.check_accessible()

    # The network of one is away for a while: what they write waits, and comes.
    await gert.page.context.set_offline(True)
    await add(gert.page, "Leveranciers")
    await expect(gert.page.locator("#live-text")).to_contain_text("wacht op het netwerk")
    await gert.page.context.set_offline(False)
    await expect(ina.page.locator(".note")).to_have_count(4)


async def _topics(ina: Desk, gert: Desk) -> None:
    """The facilitator brings everybody along; forms, topics, and which combinations."""
    await go(ina.page, "topics")
    await ina.page.get_by_role("button", name="Bring everybody here").click()
    await gert.page.wait_for_selector("#content[data-page=topics]")
    await ina.page.check("[id='channel.sms:inbound']")
    await paste(ina.page, "Order\nLate\nInvoice\n")
    await see(gert.page, "Order", "Late", "Invoice")
    await gert.check_accessible()
    # Grouped by keys by one, ranked by dragging by the other.
    await note(ina.page, "Late").locator("textarea").focus()
    await ina.page.keyboard.press("Alt+ArrowDown")
    await gert.page.wait_for_selector(".under .note")
    await drag(ina.page, "Invoice", "Order")
    await see(gert.page, "Invoice", "Order", "Late")
    await note(gert.page, "Invoice").locator(".vote").click()
    await expect(note(ina.page, "Invoice").locator(".vote")).to_contain_text("1")


async def _combinations(ina: Desk, gert: Desk) -> None:
    await go(ina.page, "combinations")
    await ina.page.get_by_role("button", name="Order, Text message").click()
    cell = ina.page.get_by_role("button", name="Late, Text message")
    await expect(cell).to_have_attribute("aria-pressed", "false")
    await ina.check_accessible()
    await go(gert.page, "combinations")
    await expect(gert.page.get_by_role("button", name="Order, Sms")).to_have_attribute(
        "aria-pressed", "false"
    )
    await gert.check_accessible()


async def _rows(ina: Desk) -> None:
    """Who is responsible. A name makes a role."""
    await go(ina.page, "information")
    await ina.page.fill("[id='row.any.any.any.any:role']", "Service")
    await ina.page.keyboard.press("Tab")
    await expect(ina.page.locator("[id='to-row.any.any.any.any']")).to_contain_text("Service")
    await add(ina.page, "Customer number", "#add-info-row\\.any\\.any\\.any\\.any")
    await expect(ina.page.locator(".part-title input")).to_have_value("Customer number")
    await ina.check_accessible()


async def _steps(ina: Desk) -> None:
    """What is done, and how fast."""
    await go(ina.page, "steps")
    await add(ina.page, "Look up the order", "[id$='-before']")
    await ina.page.locator("[id$=':blocking']").check()
    await ina.page.fill("[id='row.any.any.any.any:first']", "2 uur")
    await ina.page.keyboard.press("Tab")
    await ina.check_accessible()


async def _draft(ina: Desk) -> None:
    """What is still open, and the draft with its proof."""
    await go(ina.page, "actions")
    await add(ina.page, "Ask the carrier")
    await ina.page.wait_for_selector(".part-action")
    await ina.check_accessible()
    await ina.page.get_by_role("button", name="Make a draft").click()
    await ina.page.wait_for_selector("#drafted")
    await ina.page.get_by_role("link", name="Go on to version 2").click()
    await ina.page.get_by_role("button", name="Check and open").click()
    await ina.page.get_by_role("link", name="Text", exact=True).click()
    text = await ina.page.locator(".numbered").inner_text()
    for line in ("first_response: 2h", "order/late:", "allowed: no", "blocking: yes"):
        assert line in text
    await ina.page.get_by_role("link", name="Open points").click()
    await expect(ina.page.locator("main")).to_contain_text("Ask the carrier")
    await expect(ina.page.locator("main")).to_contain_text("Write in English")


async def paste(page: Page, text: str) -> None:
    """Into the line for new cards, as from a spreadsheet."""
    await page.locator(".adder-main [name=text]").evaluate(
        """(field, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const how = { clipboardData, bubbles: true, cancelable: true };
            field.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        text,
    )


async def drag(page: Page, what: str, before: str) -> None:
    grip = note(page, what).first.locator("[data-grip]").first
    goal = await note(page, before).first.locator(".note").first.bounding_box()
    assert goal is not None
    await grip.hover()
    await page.mouse.down()
    await page.mouse.move(goal["x"] + 20, goal["y"] + 20, steps=4)
    await page.mouse.up()


async def test_what_two_write_in_one_field_is_shown_to_both(house: House, browser: Browser) -> None:
    async with desk(browser, house) as ina, desk(browser, house, locale="en-GB") as gert:
        await come_in(gert, await start(ina), ina.page)
        await add(ina.page, "Consumers")
        await see(gert.page, "Consumers")
        # Gert begins to write; before he is done Ina writes the same card.
        await gert.page.context.set_offline(True)
        await gert.page.locator(".note textarea").fill("Private customers")
        await ina.page.locator(".note textarea").fill("People")
        await ina.page.keyboard.press("Enter")
        await expect(ina.page.locator(".note textarea:not([data-dirty])")).to_have_value("People")
        await gert.page.context.set_offline(False)
        remark = ina.page.locator(".note .remark")
        await expect(remark).to_contain_text("Ina Smit wrote at the same time: People")
        await expect(ina.page.locator(".note textarea")).to_have_value("Private customers")
        await ina.check_accessible()
        await remark.get_by_role("button", name="Take that").click()
        await expect(gert.page.locator(".note textarea")).to_have_value("People")
        await expect(gert.page.locator(".note .remark")).to_have_count(0)
        # A reload shows the same.
        await gert.page.reload()
        await see(gert.page, "People")
        # A browser closes while what was written waits for the network: opened again, it sends it.
        context, address = gert.page.context, gert.page.url
        await context.set_offline(True)
        await add(gert.page, "Suppliers")
        await expect(gert.page.locator("#live-text")).to_contain_text("waits for the network")
        await gert.page.close()
        await context.set_offline(False)
        await see(ina.page, "People")
        again = await context.new_page()
        await again.goto(address)
        await see(ina.page, "People", "Suppliers")
        # Who is sent away is out, with no way to write any more.
        await ina.page.locator("#people > summary").click()
        await ina.page.get_by_role("button", name="Send away").click()
        await again.wait_for_url("**/console/join")
        await ina.check_traps()
