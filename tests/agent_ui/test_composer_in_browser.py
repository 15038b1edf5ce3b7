"""Writing in a browser: files that are dropped and pasted, who else is there, and what came on
paper."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Request, expect

from builders import mail_arrival
from console_browser import Desk, desk
from console_house import House, open_house
from hub.store.tables import attachments, interactions
from waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_GIVE = """
(area, {kind, name, type, bytes}) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(bytes)], name, {type}));
  const how = {bubbles: true, cancelable: true};
  const event = kind === "paste"
    ? new ClipboardEvent("paste", {...how, clipboardData: transfer})
    : new DragEvent(kind, {...how, dataTransfer: transfer});
  area.dispatchEvent(event);
  return event.defaultPrevented;
}
"""


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        await opened.hire("anna", "Anna de Wit")
        yield opened


async def give(at: Desk, kind: str, name: str, type_: str, content: bytes) -> bool:
    """Drop or paste a file where the text is written."""
    file = {"kind": kind, "name": name, "type": type_, "bytes": list(content)}
    taken: bool = await at.page.locator("textarea[name=text]").evaluate(_GIVE, file)
    return taken


async def test_files_that_are_dropped_and_pasted_go_along(house: House, browser: Browser) -> None:
    accepted = await house.receive(mail_arrival(subject="Order 1"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        composer = at.page.locator("loket-composer")
        assert await give(at, "dragover", "invoice.pdf", "application/pdf", PDF)
        await expect(composer).to_have_attribute("data-drop", "")
        assert await give(at, "drop", "invoice.pdf", "application/pdf", PDF)
        assert await composer.get_attribute("data-drop") is None
        assert await give(at, "paste", "picture.png", "image/png", PNG)
        await expect(at.page.locator("[data-chosen] bdi")).to_have_text(
            ["invoice.pdf", "picture.png"]
        )
        await at.page.locator("textarea[name=text]").press("Control+Enter")
        names = at.page.locator(".entry-outbound .file-name")
        await expect(names).to_have_text(["invoice.pdf", "picture.png"])
        await at.done()
        await expect(at.page.locator("[data-chosen] li")).to_have_count(0)
        kept = {(row.filename, row.size) for row in await house.rows(attachments)}
        assert kept == {("invoice.pdf", len(PDF)), ("picture.png", len(PNG))}
        await at.check_traps()


async def test_a_file_that_was_chosen_is_taken_out_again_by_key(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival(subject="Order 1"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        hostile = "\u202efdp.exe <img src=x onerror=pwned()> " + "x" * 180 + ".png"
        for name in ("mine.png", "yours.png", hostile):
            await give(at, "drop", name, "image/png", PNG)
        names = at.page.locator("[data-chosen] bdi")
        await expect(names).to_have_count(3)
        assert "\u202e" not in await names.last.inner_text()
        fits = "(one) => one.scrollWidth <= one.clientWidth"
        assert await at.page.locator("#talk").evaluate(fits)
        await at.check_accessible()
        await expect(at.page.get_by_text("Add files")).to_be_visible()
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("x")
        await expect(at.page.locator(".attach, [data-chosen]").first).to_be_hidden()
        await expect(names.first).to_be_hidden()
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("r")
        out = at.page.get_by_role("button", name="Take out", exact=False)
        await out.last.press("Enter")
        await expect(names).to_have_text(["mine.png", "yours.png"])
        assert await out.last.evaluate("(one) => one === document.activeElement")
        await out.first.press("Enter")
        await expect(names).to_have_text(["yours.png"])
        await out.first.press("Enter")
        await expect(names).to_have_count(0)
        await expect(at.page.locator("textarea[name=text]")).to_be_focused()
        for name in ("mine.png", "yours.png"):
            await give(at, "drop", name, "image/png", PNG)
        await out.first.press("Enter")
        await at.page.locator("textarea[name=text]").press("Control+Enter")
        await expect(at.page.locator(".entry-outbound .file-name")).to_have_text(["yours.png"])
        await at.done()
        await at.check_traps()


async def test_files_that_no_mail_server_takes_are_refused_before_they_are_sent(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival(subject="Order 1"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        area = at.page.locator("textarea[name=text]")
        await area.fill("Here it is.")
        large = "new File([new Uint8Array(26e6)], 'film.mp4', {type: 'video/mp4'})"
        await area.evaluate(f"""(area) => {{
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add({large});
          const how = {{bubbles: true, cancelable: true, dataTransfer}};
          area.dispatchEvent(new DragEvent("drop", how));
        }}""")
        told = at.page.locator("[data-chosen-notice]")
        await expect(told).to_have_text(
            "These files are 26 MB together. At most 25 MB can go along."
        )
        await area.press("Control+Enter")
        await expect(area).to_have_value("Here it is.")
        assert "film.mp4" in await at.page.locator("[data-chosen]").inner_text()
        await at.page.get_by_role("button", name="Take out film.mp4").press("Enter")
        await expect(told).to_be_hidden()
        await area.press("Control+Enter")
        await expect(at.page.locator(".entry-outbound .text")).to_have_text("Here it is.")
        await at.done()
        await at.check_traps()


async def test_what_is_passed_on_does_not_look_like_an_answer(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival(subject="Re: Order 1"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        subject = at.page.locator("input[name=subject]")
        await expect(subject).to_have_value("Re: Order 1")
        await at.page.keyboard.press("f")
        await expect(subject).to_have_value("Fwd: Order 1")
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("r")
        await expect(subject).to_have_value("Re: Order 1")
        await subject.fill("About your order")
        await at.page.locator("label:has([value=forward])").click()
        await expect(subject).to_have_value("About your order")
        await at.check_traps()


async def test_each_sees_who_else_looks_and_types(house: House, browser: Browser) -> None:
    await house.hire("carl", "Carl Visser")
    accepted = await house.receive(mail_arrival(subject="Order 1"))
    async with desk(browser, house) as anna, desk(browser, house) as carl:
        await anna.sign_in("anna")
        await carl.sign_in("carl")
        await anna.open(accepted.conversation_id)
        company = anna.page.locator("[data-company]")
        await carl.open(accepted.conversation_id)
        await expect(company).to_have_text("Carl Visser is looking too")
        await expect(carl.page.locator("[data-company]")).to_have_text("Anna de Wit is looking too")
        await carl.page.locator("textarea[name=text]").press_sequentially("I am")
        await expect(company).to_have_text("Carl Visser is writing here")
        await anna.check_accessible()
        await carl.page.goto(f"{house.origin}/console")
        await expect(company).to_have_text("")
        await anna.check_traps()
        await carl.check_traps()


async def test_what_a_colleague_leaves_half_written_is_shown_to_who_writes_here(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival(subject="Order 1"))
    await house.hire("carl", "Carl Smit")
    area = "textarea[name=text]"
    async with desk(browser, house) as at, desk(browser, house) as other:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.fill(area, "Dear Jan,")
        await other.sign_in("carl", accepted.conversation_id)
        await expect(at.page.locator("[data-company]")).to_contain_text("Carl Smit")
        await other.page.fill(area, "I asked the carrier.")
        await expect(other.page.locator("[data-draft-state]")).to_have_text("Draft kept")
        await expect(at.page.locator(".others-draft")).to_have_count(0)
        await other.page.goto(f"{house.origin}/console/account")
        await expect(at.page.locator(".others-draft summary")).to_contain_text("Carl Smit")
        await expect(at.page.locator("[data-draft-text]")).to_have_text("I asked the carrier.")
        await expect(at.page.locator(area)).to_have_value("Dear Jan,")
        await expect(at.page.locator(area)).to_be_focused()
        await at.check_traps()


async def test_who_goes_past_a_conversation_does_not_look_at_it(
    house: House, browser: Browser
) -> None:
    talks = [(await house.receive(mail_arrival(subject=s))).conversation_id for s in ("A", "B")]
    told: list[tuple[str, str]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/company"):
            [what] = parse_qs(request.post_data or "")["what"]
            told.append((request.url.split("/")[-2], what))

    async with desk(browser, house) as at:
        await at.page.clock.install()
        await at.sign_in("anna")
        await at.page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
        at.page.on("request", note)
        for talk in talks:
            await at.page.keyboard.press("n")
            await expect(at.page.locator("loket-conversation")).to_have_attribute("data-id", talk)
        await at.page.clock.run_for(1_000)
        await eventually(lambda: _is(told, [(talks[1], "looking")]))
        await at.page.keyboard.press("k")
        await at.page.keyboard.press("o")
        await expect(at.page.locator("loket-conversation")).to_have_attribute("data-id", talks[0])
        await eventually(lambda: _is(told, [(talks[1], "looking"), (talks[1], "left")]))


async def _is(told: list[tuple[str, str]], wanted: list[tuple[str, str]]) -> bool:
    return told == wanted


async def test_a_letter_is_written_down_with_its_scan_by_keyboard(
    house: House, browser: Browser
) -> None:
    async with desk(browser, house) as at:
        await at.sign_in("anna")
        await at.page.keyboard.press("l")
        await at.page.wait_for_selector("loket-by-hand")
        assert "who" in await at.focused()
        await at.page.keyboard.type("jan@example.org")
        await at.page.get_by_label("Subject").fill("Complaint")
        await at.page.get_by_label("What was said or written").fill("My order is late.")
        await expect(at.page.locator("[data-draft-state]")).not_to_be_empty()
        await at.page.keyboard.press("Escape")
        await at.page.wait_for_selector("loket-work")
        await at.live()
        await at.page.keyboard.press("l")
        await expect(at.page.get_by_label("Subject")).to_have_value("Complaint")
        scan = FilePayload(name="scan.pdf", mimeType="application/pdf", buffer=PDF)
        await at.page.locator("input[type=file]").set_input_files(scan)
        await at.page.keyboard.press("Escape")
        await at.check_accessible()
        await at.page.get_by_label("Subject").press("Control+Enter")
        await expect(at.page.locator("[data-done]")).to_be_visible()
        await expect(at.page.get_by_label("Subject")).to_have_value("")
        [row] = await house.rows(interactions)
        await eventually(lambda: house.work_of(row.conversation_id))
        await at.open(row.conversation_id)
        await expect(at.page.locator(".entry-inbound .file-name")).to_have_text("scan.pdf")
        assert (row.subject, row.text) == ("Complaint", "My order is late.")
        await at.check_traps()
