"""The matrix by keyboard, and what is wrong while typing, in a browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from console_browser import Desk, desk
from console_house import MODEL, House, open_house
from hub.store import models

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
WIDE = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  document.activeElement.dispatchEvent(event);
}"""
COPY = """() => {
  const data = new DataTransfer();
  const event = new ClipboardEvent("copy", {clipboardData: data, bubbles: true, cancelable: true});
  document.activeElement.dispatchEvent(event);
  return data.getData("text/plain");
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        await opened.hire("anna", "Anna de Wit", administrator=True)
        yield opened


async def begin(at: Desk) -> None:
    """A draft, in the editor."""
    await at.enter("anna")
    await at.page.goto(f"{at.house.origin}/console/model")
    await at.page.get_by_role("button", name="Make a draft").press("Enter")
    await at.page.wait_for_selector("textarea[name=text]")


async def roles(at: Desk, topic: str) -> list[str]:
    return await at.texts(f"[data-topic='{topic}'] .cell-role")


async def test_a_model_is_edited_as_a_matrix_without_a_mouse(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at:
        await begin(at)
        await at.page.goto(f"{house.origin}/console/model/2/matrix")
        await at.check_accessible()
        keys = at.page.keyboard
        await at.page.locator("[data-cell][tabindex='0']").focus()
        await keys.press("ArrowDown")
        await keys.press("ArrowRight")
        column = await at.page.locator("[data-cell]:focus").get_attribute("data-column")
        await keys.press("Enter")
        await expect(at.page.locator("[data-picker-head]")).to_contain_text(f" · {column}")
        await keys.press("Escape")
        await keys.press("Shift+ArrowDown")
        await keys.press("Enter")
        await expect(at.page.locator("[data-picker-head]")).to_have_text("2 cells")
        await at.check_accessible()
        await at.page.locator("[data-picker] select").select_option("billing")
        await keys.press("Enter")
        assert await roles(at, "order") == ["Customer service", "Billing"]
        assert await at.page.evaluate(COPY) == "Billing\nBilling"
        await keys.press("Control+z")
        assert await roles(at, "order") == ["Customer service", "Customer service"]
        await at.page.evaluate(PASTE, "Billing\tNonsense\n")
        said = at.page.locator("[data-matrix-said]")
        await expect(said).to_have_text(
            "“Nonsense”, in row 1 and column 2 of what you copied, is not a role: "
            "nothing was pasted."
        )
        await keys.press("ArrowUp")
        await keys.press("ArrowLeft")
        await at.page.evaluate(PASTE, "billing\tCustomer service\r\n-\tBilling\r\n")
        await expect(said).to_have_text("4 cells are changed and not saved yet.")
        await at.check_accessible()
        await at.page.get_by_role("button", name="Save", exact=True).press("Enter")
        await expect(at.page.locator("[data-matrix-form]")).to_be_hidden()
        assert await roles(at, "order") == ["Billing", "Customer service"]
        assert await roles(at, "invoice") == ["Customer service", "Billing"]
        await at.check_traps()


async def test_what_a_spreadsheet_quotes_is_read_and_what_falls_beside_the_table_is_told(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at:
        await begin(at)
        await at.page.goto(f"{house.origin}/console/model/2/matrix")
        await at.page.locator("[data-topic=order][data-group=b2c]").focus()
        ragged = '"billing"\tBilling\r\n"Customer\nservice"\r\n'
        await at.page.evaluate(PASTE, ragged)
        said = at.page.locator("[data-matrix-said]")
        await expect(said).to_contain_text("were left out: 1.")
        assert (await roles(at, "order"))[-1] == "Billing"
        assert (await roles(at, "invoice"))[-1] == "Customer service"
        await at.page.keyboard.press("Control+z")
        await expect(said).to_have_text("Everything is as it was saved.")
        await at.page.evaluate(PASTE, '"say ""hello"""\tbilling')
        await expect(said).to_contain_text('“say "hello"”, in row 1 and column 1')
        await at.check_traps()


async def test_changes_survive_somebody_who_was_faster(house: House, browser: Browser) -> None:
    async with desk(browser, house) as at:
        await begin(at)
        await at.page.goto(f"{house.origin}/console/model/2/matrix")
        version = await house.database.read(lambda c: models.find(c, 2))
        faster = MODEL.replace("role: billing", "role: service")
        await house.life.versions.save(
            2, version.revision, written=faster, title="", note="", by="bob"
        )
        await at.page.locator("[data-topic=order][data-group=b2c]").press("Enter")
        await at.page.locator("[data-picker] select").select_option("billing")
        await at.page.keyboard.press("Enter")
        await at.page.get_by_role("button", name="Save", exact=True).press("Enter")
        await expect(at.page.get_by_role("alert")).to_contain_text("Somebody else changed")
        assert await roles(at, "order") == ["Customer service", "Billing"]
        assert await roles(at, "invoice") == ["Customer service", "Customer service"]
        await at.page.get_by_role("button", name="Save", exact=True).press("Enter")
        await expect(at.page.locator("[data-matrix-form]")).to_be_hidden()
        assert await roles(at, "order") == ["Customer service", "Billing"]
        await at.check_traps()


async def test_the_matrix_is_a_list_on_a_phone(house: House, browser: Browser) -> None:
    async with desk(browser, house, **PHONE) as at:
        await begin(at)
        await at.page.goto(f"{house.origin}/console/model/2/matrix?group=b2c&topic=order")
        await at.check_accessible()
        assert await at.page.evaluate(WIDE)
        whose = "(one) => getComputedStyle(one, '::before').content"
        assert await at.page.locator(".matrix td").first.evaluate(whose) == "none", "said once"
        await at.page.select_option("#cell [name=role]", "billing")
        await at.page.get_by_role("button", name="Save this cell").click()
        await expect(at.page.locator("[data-topic=order][data-group=b2c]")).to_contain_text(
            "Billing"
        )
        await at.check_traps()


async def test_what_is_wrong_appears_while_typing_and_leads_to_its_line(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at:
        await begin(at)
        editor = at.page.locator("textarea[name=text]")
        await editor.fill(MODEL.replace("role: billing", "role: biling"))
        wrong = at.page.locator(".live-list a")
        await expect(at.page.locator(".live-list")).to_contain_text("Did you mean 'billing'?")
        await at.check_accessible()
        await wrong.press("Enter")
        await expect(editor).to_be_focused()
        chosen = "(e => e.value.slice(e.selectionStart, e.selectionEnd))(document.activeElement)"
        assert await at.page.evaluate(chosen) == "    role: biling"
        await at.page.keyboard.type("    role: service")
        await expect(at.page.locator(".live-list")).to_contain_text("Nobody holds the role")
        await at.check_traps()
