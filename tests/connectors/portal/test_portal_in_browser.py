"""The portal in a browser: usable by keyboard, and nothing that axe finds, in both themes."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from accessible import violations
from portal_house import JAN, code_in, open_house

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_signing_in_and_asking_without_a_mouse(
    sqlite_url: str, tmp_path: Path, browser: Browser
) -> None:
    async with open_house(sqlite_url, tmp_path) as house:
        page = await browser.new_page(base_url=house.url, locale="nl-NL")
        await page.goto("/portal")
        await expect(page.get_by_role("heading", name="Aanmelden")).to_be_visible()
        found = await violations(page)
        await page.keyboard.type(JAN)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Kijk in uw mail")).to_be_visible()
        await house.connector._sign_in.finish()
        await page.keyboard.type(code_in(house.mails[-1]))
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Dag Jan")).to_be_visible()
        for path in (
            "",
            "/requests",
            "/orders",
            "/orders/VK-1",
            "/orders/new/price",
            "/invoices",
            "/details",
        ):
            await page.goto(f"/portal{path}")
            found += await violations(page)
        await page.goto("/portal/requests/new?topic=delivery/late")
        found += await violations(page)
        await page.get_by_label("Uw vraag").focus()
        await page.keyboard.type("Waar blijft het? <script>alert(1)</script>")
        await page.keyboard.press("Tab")  # past the files
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator(".said")).to_have_text(
            "Waar blijft het? <script>alert(1)</script>"
        )
        found += await violations(page)
        assert found == []
        await page.close()
