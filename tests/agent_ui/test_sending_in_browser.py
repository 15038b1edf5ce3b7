"""What an agent sends stands in the conversation at once, goes once, and is never lost."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Page, Route, expect

from agent_ui.settings import ConsoleSettings
from builders import mail_arrival
from console_browser import desk
from console_house import House, Person, open_house, person
from hub.store.tables import interactions, outbound

pytestmark = pytest.mark.asyncio(loop_scope="session")

AREA = "loket-composer textarea[name=text]"
OURS = ".entry-outbound .text"
FILE: FilePayload = {"name": "form.txt", "mimeType": "text/plain", "buffer": b"hello"}
OTHER: FilePayload = {"name": "map.txt", "mimeType": "text/plain", "buffer": b"north"}
ON_DEVICE = "Draft kept on this device"

_AS_IT_STOOD = """(kept) => {
  localStorage.clear();
  Object.assign(localStorage, JSON.parse(kept));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    settings = ConsoleSettings(undo_send_seconds=120)
    async with open_house(sqlite_url, tmp_path, settings=settings) as opened:
        await opened.hire("anna", "Anna de Wit")
        yield opened


async def send(page: Page, text: str) -> None:
    await page.fill(AREA, text)
    await page.focus(AREA)
    await page.keyboard.press("Control+Enter")


class Held:
    """Lets what is sent go on to Loket, or its answer back, when told."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.asked = 0

    async def on_its_way(self, route: Route) -> None:
        self.asked += 1
        await self.gate.wait()
        await route.fallback()


async def test_it_stands_there_before_loket_answers(house: House, browser: Browser) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    held = Held()
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.route("**/entries", held.on_its_way)
        await send(at.page, "We are looking.")
        going = at.page.locator("[data-going]")
        await expect(going).to_contain_text("We are looking.")
        await expect(going).to_contain_text("Being sent")
        await expect(going).to_be_in_viewport()
        await expect(at.page.locator(AREA)).to_have_value("")
        await expect(at.page.locator(AREA)).to_be_focused()
        await at.check_accessible()
        await at.page.keyboard.press("Control+Enter")
        await at.page.keyboard.type("And more.")
        held.gate.set()
        await expect(going).to_have_count(0)
        await expect(at.page.locator(OURS)).to_have_text(["We are looking."])
        await expect(at.page.locator(AREA)).to_have_value("And more.")
        await expect(at.page.locator(AREA)).to_be_focused()
        await at.done()
        assert held.asked == 1
        assert len(await house.rows(outbound)) == 1
        await at.check_traps()


async def test_what_nobody_filled_in_comes_back_once_and_goes_when_it_is_sent_again(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await send(at.page, "Dear {naem},")
        told = at.page.locator("[data-notice] [role=alert]")
        await expect(told).to_contain_text("{naem} still stands in it")
        await expect(at.page.locator(AREA)).to_have_value("Dear {naem},")
        await expect(at.page.locator(AREA)).to_be_focused()
        await at.check_accessible()
        assert await house.rows(outbound) == []
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator(OURS)).to_have_text(["Dear {naem},"])
        await at.done()
        await at.check_traps()


async def test_what_is_written_behind_it_goes_next(house: House, browser: Browser) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    held = Held()
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.route("**/entries", held.on_its_way)
        await send(at.page, "First.")
        await at.page.keyboard.type("Second.")
        await at.page.keyboard.press("Control+Enter")
        held.gate.set()
        await expect(at.page.locator(OURS)).to_have_text(["First.", "Second."])
        await at.done()
        assert len(await house.rows(outbound)) == 2
        await at.check_traps()


async def test_what_is_written_behind_it_goes_as_it_was_pressed(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    held = Held()
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.route("**/entries", held.on_its_way)
        await send(at.page, "First.")
        await at.page.keyboard.type("Second.")
        await at.page.locator(".send-more summary").click()
        await at.page.locator("button[name=later]").last.click()
        held.gate.set()
        await expect(at.page.locator(OURS)).to_have_text(["First.", "Second."])
        await at.done()
        first, second = sorted(await house.rows(outbound), key=lambda row: row.next_at)
        assert (second.next_at - first.next_at).total_seconds() > 1000
        await at.check_traps()


async def test_what_is_written_behind_it_is_kept_when_the_conversation_is_left(
    house: House, browser: Browser
) -> None:
    first = await house.receive(mail_arrival("jan@example.org", subject="Order 1"))
    await house.receive(mail_arrival("bo@example.org", subject="Order 2"))
    held = Held()
    async with desk(browser, house) as at:
        await at.sign_in("anna", first.conversation_id)
        await at.page.route("**/entries", held.on_its_way)
        await send(at.page, "First.")
        await at.page.set_input_files("input[name=file]", FILE)
        await send(at.page, "Second.")
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("n")
        await expect(at.page.locator(".talk-title")).to_have_text("Order 2")
        held.gate.set()
        await expect(at.page.locator("#toasts")).to_contain_text("was not sent. It is kept")
        await at.page.keyboard.press("k")
        await at.page.keyboard.press("Enter")
        await expect(at.page.locator(OURS)).to_have_text(["First."])
        await expect(at.page.locator(AREA)).to_have_value("Second.")
        await expect(at.page.locator("[data-chosen] bdi")).to_have_text("form.txt")
        await at.check_traps()


async def test_a_refusal_that_comes_elsewhere_keeps_the_files(
    house: House, browser: Browser
) -> None:
    mail = mail_arrival("jan@example.org", subject="Order 1", message_id="one@x.example")
    first = await house.receive(mail)
    await house.receive(mail_arrival("bo@example.org", subject="Order 2"))
    held = Held()
    async with desk(browser, house) as at:
        await at.sign_in("anna", first.conversation_id)
        await at.page.route("**/entries", held.on_its_way)
        await at.page.set_input_files("input[name=file]", FILE)
        await send(at.page, "We are looking.")
        await at.page.set_input_files("input[name=file]", OTHER)
        await house.receive(mail_arrival("jan@example.org", references=("one@x.example",)))
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("n")
        await expect(at.page.locator(".talk-title")).to_have_text("Order 2")
        held.gate.set()
        await expect(at.page.locator("#toasts")).to_contain_text("is kept as a draft")
        await at.page.keyboard.press("k")
        await at.page.keyboard.press("Enter")
        await expect(at.page.locator(AREA)).to_have_value("We are looking.")
        await expect(at.page.locator("[data-chosen]")).to_contain_text("form.txt")
        await expect(at.page.locator("[data-chosen]")).to_contain_text("map.txt")
        await at.check_traps()


async def test_what_a_colleague_adds_is_not_taken_for_files_on_their_way(
    house: House, browser: Browser
) -> None:
    await house.hire("bob", "Bob Kramer")
    accepted = await house.receive(mail_arrival("jan@example.org"))
    held = Held()
    async with desk(browser, house) as at, person(house) as bob:
        await bob.sign_in("bob")
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.route("**/entries", held.on_its_way)
        await at.page.set_input_files("input[name=file]", FILE)
        await at.page.focus(AREA)
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator("[data-going]")).to_contain_text("form.txt")
        theirs = await bob.get(f"/console/conversations/{accepted.conversation_id}")
        await bob.reply(theirs, "He called.", mode="note")
        await expect(at.page.locator(".entry-note .text:has-text('He called.')")).to_be_visible()
        await expect(at.page.locator("[data-going]")).to_contain_text("Being sent")
        held.gate.set()
        await at.done()
        await at.check_traps()


async def test_what_did_not_go_is_in_the_composer_again(house: House, browser: Browser) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.route("**/entries", lambda route: route.abort())
        await send(at.page, "We are looking.")
        await expect(at.page.locator("#toasts")).to_contain_text("Loket cannot be reached.")
        await expect(at.page.locator(AREA)).to_have_value("We are looking.")
        await expect(at.page.locator("[data-going]")).to_have_count(0)
        await at.page.unroute("**/entries")
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator(OURS)).to_have_text(["We are looking."])


# The answer begins, and breaks off.
BROKEN = """
const whole = window.fetch;
window.fetch = async (url, options) => {
  const answer = await whole(url, options);
  if (options?.method !== "POST" || !String(url).endsWith("/entries")) return answer;
  window.fetch = whole;
  answer.text = () => Promise.reject(new TypeError("network error"));
  return answer;
};
"""


async def test_an_answer_that_breaks_off_loses_nothing(house: House, browser: Browser) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.evaluate(BROKEN)
        await send(at.page, "We are looking.")
        await expect(at.page.locator("#toasts")).to_contain_text("Loket cannot be reached.")
        await expect(at.page.locator(AREA)).to_have_value("We are looking.")
        await expect(at.page.locator("[data-going]")).to_have_count(0)
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator(AREA)).to_have_value("")
        await at.done()
        assert len(await house.rows(outbound)) == 1
        await at.check_traps()


async def lose_the_answer(route: Route) -> None:
    """Loket got it, and the page does not hear of that."""
    await route.fetch(max_redirects=0)
    await route.abort()


async def test_of_an_answer_that_got_lost_one_message_is_left(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))

    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.route("**/entries", lose_the_answer, times=1)
        await send(at.page, "We are looking.")
        await expect(at.page.locator("#toasts")).to_contain_text("Loket cannot be reached.")
        await expect(at.page.locator(AREA)).to_have_value("We are looking.")
        await at.page.focus(AREA)
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator(AREA)).to_have_value("")
        await at.done()
        await expect(at.page.locator(OURS)).to_have_text(["We are looking."])
        assert len(await house.rows(outbound)) == 1


async def test_after_a_reload_an_answer_that_may_have_arrived_still_goes_once(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))

    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.route("**/entries", lose_the_answer, times=1)
        await send(at.page, "We are looking.")
        await expect(at.page.locator(AREA)).to_have_value("We are looking.")
        await expect(at.page.locator("[data-draft-state]")).to_have_text("Draft kept")
        for _ in range(2):
            await at.page.reload()
            await at.live()
            await expect(at.page.locator(AREA)).to_have_value("We are looking.")
        await at.page.focus(AREA)
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator(AREA)).to_have_value("")
        await at.done()
        await expect(at.page.locator(OURS)).to_have_text(["We are looking."])
        await expect(at.page.locator("[data-going]")).to_have_count(0)
        assert len(await house.rows(outbound)) == 1
        await at.check_traps()


async def nowhere(_route: Route) -> None: ...


async def test_a_page_that_goes_away_meanwhile_leaves_a_draft(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.route("**/entries", nowhere)
        await send(at.page, "We are looking.")
        await expect(at.page.locator("[data-going]")).to_be_visible()
        kept = await at.page.evaluate("JSON.stringify(localStorage)")
        await at.page.goto(f"{house.origin}/console")
        # As it stood when the browser died: nobody told the page that it goes.
        await at.page.evaluate("(kept) => Object.assign(localStorage, JSON.parse(kept))", kept)
        await at.page.goto(
            f"{house.origin}/console/conversations/{accepted.conversation_id}", wait_until="commit"
        )
        await expect(at.page.locator("#toasts")).to_contain_text("did not arrive")
        await expect(at.page.locator(AREA)).to_have_value("We are looking.")
        assert await house.rows(outbound) == []
        await at.page.unroute("**/entries")
        await at.page.focus(AREA)
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator(OURS)).to_have_text(["We are looking."])
        await at.done()
        await at.page.reload()
        await expect(at.page.locator(AREA)).to_have_value("")
        await expect(at.page.locator(OURS)).to_have_text(["We are looking."])


async def test_a_note_never_joins_a_reply_that_did_not_go(house: House, browser: Browser) -> None:
    first = mail_arrival("jan@example.org", message_id="one@x.example")
    accepted = await house.receive(first)
    held = Held()
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        page, aside = at.page, at.page.locator("[data-apart]")
        await page.route("**/entries", held.on_its_way)
        await send(page, "We are looking.")
        await house.receive(mail_arrival("jan@example.org", references=("one@x.example",)))
        await page.keyboard.press("Escape")
        await page.keyboard.press("x")
        await page.keyboard.type("He lies.")
        held.gate.set()
        await expect(page.locator("[data-notice]")).to_contain_text("was not sent yet")
        await at.done()
        await expect(aside).to_contain_text("This reply was not sent.")
        await expect(aside.locator(".text")).to_have_text("We are looking.")
        await expect(page.locator(AREA)).to_have_value("He lies.")
        await expect(page.locator("[name=mode][value=note]")).to_be_checked()
        await at.check_accessible()
        await page.reload()
        await at.live()
        await aside.get_by_role("button").click()
        await expect(page.locator(AREA)).to_have_value("We are looking.")
        await expect(page.locator("[name=mode][value=reply]")).to_be_checked()
        await expect(aside.locator(".text")).to_have_text("He lies.")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(OURS)).to_have_text(["We are looking."])
        await at.done()
        await aside.get_by_role("button").click()
        await page.keyboard.press("Control+Enter")
        await expect(page.locator(".entry-note .text")).to_have_text(["He lies."])
        await at.done()
        await expect(aside).to_have_count(0)
        await at.check_traps()


async def test_a_refused_reply_leaves_a_note_that_is_only_begun_a_note(
    house: House, browser: Browser
) -> None:
    first = mail_arrival("jan@example.org", message_id="one@x.example")
    accepted = await house.receive(first)
    held = Held()
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.route("**/entries", held.on_its_way)
        await send(at.page, "We are looking.")
        await house.receive(mail_arrival("jan@example.org", references=("one@x.example",)))
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("x")
        held.gate.set()
        await expect(at.page.locator("[data-apart] .text")).to_have_text("We are looking.")
        await at.done()
        await expect(at.page.locator("[name=mode][value=note]")).to_be_checked()
        await expect(at.page.locator(AREA)).to_have_value("")


async def test_a_note_never_joins_a_reply_of_a_page_that_died(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    address = f"{house.origin}/console/conversations/{accepted.conversation_id}"
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.route("**/entries", nowhere)
        await send(at.page, "We are looking.")
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("x")
        await at.page.keyboard.type("He lies.")
        await expect(at.page.locator("[data-draft-state]")).to_have_text(ON_DEVICE)
        kept = await at.page.evaluate("JSON.stringify(localStorage)")
        await at.page.goto(f"{house.origin}/console")
        await at.page.evaluate(_AS_IT_STOOD, kept)
        await at.page.goto(address, wait_until="commit")
        await expect(at.page.locator("[data-apart] .text")).to_have_text("We are looking.")
        await expect(at.page.locator(AREA)).to_have_value("He lies.")
        await expect(at.page.locator("[name=mode][value=note]")).to_be_checked()


async def test_who_goes_on_to_other_work_is_not_called_back(house: House, browser: Browser) -> None:
    first = await house.receive(mail_arrival("jan@example.org", subject="Order 1"))
    await house.receive(mail_arrival("bo@example.org", subject="Order 2"))
    held = Held()
    async with desk(browser, house) as at:
        await at.sign_in("anna", first.conversation_id)
        await at.page.route("**/entries", held.on_its_way)
        await send(at.page, "We are looking.")
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("n")
        await expect(at.page.locator(".talk-title")).to_have_text("Order 2")
        async with at.page.expect_response(f"**/conversations/{first.conversation_id}"):
            held.gate.set()
        await at.done()
        await expect(at.page.locator(".talk-title")).to_have_text("Order 2")
        await at.page.keyboard.press("k")
        await at.page.keyboard.press("Enter")
        await expect(at.page.locator(OURS)).to_have_text(["We are looking."])
        await expect(at.page.locator(AREA)).to_have_value("")
        await at.check_traps()


async def test_it_is_taken_back_as_soon_as_it_is_there(house: House, browser: Browser) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    held = Held()
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.route("**/entries", held.on_its_way)
        await send(at.page, "We are looking.")
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("b")
        await expect(at.page.locator("[data-going] [data-take-back]")).to_be_disabled()
        held.gate.set()
        await expect(at.page.locator(AREA)).to_have_value("We are looking.")
        await at.done()
        [row] = await house.rows(outbound)
        assert row.state == "withdrawn"
        await at.check_traps()


async def test_taking_back_leaves_what_waits_to_leave_later(
    house: House, browser: Browser, anna: Person
) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    page = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    await anna.reply(page, "Next week.", later="7d")
    [later] = await house.rows(outbound)

    async def send_it_at_once(route: Route) -> None:
        answer = await route.fetch(max_redirects=0)
        [new] = [
            row for row in await house.rows(outbound) if row.interaction_id != later.interaction_id
        ]
        await anna.post(f"/console/interactions/{new.interaction_id}/send-now")
        await route.fulfill(response=answer)

    held = Held()
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.route("**/entries", send_it_at_once)
        await at.page.route("**/entries", held.on_its_way)
        await send(at.page, "We are looking.")
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("b")
        await expect(at.page.locator("[data-going] [data-take-back]")).to_be_disabled()
        held.gate.set()
        await expect(at.page.locator("#toasts")).to_contain_text("It has left already.")
        await at.done()
        assert "withdrawn" not in [row.state for row in await house.rows(outbound)]


@pytest_asyncio.fixture(loop_scope="session")
async def anna(house: House) -> AsyncIterator[Person]:
    async with person(house) as one:
        await one.sign_in("anna")
        yield one


async def test_one_press_that_comes_twice_sends_once(house: House, anna: Person) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    page = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    once = page.value("input[name=once]")
    assert once
    for _ in range(2):
        answer = await anna.reply(page, "We are looking.", once=once)
        assert answer.texts(OURS) == ["We are looking."]
    other = await anna.reply(page, "It is found.", once=once)
    assert "was sent already; this is not" in other.text("[data-notice]")
    assert other.text(AREA) == "It is found."
    again = await anna.reply(other, "It is found.", once=other.value("input[name=once]"))
    assert again.texts(OURS) == ["We are looking.", "It is found."]
    for _ in range(2):
        await anna.reply(page, "Called him.", once="n", mode="note")
    assert len(await house.rows(outbound)) == 2
    assert [row.kind for row in await house.rows(interactions)].count("note") == 1


async def test_who_writes_an_answer_to_what_a_colleague_takes_is_told(
    house: House, browser: Browser, anna: Person
) -> None:
    await house.hire("bob", "Bob Bakker")
    accepted = await house.receive(mail_arrival("jan@example.org"))
    item = await house.work_of(accepted.conversation_id)
    async with desk(browser, house) as at:
        await at.sign_in("bob")
        await at.open(accepted.conversation_id)
        await at.page.fill(AREA, "We are looking.")
        await anna.post(f"/console/work/{item.id}/claim")
        await expect(at.page.locator(".toast")).to_contain_text("You cannot answer here any more")
        await expect(at.page.locator(AREA)).to_have_value("We are looking.")
        await expect(at.page.locator(AREA)).to_be_focused()
        await at.check_accessible()
