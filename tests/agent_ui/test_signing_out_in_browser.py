"""Who signs out leaves nothing of what they typed here, and is asked before any is lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Dialog, Page, expect

from builders import mail_arrival
from console_browser import desk
from console_house import House, open_house
from hub.store.tables import drafts

pytestmark = pytest.mark.asyncio(loop_scope="session")

AREA = "loket-composer textarea[name=text]"


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        await opened.hire("anna", "Anna de Wit")
        yield opened


async def sign_out(page: Page) -> None:
    await page.locator("details.menu:has([data-signs-out]) > summary").click()
    await page.get_by_role("button", name="Sign out").click()


async def kept_here(page: Page) -> list[str]:
    kept: list[str] = await page.evaluate("Object.keys(localStorage)")
    return [key for key in kept if ":" in key]


async def test_what_is_typed_goes_to_loket_and_is_gone_here(house: House, browser: Browser) -> None:
    first = await house.receive(mail_arrival("jan@example.org"))
    second = await house.receive(mail_arrival("bo@example.org"))
    async with desk(browser, house) as at:
        await at.sign_in("anna")
        await at.page.route("**/draft", lambda route: route.abort())
        for accepted, words in ((first, "Half an answer"), (second, "Half another")):
            await at.open(accepted.conversation_id)
            await at.page.fill(AREA, words)
            state = at.page.locator("[data-draft-state]")
            await expect(state).to_have_text("Draft kept on this device")
        await at.page.unroute("**/draft")
        await sign_out(at.page)
        await at.page.wait_for_selector("[name=login]")
        assert await kept_here(at.page) == []
        texts = {row.conversation_id: row.fields["text"] for row in await house.rows(drafts)}
        assert texts == {
            first.conversation_id: "Half an answer",
            second.conversation_id: "Half another",
        }
        await at.check_traps()


async def test_one_press_is_enough_with_nothing_typed(house: House, browser: Browser) -> None:
    async with desk(browser, house) as at:
        await at.sign_in("anna")
        await sign_out(at.page)
        await at.page.wait_for_selector("[name=login]")


async def test_what_loket_cannot_keep_is_asked_about(house: House, browser: Browser) -> None:
    asked: list[str] = []
    async with desk(browser, house) as at:
        await at.sign_in("anna")
        await at.page.goto(f"{house.origin}/console/by-hand")
        words = at.page.get_by_label("What was said or written")
        await words.fill("My order is late.")
        await expect(at.page.locator("[data-draft-state]")).not_to_be_empty()

        async def stay(dialog: Dialog) -> None:
            asked.append(dialog.message)
            await dialog.dismiss()

        at.page.once("dialog", stay)
        await sign_out(at.page)
        await expect(at.page.locator("form[aria-busy]")).to_have_count(0)
        assert "Loket does not have" in asked[0]
        await expect(words).to_have_value("My order is late.")
        assert len(await kept_here(at.page)) == 1
        at.page.once("dialog", lambda dialog: dialog.accept())
        await at.page.get_by_role("button", name="Sign out").click()
        await at.page.wait_for_selector("[name=login]")
        assert await kept_here(at.page) == []
        await at.check_traps()
