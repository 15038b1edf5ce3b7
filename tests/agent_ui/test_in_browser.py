"""The console in a browser: it lives, it needs no mouse, and strangers' text stays text."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect
from sqlalchemy import Connection, insert

import topic_examples
from builders import TOKENS, chat_arrival, email_party, mail_arrival, text_arrival
from console_browser import desk
from console_house import House, open_house
from house import order
from hub import clock
from hub.deliveries import EventKind, NewEvent
from hub.interaction import Attachment, DeliveryState, Party, PointKind, Thread
from hub.segments import count
from hub.store import agents, learning, orders, sessions, ticking, tracking, working
from hub.store.tables import agents as agents_table
from hub.store.tables import contact_points, outbound, work_items
from hub.store.threads import TOKEN_PURPOSE
from hub.store.tracking import Shipment
from routing.learned.training import train
from waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        yield opened


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def _staff(house: House) -> None:
    await house.hire("anna", "Anna de Wit")


_TELL_OF_DRAFT = """() => {
  const state = document.querySelector("[data-draft-state]");
  new MutationObserver(() => console.log(state.textContent)).observe(state, {childList: true});
}"""
"""A page that is being left is asked nothing any more; it can tell."""
QUEUE = "[data-part-of-list=queue] .row"
MINE = "[data-part-of-list=mine] .row"


async def test_who_reads_english_among_others_reads_times_without_am_and_pm(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival())
    async with desk(browser, house, locale="de-DE") as at:
        await at.sign_in("anna", accepted.conversation_id)
        await expect(at.page.locator(".entry time").first).to_have_text("2 Nov, 10:30")


async def test_the_list_lives_without_a_reload(house: House, browser: Browser) -> None:
    async with desk(browser, house) as at:
        await at.sign_in("anna")
        born = await at.page.evaluate("window.born")
        await expect(at.page.locator("[data-empty=queue]")).to_be_visible()
        first = await house.receive(subject="Order 1")
        await expect(at.page.locator(f"{QUEUE} .row-title")).to_have_text(["Order 1"])
        await house.receive(subject="Order 2")
        await house.receive(subject="Invoice 3")
        await expect(at.page.locator(f"{QUEUE} .row-title")).to_have_text(["Order 1", "Order 2"])
        await expect(at.page.locator("[data-count=queue]")).to_have_text("2")
        carl = await house.hire("carl", "Carl")
        item = await house.work_of(first.conversation_id)
        await house.write(lambda c: _claim(c, item.id, carl))
        await expect(at.page.locator(f"{QUEUE} .row-title")).to_have_text(["Order 2"])
        assert await at.page.evaluate("window.born") == born
        await at.check_traps()


async def test_an_open_conversation_lives(house: House, browser: Browser) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org", message_id="one@x.example"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        await at.page.fill("textarea[name=text]", "We are looking.")
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator(".entry-outbound .text")).to_have_text("We are looking.")
        await at.done()
        [row] = await house.rows(outbound)
        await house.outbound.report(row.interaction_id, DeliveryState.DELIVERED)
        house.relay.wake()
        await expect(at.page.locator(".delivery .chip")).to_have_text("Delivered")
        await house.receive(
            mail_arrival("jan@example.org", references=("one@x.example",), text="Thanks")
        )
        await expect(at.page.locator(".entry-inbound .text").last).to_have_text("Thanks")
        await at.check_traps()


async def test_an_answer_goes_over_the_channel_that_the_customer_took_last(
    house: House, browser: Browser
) -> None:
    """While the conversation is open, too, until the agent chooses one or begins to write."""
    accepted = await house.receive(mail_arrival("jan@example.org", subject="My parcel"))
    customer = (await house.work_of(accepted.conversation_id)).customer_id
    thread = Thread(token=TOKENS.sign(TOKEN_PURPOSE, accepted.conversation_id))
    point = {
        "id": "phone", "customer_id": customer, "kind": "phone", "value": "+31612345678",
        "key": "phone:+31612345678", "verified": True, "created_at": clock.now(),
    }  # fmt: skip

    async def texts(words: str) -> None:
        await house.receive(text_arrival(text=words, about=customer, thread=thread))

    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        way = at.page.locator("select[name=way]")
        entries, points = at.page.locator(".entry-inbound"), at.page.locator("#side .points")
        await expect(points).not_to_contain_text("+31612345678")
        await house.database.write(lambda c: c.execute(insert(contact_points), [point]))
        await texts("I am on the road.")
        await expect(entries).to_have_count(2)
        await expect(way.locator("option:checked")).to_contain_text("SMS")
        await expect(points).to_contain_text("+31612345678")
        await way.select_option(label="E-mail to jan@example.org")
        await texts("Really.")
        await expect(entries).to_have_count(3)
        await at.done()
        await expect(way.locator("option:checked")).to_contain_text("E-mail")
        await at.page.fill("textarea[name=text]", "Dear Jan,")
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator(".entry-outbound")).to_have_count(1)
        await texts("By SMS, please.")
        await expect(way.locator("option:checked")).to_contain_text("SMS")
        await at.check_traps()


async def test_what_the_customer_says_is_filled_in_while_the_work_is_open(
    house: House, browser: Browser
) -> None:
    """Unless the agent is typing there."""
    accepted = await house.receive(chat_arrival(text="My order?"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.keyboard.press("i")
        number = at.page.locator("#side").get_by_label("Order number")
        await expect(number).to_have_value("")
        await house.receive(chat_arrival(text="It is VK-7.", details={"answer.number": "VK-7"}))
        await expect(number).to_have_value("VK-7")
        await number.fill("VK-8")
        await house.receive(chat_arrival(text="Or VK-9?", details={"answer.number": "VK-9"}))
        await house.receive(chat_arrival(text="No."))
        await expect(at.page.locator(".entry-inbound")).to_have_count(4)
        await expect(number).to_have_value("VK-8")


async def test_who_reads_the_end_still_sees_it_when_something_comes_above_or_below(
    house: House, browser: Browser
) -> None:
    """As a proposal, a call, or an answer that grows while it is written."""
    accepted = await house.receive(text="\n".join(f"line {number}" for number in range(120)))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        timeline = at.page.locator("[data-timeline]")

        async def height() -> int:
            return int(await timeline.evaluate("(one) => one.clientHeight"))

        async def is_at_end() -> bool:
            left = "(one) => one.scrollHeight - one.scrollTop - one.clientHeight"
            return bool(await timeline.evaluate(left) < 2)

        async def is_lower() -> bool:
            return await height() < high and await is_at_end()

        async def is_high() -> bool:
            return await height() == high

        high = await height()
        await at.page.set_viewport_size({"width": 1280, "height": 600})
        await eventually(is_lower)
        # Who reads what was said before is left in peace.
        await timeline.evaluate("(one) => { one.scrollTop = 0; }")
        await at.page.set_viewport_size({"width": 1280, "height": 720})
        await eventually(is_high)
        assert await timeline.evaluate("(one) => one.scrollTop") == 0


async def test_a_step_that_a_colleague_ticks_is_seen_to_be_done(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(subject="Order 1")
    carl = await house.hire("carl", "Carl")
    item = await house.work_of(accepted.conversation_id)
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await expect(at.page.locator("[data-steps]")).to_contain_text("Look up the order")
        await house.write(lambda c: _claim(c, item.id, carl))
        await house.write(lambda c: _tick(c, item.id, carl))
        await expect(at.page.locator("[data-steps] .step-said")).to_contain_text("done Carl")
        await at.check_traps()


async def test_a_parcel_moves_while_its_conversation_is_open(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive()
    customer = (await house.work_of(accepted.conversation_id)).customer_id
    sold = order("481207", customer)
    await house.database.write(lambda c: orders.add(c, [sold]))
    await house.database.write(lambda c: tracking.shipped(c, [(sold, Shipment("SP1", "Bode"))]))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.locator("[data-fold=deliveries] > summary").click()
        lines = at.page.locator(f"[data-fold='{sold.id}']")
        await lines.locator("summary").click()
        event = NewEvent(
            partner="Bode", tracking="SP1", external_id="1", kind=EventKind.IN_TRANSIT,
            occurred_at=clock.now(), place="Utrecht",
        )  # fmt: skip
        await house.write(lambda c: tracking.record(c, [event]))
        await expect(at.page.locator(".track-event")).to_contain_text("On its way, Utrecht")
        await expect(lines).to_have_attribute("open", "")
        folded = at.page.locator("[data-fold=deliveries]")
        assert await folded.get_attribute("open") is None, "what was folded stays so"
        await at.check_traps()
        await at.check_accessible()


async def test_news_while_writing_is_told_and_moves_nothing(house: House, browser: Browser) -> None:
    text = "\n".join(f"line {number}" for number in range(120))
    one = mail_arrival("jan@example.org", message_id="one@x.example", text=text)
    accepted = await house.receive(one)
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.fill("textarea[name=text]", "Dear Jan,")
        await at.page.focus("textarea[name=text]")
        before = await at.page.evaluate("document.querySelector('[data-timeline]').scrollTop")
        again = mail_arrival(
            "jan@example.org", references=("one@x.example",), text="It came!\n" * 40
        )
        await house.receive(again)
        pill = at.page.get_by_role("button", name="1 new message")
        await expect(pill).to_be_visible()
        assert (
            await at.page.evaluate("document.querySelector('[data-timeline]').scrollTop") == before
        )
        assert "TEXTAREA" in await at.focused()
        await pill.click()
        await expect(pill).to_have_count(0)
        assert await at.page.input_value("textarea[name=text]") == "Dear Jan,"


async def test_what_changes_while_a_conversation_is_opened_is_shown(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.fill("textarea[name=text]", "We are looking.")
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator(".delivery .chip")).to_have_text("Waiting to be sent")
        await at.page.goto(f"{house.origin}/console")
        await at.live()

        async def hold(route: Route) -> None:
            answer = await route.fetch()
            [row] = await house.rows(outbound)
            await house.outbound.report(row.interaction_id, DeliveryState.DELIVERED)
            await house.receive(subject="Order 2")
            await expect(at.page.locator(f"{QUEUE} .row-title")).to_have_text(["Order 2"])
            await route.fulfill(response=answer)

        await at.page.route(f"**/console/conversations/{accepted.conversation_id}", hold)
        await at.page.locator(f"{MINE} a").click()
        await expect(at.page.locator(".delivery .chip")).to_have_text("Delivered")
        # An earlier state that was overtaken on its way.
        await at.page.evaluate(
            """() => {
              const late = document.querySelector(".entry-outbound").cloneNode(true);
              late.dataset.version -= 1;
              late.querySelector(".delivery .chip").textContent = "Waiting to be sent";
              document.querySelector("loket-conversation").place(late);
            }"""
        )
        await expect(at.page.locator(".delivery .chip")).to_have_text("Delivered")
        await at.check_traps()


def _claim(connection: Connection, item_id: str, agent_id: str) -> None:
    agent = agents.find(connection, agent_id)
    assert agent is not None
    working.claim(connection, item_id, agent)


def _tick(connection: Connection, item_id: str, agent_id: str) -> None:
    agent = agents.find(connection, agent_id)
    assert agent is not None
    ticking.tick(connection, item_id, agent, "before.look")


async def test_a_topic_is_corrected_with_one_key_and_a_few_letters(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        await at.page.keyboard.press("c")
        await at.page.keyboard.type("bill")
        await expect(at.page.locator("[data-correct] select[name=topic]")).to_have_value("invoice")
        await at.page.keyboard.press("Enter")
        await expect(at.page.locator(".chip-topic")).to_have_text("Invoices")
        await expect(at.page.locator("[data-notice]")).to_contain_text("Billing")
        await at.check_traps()


async def test_who_is_faster_than_the_topics_has_the_choice_sent_when_they_are_there(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org"))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        asked: asyncio.Queue[Route] = asyncio.Queue()
        await at.page.route("**/console/work/*/topics", asked.put)
        await at.page.keyboard.press("c")
        await at.page.keyboard.type("bill")
        await at.page.keyboard.press("Enter")
        await (await asked.get()).continue_()
        await expect(at.page.locator(".chip-topic")).to_have_text("Invoices")
        await at.check_traps()


SLEPT = """(seconds) => {
  const show = (value) => {
    Object.defineProperty(document, "visibilityState", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const now = Date.now;
  show("hidden");
  Date.now = () => now() + seconds * 1000;
  show("visible");
}"""


async def test_a_phone_that_slept_asks_for_its_line_anew(house: House, browser: Browser) -> None:
    async with desk(browser, house) as at:
        await at.sign_in("anna")
        lines: list[str] = []
        at.page.on("request", lambda one: lines.append(one.url) if "/live" in one.url else None)
        await at.page.evaluate(SLEPT, 5)
        async with at.page.expect_request("**/console/live?after=*"):
            await at.page.evaluate(SLEPT, 60)
        assert len(lines) == 1, "who looked away for a moment still has theirs"
        await at.live()
        await house.receive(mail_arrival(subject="While you slept"))
        await expect(at.page.locator(".row-title")).to_have_text("While you slept")
        await at.check_traps()


async def test_a_gap_is_mended_by_itself(house: House, browser: Browser) -> None:
    async with desk(browser, house) as at:
        await at.page.route("**/console/live*", lambda route: route.abort())
        await at.enter("anna")
        await expect(at.page.locator("#live")).to_have_attribute("data-state", "connecting")
        await house.receive(subject="Order 1")
        await house.console._feed.lose()
        await expect(at.page.locator(QUEUE)).to_have_count(0)
        await at.page.unroute("**/console/live*")
        await expect(at.page.locator(f"{QUEUE} .row-title")).to_have_text(["Order 1"])
        assert at.problems == []


async def test_the_console_comes_back_when_the_server_does(house: House, browser: Browser) -> None:
    async with desk(browser, house) as at:
        await at.sign_in("anna")
        await house.stop()
        await expect(at.page.locator("#live")).to_have_attribute("data-state", "connecting")
        await house.start()
        await house.receive(subject="Order 1")
        await expect(at.page.locator(f"{QUEUE} .row-title")).to_have_text(
            ["Order 1"], timeout=20_000
        )
        await expect(at.page.locator("#live-text")).to_have_text("Live")


async def test_a_whole_shift_without_a_mouse(house: House, browser: Browser) -> None:
    await house.receive(subject="Order 1", sender="jan@example.org")
    await house.receive(subject="Order 2", sender="piet@example.org")
    async with desk(browser, house) as at:
        page, keys = at.page, at.page.keyboard
        await page.goto(f"{house.origin}/console")
        await expect(page.locator("[name=login]")).to_be_focused()
        await keys.type("anna")
        await keys.press("Tab")
        await keys.type("correct horse battery staple")
        await keys.press("Enter")
        await at.live()
        await keys.press("j")
        await keys.press("j")
        assert "row-link" in await at.focused()
        await keys.press("k")
        await keys.press("Enter")
        await expect(page.locator(".talk-title")).to_have_text("Order 1")
        await keys.press("u")
        assert "row-link" in await at.focused()
        await keys.press("t")
        await expect(page.locator(".chip-mine")).to_be_visible()
        await at.done()
        await keys.press("r")
        await keys.type("Dear Jan, it is on its way. jkx?")
        await keys.press("Control+Enter")
        await expect(page.locator(".entry-outbound .text")).to_have_text(
            "Dear Jan, it is on its way. jkx?"
        )
        await at.done()
        await keys.press("Escape")
        await keys.press("x")
        await keys.type("Ask the carrier tomorrow.")
        await keys.press("Control+Enter")
        await expect(page.locator(".entry-note .text")).to_have_text("Ask the carrier tomorrow.")
        await at.done()
        await keys.press("Escape")
        await keys.press("e")
        await keys.press("ArrowDown")
        await keys.press("Tab")
        await keys.type("Found it")
        await keys.press("Tab")
        await keys.press("Enter")
        await expect(page.locator(".talk-title")).to_have_text("Order 2")
        assert (await at.focused()).startswith("SECTION talk")
        items = {row.state for row in await house.rows(work_items)}
        assert items == {"done", "waiting"}
        await at.check_traps()


async def test_single_keys_can_be_switched_off(house: House, browser: Browser) -> None:
    await house.receive(subject="Order 1")
    async with desk(browser, house) as at:
        await at.sign_in("anna")
        await at.page.keyboard.press("?")
        await expect(at.page.locator("#keys")).to_be_visible()
        await at.page.get_by_label("Single keys work").uncheck()
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("t")
        await at.page.keyboard.press("?")
        await expect(at.page.locator("#keys")).to_be_hidden()
        assert [row.state for row in await house.rows(work_items)] == ["waiting"]
        await at.page.reload()
        await at.live()
        await at.page.keyboard.press("t")
        assert [row.state for row in await house.rows(work_items)] == ["waiting"]


async def test_what_is_typed_outlives_the_page(house: House, browser: Browser) -> None:
    accepted = await house.receive()
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.fill("textarea[name=text]", "Half an ans")
        await at.page.reload()
        await at.live()
        assert await at.page.input_value("textarea[name=text]") == "Half an ans"
        await at.page.focus("textarea[name=text]")
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator(".entry-outbound .text")).to_have_text("Half an ans")
        await at.done()
        assert await at.page.input_value("textarea[name=text]") == ""
        await at.page.reload()
        assert await at.page.input_value("textarea[name=text]") == ""


async def test_what_is_typed_outlives_a_page_that_was_made_just_before_it_was_kept(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive()
    asked, made, kept = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def keep_later(route: Route) -> None:
        asked.set()
        await made.wait()
        await route.continue_()

    async def make_before(route: Route) -> None:
        answer = await route.fetch()
        made.set()
        await kept.wait()
        await route.fulfill(response=answer)

    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.route("**/draft", keep_later)
        await at.page.fill("textarea[name=text]", "Half an ans")
        await asked.wait()
        at.page.on("console", lambda said: kept.set() if said.text == "Draft kept" else None)
        await at.page.evaluate(_TELL_OF_DRAFT)
        # At another address the browser puts back nothing by itself.
        await at.page.route(lambda url: "again=1" in url, make_before, times=1)
        await at.open(f"{accepted.conversation_id}?again=1")
        assert kept.is_set()
        await expect(at.page.locator("textarea[name=text]")).to_have_value("Half an ans")
        await expect(at.page.locator("[data-draft-state]")).to_have_text("Draft kept")
        assert "draft:" not in await at.page.evaluate("JSON.stringify(localStorage)")
        await at.check_traps()


async def test_a_menu_that_is_written_in_while_an_answer_is_on_its_way_stays(
    house: House, browser: Browser
) -> None:
    """The live line tells that one has it before the answer does."""
    accepted = await house.receive(subject="Order 1")
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        what = at.page.locator("[data-promise] [name=what]")

        async def promise_meanwhile(route: Route) -> None:
            answer = await route.fetch()
            await expect(at.page.locator(".chip-mine")).to_be_visible()
            await at.page.locator("#talk").focus()
            await at.page.keyboard.press("v")
            await at.page.keyboard.type("Call back")
            await route.fulfill(response=answer)

        await at.page.route("**/claim", promise_meanwhile)
        async with at.page.expect_response("**/claim"):
            await at.page.locator("#talk").get_by_role("button", name="Take").click()
        await at.page.keyboard.type(" within 2 hours")
        await expect(what).to_have_value("Call back within 2 hours")
        await expect(what).to_be_focused()
        await at.page.keyboard.press("Enter")
        promised = at.page.locator("[data-promises] strong")
        await expect(promised).to_have_text("Call back within 2 hours")
        await expect(at.page.locator("[data-promise][open]")).to_have_count(0)
        await at.check_traps()


async def test_what_is_typed_while_an_answer_is_on_its_way_stays(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(subject="Order 1")
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        area = at.page.locator("textarea[name=text]")

        async def type_meanwhile(route: Route) -> None:
            answer = await route.fetch()
            await area.press_sequentially(" And more.")
            await route.fulfill(response=answer)

        await at.page.route("**/claim", type_meanwhile)
        await at.page.locator("#talk").get_by_role("button", name="Take").click()
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await expect(area).to_have_value(" And more.")
        await expect(area).to_be_focused()
        await at.page.route("**/entries", type_meanwhile)
        await area.fill("We are looking.")
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator(".entry-outbound .text")).to_have_text("We are looking.")
        await expect(area).to_have_value("And more.")
        await at.check_traps()


async def test_an_answer_waits_for_a_message_that_was_not_seen(
    house: House, browser: Browser
) -> None:
    one = mail_arrival("jan@example.org", message_id="one@x.example")
    accepted = await house.receive(one)
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.fill("textarea[name=text]", "We will search.")
        # The line is cut, so that the page does not hear of it.
        await at.page.route("**/entries?id=*", lambda route: route.abort())
        await house.receive(
            mail_arrival("jan@example.org", references=("one@x.example",), text="It came!")
        )
        await at.page.focus("textarea[name=text]")
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator("[data-notice]")).to_contain_text("not sent yet")
        await at.done()
        await expect(at.page.locator(".entry .text").last).to_have_text("It came!")
        assert await at.page.input_value("textarea[name=text]") == "We will search."
        assert await house.rows(outbound) == []
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator(".entry-outbound .text")).to_have_text("We will search.")


async def test_who_is_signed_out_meanwhile_loses_no_text(house: House, browser: Browser) -> None:
    accepted = await house.receive()
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.fill("textarea[name=text]", "Dear Jan, it is on its way.")
        [agent] = await house.rows(agents_table)
        await house.database.write(lambda c: sessions.end_all(c, agent.id))
        await at.page.focus("textarea[name=text]")
        await at.page.keyboard.press("Control+Enter")
        await expect(at.page.locator("#toasts")).to_contain_text("You are signed out.")
        await at.done()
        assert await at.page.input_value("textarea[name=text]") == "Dear Jan, it is on its way."
        await at.enter("anna")
        await at.open(accepted.conversation_id)
        assert await at.page.input_value("textarea[name=text]") == "Dear Jan, it is on its way."
        assert await house.rows(outbound) == []


async def test_a_long_conversation_opens_at_its_end(house: House, browser: Browser) -> None:
    accepted = await house.receive(mail_arrival("jan@example.org", message_id="1@x.example"))
    for number in range(2, 61):
        again = mail_arrival("jan@example.org", references=("1@x.example",), text=f"text {number}")
        await house.intake.accept(again)
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await expect(at.page.locator(".entry")).to_have_count(50)
        await expect(at.page.get_by_text("text 60")).to_be_in_viewport()
        longer = "document.documentElement.scrollHeight > innerHeight"
        assert not await at.page.evaluate(longer), "the panes scroll, the page does not"
        timeline = at.page.get_by_role("log", name="Messages")
        await timeline.evaluate("(timeline) => timeline.scrollTo(0, 0)")
        await expect(at.page.locator(".entry")).to_have_count(60)
        await expect(at.page.get_by_role("button", name="Show what came before")).to_have_count(0)


SCRIPT = "<script>pwned()</script>"
IMAGE = '"><img src=x onerror=pwned()>'


async def test_strangers_text_stays_text(house: House, browser: Browser) -> None:
    sha256, size = house.blobs.put(b"x")
    file = Attachment(
        id="x", filename=f"{IMAGE}.pdf", content_type=SCRIPT, size=size, sha256=sha256
    )
    hostile = mail_arrival(
        subject=f"{SCRIPT}{IMAGE}",
        text=f"{SCRIPT} {IMAGE} {{{{7*7}}}}",
        quoted=SCRIPT,
        html=f"<p onclick=pwned()>Hi</p>{SCRIPT}<img src=x onerror=pwned()><img data-remote-src='https://tracker.example/x.png'>",
        problem=IMAGE,
        attachments=(file,),
        thread=Thread(own=("one@x.example",)),
    ).model_copy(update={"sender": email_party("jan@example.org", f"{IMAGE}{SCRIPT}")})
    accepted = await house.receive(hostile)
    visitor = Party(kind=PointKind.VISITOR, value="v", name=SCRIPT)
    chat = await house.receive(
        chat_arrival(text=f"{IMAGE}{SCRIPT}").model_copy(update={"sender": visitor})
    )
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        assert await at.texts(".entry .text >> nth=0") == [f"{SCRIPT} {IMAGE} {{{{7*7}}}}"]
        for summary in await at.page.locator(".entry summary, .why summary").all():
            await summary.click()
        frame = at.page.frame_locator("iframe.mail")
        await expect(frame.locator("p")).to_have_text("Hi")
        await frame.locator("p").click()
        again = hostile.model_copy(
            update={"external_id": "two", "thread": Thread(references=("one@x.example",))}
        )
        await house.receive(again)
        await expect(at.page.locator(".entry")).to_have_count(2)
        await house.receive(hostile.model_copy(update={"external_id": "three", "thread": Thread()}))
        await expect(at.page.locator(QUEUE)).to_have_count(3)
        await at.open(chat.conversation_id)
        assert await at.texts(".entry .text") == [f"{IMAGE}{SCRIPT}"]
        await at.check_traps()


async def test_pictures_from_the_internet_wait_until_asked_for(
    house: House, browser: Browser
) -> None:
    html = '<p>Hi</p><img data-remote-src="https://tracker.example/1.png">'
    accepted = await house.receive(mail_arrival(html=html))
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await at.page.get_by_text("Show the mail as it was sent").click()
        await expect(at.page.frame_locator("iframe.mail").locator("p")).to_have_text("Hi")
        assert at.outside == []
        await at.page.route("https://tracker.example/*", lambda route: route.abort())
        await at.page.get_by_text("Show images from the internet").click()
        picture = at.page.frame_locator("iframe.mail").locator("img")
        await expect(picture).to_have_attribute("src", re.compile("tracker"))
        assert at.outside == ["https://tracker.example/1.png"]


async def test_axe_finds_nothing(house: House, browser: Browser) -> None:
    one = mail_arrival(
        "jan@example.org", message_id="one@x.example", html="<p>Hi</p>", quoted="> q"
    )
    accepted = await house.receive(one)
    await house.receive(subject="Order 2")
    async with desk(browser, house) as at:
        for path in ("/contact", "/console"):
            await at.page.goto(house.origin + path)
            await at.check_accessible()
        await at.sign_in("anna")
        await at.check_accessible()
        await at.open(accepted.conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        for text, mode in (("On its way.", "Reply"), ("Ask tomorrow.", "Note")):
            await at.page.locator(".segments label", has_text=mode).click()
            await at.page.fill("textarea[name=text]", text)
            await at.page.keyboard.press("Control+Enter")
            await expect(at.page.locator(".entry .text", has_text=text)).to_be_visible()
            await at.done()
        [row] = await house.rows(outbound)
        await house.outbound.report(row.interaction_id, DeliveryState.FAILED, "550 no such mailbox")
        house.relay.wake()
        await expect(at.page.locator(".delivery .chip")).to_have_text("Not sent")
        await at.page.locator(".segments label", has_text="Note").click()
        for summary in await at.page.locator("#talk summary:visible, #side summary:visible").all():
            await summary.evaluate("summary => summary.click()")  # one may cover the next
        await at.check_accessible()
        await at.page.keyboard.press("Escape")
        await at.page.locator(".top .menu:last-child > summary").click()
        await at.check_accessible()
        await at.page.goto(f"{house.origin}/console/nowhere")
        await at.check_accessible()


async def test_axe_finds_nothing_on_the_page_about_recognition(
    house: House, browser: Browser
) -> None:
    report = train(topic_examples.examples(15), 10, {}).report.model_dump(mode="json")
    await house.write(
        lambda c: learning.keep(c, content=b"", report=report, examples=45, by="operator")
    )
    await house.hire("ina", "Ina Smit", administrator=True)
    async with desk(browser, house) as at:
        await at.sign_in("ina")
        await at.page.goto(f"{house.origin}/console/topics")
        await at.page.locator("main summary").click()
        await expect(at.page.locator("svg.curve circle").first).to_be_visible()
        await at.check_accessible()
        await at.check_traps()


async def test_a_phone_shows_one_pane_at_a_time(house: House, browser: Browser) -> None:
    await house.receive(subject="Order 1")
    async with desk(browser, house, viewport={"width": 390, "height": 844}) as at:
        await at.sign_in("anna")
        await expect(at.page.locator("#talk")).to_be_hidden()
        await at.page.locator(f"{QUEUE} a").click()
        await expect(at.page.locator(".talk-title")).to_be_visible()
        await expect(at.page.locator("#work")).to_be_hidden()
        await at.page.get_by_role("link", name="Customer").click()
        await expect(at.page.locator("#side")).to_be_visible()
        await at.check_accessible()
        await at.page.get_by_role("link", name="Back to the conversation").click()
        await at.page.get_by_role("link", name="Back to the list").click()
        await expect(at.page.locator("#work")).to_be_visible()
        width = await at.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, "nothing sticks out"


async def test_who_writes_on_a_phone_has_the_room_for_what_they_answer(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(text_arrival())
    async with desk(browser, house, viewport={"width": 390, "height": 844}) as at:
        await at.sign_in("anna", accepted.conversation_id)
        facts = at.page.locator(".talk-facts")
        await expect(facts).to_be_visible()
        await at.page.fill("textarea[name=text]", "We look.")
        await expect(facts).to_be_hidden()
        counted = at.page.locator("[data-segments]")
        await expect(counted).to_contain_text("1 SMS")
        lines = await counted.evaluate("(one) => one.getClientRects().length")
        assert lines == 1, "what it costs stands on one line"
        await at.page.locator("[data-timeline]").focus()
        await expect(facts).to_be_visible()
        await at.check_accessible()


async def test_the_bar_of_a_phone_holds_the_longer_words_of_dutch(
    house: House, browser: Browser
) -> None:
    await house.hire("bea", "Bea de Boer", language="nl")
    async with desk(browser, house, viewport={"width": 390, "height": 844}) as at:
        await at.sign_in("bea")
        await expect(at.page.get_by_role("button", name="Pak volgende")).to_be_visible()
        width = await at.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, "nothing sticks out"


async def test_colours_are_a_choice_that_stays(house: House, browser: Browser) -> None:
    async with desk(browser, house, color_scheme="light") as at:
        await at.sign_in("anna")
        background = "getComputedStyle(document.documentElement).backgroundColor"
        light = await at.page.evaluate(background)
        await at.page.locator(".top .menu:last-child > summary").click()
        await at.page.get_by_role("button", name="Dark").click()
        dark = await at.page.evaluate(background)
        assert dark != light
        await at.page.reload()
        assert await at.page.evaluate(background) == dark
        await at.check_traps()


async def test_segments_are_counted_while_writing_as_the_server_does(
    house: House, browser: Browser
) -> None:
    accepted = await house.receive(text_arrival())
    async with desk(browser, house) as at:
        await at.sign_in("anna", accepted.conversation_id)
        await expect(at.page.locator("[data-segments]")).to_be_visible()
        for text in (
            "",
            "Hi",
            "€" * 80,
            "€" * 81,
            "ë" * 71,
            "😀" * 36,
            "a" * 152 + "€" + "a" * 152,
        ):
            await at.page.fill("textarea", text)
            found = count(text)
            shown = at.page.locator("[data-segments]")
            words = f"{found.segments} SMS · " if text else ""
            await expect(shown).to_contain_text(re.compile(rf"^{words}{found.left} left"))
        await expect(shown).to_contain_text("about €0.225")
        await at.check_accessible()
        await at.check_traps()
