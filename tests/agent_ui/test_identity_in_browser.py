"""Who it is, and what it has to do with, without a mouse."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from sqlalchemy import update

from builders import mail_arrival
from console_browser import desk
from console_house import House, open_house
from hub.store import sharing
from hub.store.tables import conversations, customers

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOME = "jansen@home.example"


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        yield opened


async def test_keys_say_who_it_is_and_link_it(house: House, browser: Browser) -> None:
    await house.hire("anna", "Anna de Wit")
    await house.receive(mail_arrival(HOME, subject="Order 1"))
    [jan] = [row.id for row in await house.rows(customers)]
    await house.write(lambda c: c.execute(update(customers).values(name="Jan Jansen")))
    await house.write(lambda c: sharing.share(c, jan, f"email:{HOME}", by=jan))
    second = await house.receive(mail_arrival(HOME, subject="Order 2"))
    await house.hire("carl", "Carl")
    async with desk(browser, house) as at, desk(browser, house) as other:
        [first] = [r.id for r in await house.rows(conversations) if r.id != second.conversation_id]
        await other.sign_in("carl", first)
        await at.sign_in("anna", second.conversation_id)
        who = at.page.locator("#side .who")
        await expect(who).to_contain_text(HOME)
        await at.page.keyboard.press("a")
        await expect(at.page.get_by_role("button", name="Jan Jansen")).to_be_focused()
        await at.check_accessible()
        await at.page.keyboard.press("Enter")
        await expect(who).to_contain_text("Jan Jansen")
        await at.done()
        await at.page.locator("[data-timeline]").focus()
        await at.page.keyboard.press("Shift+L")
        await expect(at.page.locator("[data-link] input[name=number]")).to_be_focused()
        await at.page.keyboard.type("#10002")
        await at.page.keyboard.press("Enter")
        await expect(at.page.locator("[data-linked] a")).to_have_text("#10002 Order 1")
        await at.done()
        await at.check_accessible()
        linked = other.page.locator("[data-linked] a")
        await expect(linked).to_have_text("#10003 Order 2")
        await other.page.get_by_role("button", name="Unlink #10003").click()
        await expect(at.page.locator("[data-linked] a")).to_have_count(0)
        await expect(linked).to_have_count(0)
        await other.check_traps()
        await at.page.keyboard.press("Shift+S")
        await at.check_accessible()
        await at.check_traps()
    [asked] = [r for r in await house.rows(conversations) if r.id == second.conversation_id]
    assert asked.customer_id == jan
