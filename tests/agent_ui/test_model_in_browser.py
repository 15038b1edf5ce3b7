"""The pages of the interaction model in a browser: readable for everybody, and lines are found."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ViewportSize, expect

from accessible import violations
from console_browser import desk
from console_house import MODEL, House, open_house

pytestmark = pytest.mark.asyncio(loop_scope="session")

TABS = (
    "",
    "/try?subject=order",
    "/findings",
    "/compare?with=1",
    "/signatures",
    "/actions",
    "/text",
)
DESK: ViewportSize = {"width": 1280, "height": 720}
PHONE: ViewportSize = {"width": 390, "height": 844}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        # She owns a role, so that her pages have all there is.
        await opened.hire("anna", "Anna de Wit", administrator=True)
        yield opened


async def test_everybody_can_read_it(house: House, browser: Browser) -> None:
    async with desk(browser, house, viewport=DESK) as at:
        await at.enter("anna")
        model = f"{house.origin}/console/model"
        await at.page.goto(model)
        await at.check_accessible()
        await at.page.get_by_role("button", name="Make a draft").click()
        written = await at.page.input_value("textarea[name=text]")
        assert written == MODEL
        await at.page.fill("textarea[name=text]", MODEL.replace("4h}", "5h}"))
        await at.check_accessible()
        await at.page.get_by_role("button", name="Save", exact=True).click()
        await at.page.get_by_role("button", name="Check and open").click()
        await at.page.wait_for_url(f"{model}/2/signatures?checked=1")
        for tab in TABS:
            await at.page.goto(f"{model}/2{tab}")
            await at.check_accessible()
            assert await at.page.evaluate(WIDER) == 0, tab
            await at.page.set_viewport_size(PHONE)
            assert await violations(at.page, dark=False) == []
            assert await at.page.evaluate(WIDER) == 0, tab
            await at.page.set_viewport_size(DESK)
        await at.check_traps()


async def test_a_mistake_leads_to_its_line(house: House, browser: Browser) -> None:
    async with desk(browser, house) as at:
        await at.enter("anna")
        await at.page.goto(f"{house.origin}/console/model")
        await at.page.get_by_role("button", name="Make a draft").press("Enter")
        await at.page.fill("textarea[name=text]", MODEL.replace("role: billing", "role: biling"))
        await at.page.get_by_role("button", name="Save", exact=True).press("Enter")
        await at.page.locator(".flaw-list a").press("Enter")
        await expect(at.page.locator("textarea[name=text]")).to_be_focused()
        chosen = "(e => e.value.slice(e.selectionStart, e.selectionEnd))(document.activeElement)"
        assert await at.page.evaluate(chosen) == "    role: biling"
        await at.check_traps()
