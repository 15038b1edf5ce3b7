"""Fields of customers, made with the form and changed in their place without a mouse."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from console_browser import Desk, desk
from console_house import House, open_house
from customer_fields import FIELDS
from hub.store.tables import customers

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        yield opened


async def add(boss: Desk, title: str, kind: str) -> None:
    """A required field, with one choice if it has any."""
    page = boss.page
    await page.goto(boss.house.origin + FIELDS)
    await expect(page.locator(".for-list")).to_be_hidden()
    await page.fill("[name='title.en']", title)
    await page.select_option("[name=kind]", kind)
    if kind == "one_of":
        await page.fill("[name='choice.0.en']", "Gold")
    await page.check("[name=required]")
    await boss.check_accessible()
    await page.get_by_role("button", name="Keep").click()
    await expect(page.locator("tbody th a").last).to_have_text(title)
    await boss.check_accessible()


async def test_keys_fill_a_field_in_beside_what_others_change(
    house: House, browser: Browser
) -> None:
    await house.hire("ina", "Ina Smit", administrator=True)
    await house.hire("anna", "Anna de Wit")
    told = await house.receive(subject="My order 12")

    async def known() -> dict[str, str]:
        [customer] = await house.rows(customers)
        return dict(customer.attributes)

    async with desk(browser, house) as boss, desk(browser, house) as at:
        await boss.sign_in("ina")
        await add(boss, "Loyalty level", "one_of")
        await add(boss, "Delivery window", "text")
        await boss.open(told.conversation_id)

        await at.sign_in("anna", told.conversation_id)
        window = at.page.locator("[data-field$=delivery_window]")
        level = at.page.locator("[data-field$=loyalty_level]")
        await window.locator("summary").focus()
        await at.page.keyboard.press("Enter")
        await expect(window.locator("input[name=value]")).to_be_focused()
        await at.page.keyboard.type("after six")
        await at.check_accessible()

        of_boss = boss.page.locator("[data-field$=loyalty_level]")
        await of_boss.locator("summary").click()
        await of_boss.locator("select").select_option("gold")
        await of_boss.get_by_role("button", name="Keep").click()
        await expect(level.locator("summary")).to_contain_text("Gold")
        await expect(window.locator("input[name=value]")).to_have_value("after six")

        await at.page.keyboard.press("Enter")
        await expect(window.locator("summary")).to_contain_text("after six")
        await expect(window.locator("summary")).to_be_focused()
        assert await known() == {"loyalty_level": "gold", "delivery_window": "after six"}
        await at.page.keyboard.press("Enter")
        await expect(window.locator("input[name=value]")).to_be_focused()
        await at.page.keyboard.press("Control+a")
        await at.page.keyboard.press("Delete")
        await at.page.keyboard.press("Enter")
        await expect(window.locator("[role=alert]")).to_contain_text("Fill it in.")
        await expect(window.locator("input[name=value]")).to_be_focused()
        await at.check_accessible()
        await at.page.keyboard.press("Escape")
        await expect(window.locator("summary")).to_be_focused()
        await expect(window.locator("details")).not_to_have_attribute("open", "")
        await at.check_traps()
        await boss.check_traps()
