"""Steps that must be done first, by keyboard: where they are, and what stays in sight."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from builders import mail_arrival
from console_browser import desk
from console_house import MODEL, House, open_house

pytestmark = pytest.mark.asyncio(loop_scope="session")

BLOCKING = MODEL.replace("blocking: no}", "blocking: yes}")


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, model_text=BLOCKING) as opened:
        await opened.hire("anna", "Anna de Wit")
        yield opened


async def test_what_must_be_done_first_is_one_key_away_and_sending_stays_in_sight(
    house: House, browser: Browser
) -> None:
    text = "\n\n".join(["Where is it?"] * 20)
    accepted = await house.receive(mail_arrival(subject="My order 12", text=text))
    async with desk(browser, house, viewport={"width": 1280, "height": 860}) as at:
        page, keys = at.page, at.page.keyboard
        await at.sign_in("anna", accepted.conversation_id)
        await keys.press("i")
        await expect(page.locator(".chip-mine")).to_be_visible()
        await at.done()
        area = page.locator("textarea[name=text]")
        await area.fill("\n".join(["It comes tomorrow."] * 40))
        await area.press("Control+Enter")
        refused = page.locator("[data-notice] [role=alert]")
        await expect(refused).to_contain_text("Do this first")
        await at.done()
        await expect(page.locator("[data-send]")).to_be_in_viewport(ratio=1)
        await at.check_accessible()
        first = page.locator("[data-steps] button[value=done]").first
        way = refused.get_by_role("link", name="To the first step to do Shift D")
        await way.press("Enter")
        await expect(first).to_be_focused()
        await way.focus()
        await keys.press("Shift+D")
        await expect(first).to_be_focused()
        await at.check_traps()
