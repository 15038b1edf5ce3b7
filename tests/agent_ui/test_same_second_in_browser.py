"""Two agents who send in one conversation in the same moment: nothing is lost, both are told."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from agent_ui.settings import ConsoleSettings
from builders import mail_arrival
from console_browser import desk
from console_house import House, open_house
from hub.interaction import Direction
from hub.store.tables import interactions

pytestmark = pytest.mark.asyncio(loop_scope="session")

AREA = "loket-composer textarea[name=text]"
TEXTS = ("It is on its way.", "It comes on Monday.")


@pytest_asyncio.fixture(loop_scope="session")
async def house(store_url: str, tmp_path: Path) -> AsyncIterator[House]:
    settings = ConsoleSettings(undo_send_seconds=120)
    async with open_house(store_url, tmp_path, settings=settings) as opened:
        await opened.hire("anna", "Anna de Wit")
        await opened.hire("carl", "Carl Smit")
        yield opened


async def test_of_two_who_send_at_once_one_goes_and_the_other_keeps_what_they_wrote(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    async with desk(browser, house) as one, desk(browser, house) as other:
        await one.sign_in("anna", accepted.conversation_id)
        await other.sign_in("carl", accepted.conversation_id)
        pages = (one.page, other.page)
        for page, text in zip(pages, TEXTS, strict=True):
            await page.fill(AREA, text)
        await asyncio.gather(*(page.press(AREA, "Control+Enter") for page in pages))
        await expect(one.page.locator("[data-going]")).to_have_count(0)
        await expect(other.page.locator("[data-going]")).to_have_count(0)
        await one.done()
        await other.done()
        rows = await house.rows(interactions)
        sent = [row.text for row in rows if row.direction == Direction.OUTBOUND]
        notices = [page.locator("[role=alert].notice-bad") for page in pages]
        late = 0 if await notices[0].count() else 1
        said = "This was not sent yet: something was added while you were writing."
        await expect(notices[late]).to_contain_text(said)
        await expect(notices[1 - late]).to_have_count(0)
        assert sent == [TEXTS[1 - late]]
        await expect(pages[late].locator(".entry-outbound")).to_contain_text(sent[0])
        await expect(pages[late].locator(AREA)).to_have_value(TEXTS[late])
        await expect(pages[1 - late].locator(AREA)).to_have_value("")
        await one.check_traps()
        await other.check_traps()
