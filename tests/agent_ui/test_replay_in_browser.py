"""A replay in a browser: its bar moves, its result appears by itself, and everybody can read it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from console_browser import desk
from console_house import MODEL, House, open_house

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        await opened.hire("anna", "Anna de Wit", administrator=True)
        yield opened


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone in the dark"])
async def test_a_replay_is_followed_to_its_end_and_read(
    house: House, browser: Browser, options: dict[str, object]
) -> None:
    await house.receive(subject="My invoice")
    async with desk(browser, house, **options) as at:
        await at.enter("anna")
        await at.page.goto(f"{house.origin}/console/model")
        await at.page.get_by_role("button", name="Make a draft").press("Enter")
        moved = MODEL.replace("role: billing\n    priority", "role: service\n    priority")
        await at.page.fill("textarea[name=text]", moved)
        await at.page.get_by_role("button", name="Save", exact=True).press("Enter")
        await expect(at.page.locator("textarea[name=text]")).to_have_count(0)
        await at.page.get_by_role("link", name="What would have happened").press("Enter")
        await at.check_accessible()
        await at.page.get_by_role("button", name="Replay").press("Enter")
        await expect(at.page.locator(".replay-sum")).to_contain_text("Of 1 contacts, 1 would go")
        await at.check_accessible()
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert await at.page.evaluate(wide)
        await at.page.locator("#contacts tbody a").press("Enter")
        await expect(at.page.locator(".is-different").first).to_contain_text("Customer service")
        await at.check_accessible()
        await at.page.get_by_role("link", name="Staffing").press("Enter")
        await expect(at.page.get_by_role("img", name="People to plan for Billing")).to_be_visible()
        await at.page.locator("summary", has_text="The same as a table").first.press("Enter")
        await at.check_accessible()
        assert await at.page.evaluate(wide)
        await at.check_traps()
