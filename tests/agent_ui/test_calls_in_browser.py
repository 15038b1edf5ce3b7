"""The call bar in a browser: by key, live, with a note while talking, and usable by all."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from builders import text_arrival
from console_browser import desk
from console_house import House, open_house
from hub.interaction import Channel
from hub.store import agents, call_wishes, calls, putting_through, work_items, working
from hub.store.calls import Call
from waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALL = "CA1"


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        await opened.hire("anna", "Anna de Wit")
        yield opened


async def call_of(house: House, sid: str = CALL) -> Call:
    found = await house.database.read(lambda c: calls.get(c, sid))
    assert found is not None
    return found


async def wait(house: House, sid: str = CALL, number: str = "+31612345678") -> str:
    """A caller waits; gives the conversation."""
    arrival = text_arrival(number, channel=Channel.PHONE, external_id=sid, subject="Bestelling")
    accepted = await house.receive(arrival)
    await house.write(
        lambda c: calls.add(
            c,
            sid,
            accepted.conversation_id,
            account="+31203080000",
            caller=number,
            language="nl",
            chosen="Bestelling",
        )
    )
    return accepted.conversation_id


async def test_a_call_is_followed_and_handled_by_key(house: House, browser: Browser) -> None:
    conversation_id = await wait(house)
    async with desk(browser, house) as at:
        await at.sign_in("anna", conversation_id)
        bar = at.page.locator("loket-call")
        await expect(bar).to_contain_text("A caller waits")
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        item = await house.work_of(conversation_id)
        waiting = await call_of(house)
        await house.write(lambda c: calls.ring(c, waiting, item.agent_id))
        await expect(bar).to_contain_text("Your phone rings: answer it")
        await house.write(lambda c: calls.answered(c, CALL, 1))
        await expect(bar).to_contain_text("You are on the phone")
        await at.check_accessible()
        await at.page.keyboard.press("h")
        await eventually(lambda: wants(house, "wants_hold"))
        held = await call_of(house)
        await house.write(lambda c: call_wishes.settle(c, held, on_hold=True))
        await expect(bar).to_contain_text("The customer is on hold")
        await at.page.keyboard.press("d")
        await at.page.keyboard.press("Enter")  # the first key of the pad, which has the focus
        await eventually(lambda: pressed(house, "1"))
        await at.page.keyboard.press("Control+0")  # the browser's own
        await at.page.keyboard.type("20417#*")  # faster than they can be passed on
        await eventually(lambda: pressed(house, "120417#*"))
        await expect(at.page.locator(".keypad button").first).to_be_focused()
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("w")
        await expect(at.page.locator("[data-through] select")).to_be_focused()
        await at.page.keyboard.press("Tab")
        await at.page.keyboard.type("06 1")
        muted = await call_of(house)
        await house.write(lambda c: call_wishes.settle(c, muted, on_hold=False, wants_hold=False))
        await expect(bar).to_contain_text("You are on the phone")
        await expect(at.page.locator("[data-through] [name=number]")).to_have_value("06 1")
        await at.check_accessible()
        await at.page.keyboard.press("Escape")
        await at.page.locator("#talk").focus()
        await at.page.keyboard.press("x")
        await at.page.keyboard.type("He wants it on Thursday.")
        await at.page.locator("#talk").focus()
        await at.page.keyboard.press("Shift+H")
        await eventually(lambda: is_ending(house))
        await expect(bar.get_by_role("button", name=re.compile("^Call [+]"))).to_be_visible()
        await expect(at.page.locator("loket-composer textarea").first).to_have_value(
            "He wants it on Thursday."
        )
        await at.check_traps()
    assert (await house.work_of(conversation_id)).state == work_items.ASSIGNED


async def test_while_it_rings_outside_the_bar_says_where_and_then_the_timeline_what_came_of_it(
    house: House, browser: Browser
) -> None:
    anna = (await house.database.read(lambda c: agents.find_by_login(c, "anna")) or (None, ""))[0]
    assert anna is not None
    conversation_id = await talk(house, anna.id, CALL, "+31612345678")
    async with desk(browser, house) as at:
        await at.sign_in("anna", conversation_id)
        bar = at.page.locator("loket-call")
        await at.page.keyboard.press("w")
        await at.page.locator("[data-through] [name=number]").fill("+31201234567")
        await at.page.get_by_role("button", name="Transfer now").click()
        await expect(bar).to_contain_text("it rings at +31201234567")
        asked = await call_of(house)
        await house.write(lambda c: putting_through.rings(c, asked))
        back = at.page.get_by_role("button", name="Back to the customer")
        await expect(back).to_be_visible()
        await at.check_accessible()
        rings = await call_of(house)
        await house.write(lambda c: putting_through.comes_back(c, rings, why="busy"))
        await expect(bar).to_contain_text("A caller waits")
        said = "Anna de Wit put the customer through; +31201234567 was busy, so they came back"
        await expect(at.page.locator(".entries .event").last).to_contain_text(said)
        await at.check_traps()


async def test_who_gave_a_call_to_a_role_of_others_is_not_on_the_phone_any_more(
    house: House, browser: Browser
) -> None:
    await house.hire("bob", "Bob Kramer", ["billing"])
    conversation_id = await wait(house)
    async with desk(browser, house) as at:
        await at.sign_in("anna", conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.done()
        item, waiting = await house.work_of(conversation_id), await call_of(house)
        await house.write(lambda c: calls.ring(c, waiting, item.agent_id))
        await house.write(lambda c: calls.answered(c, CALL, 1))
        await expect(at.page.locator("loket-call")).to_contain_text("You are on the phone")
        await at.page.keyboard.press("w")
        to = at.page.locator("[data-through] select")
        await to.select_option("billing|")
        await at.page.get_by_role("button", name="Transfer now").click()
        await expect(at.page.locator("loket-call")).to_have_count(0)
        await expect(at.page.locator(".chip-mine")).to_have_count(0)
        await expect(at.page.locator("#toasts > *")).to_have_count(0)
        assert at.page.url == f"{house.origin}/console"
        await at.check_traps()
    assert (await house.work_of(conversation_id)).role == "billing"


async def test_what_was_asked_for_last_is_shown_whatever_is_answered_last(
    house: House, browser: Browser
) -> None:
    """The answer to a press of a key replaces the bar while newer states are on their way to it."""
    conversation_id = await wait(house)
    async with desk(browser, house) as at:
        await at.sign_in("anna", conversation_id)
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        item, waiting = await house.work_of(conversation_id), await call_of(house)
        await house.write(lambda c: calls.ring(c, waiting, item.agent_id))
        await house.write(lambda c: calls.answered(c, CALL, 1))
        bar = at.page.locator("loket-call")
        await expect(bar).to_contain_text("You are on the phone")

        pressing, newer = asyncio.Event(), asyncio.Event()
        fetched: list[str] = []

        async def slow(route: Route) -> None:
            answer = await route.fetch()
            fetched.append(await answer.text())
            await (pressing if route.request.method == "POST" else newer).wait()
            await route.fulfill(response=answer)

        await at.page.route("**/call", slow)
        await at.page.keyboard.press("h")
        await eventually(lambda: wants(house, "wants_hold"))
        held = await call_of(house)
        await house.write(lambda c: call_wishes.settle(c, held, on_hold=True))
        await eventually(lambda: any("The customer is on hold" in text for text in fetched))
        pressing.set()
        await expect(bar).to_contain_text("Resume")
        newer.set()
        await expect(bar).to_contain_text("The customer is on hold")


async def talk(house: House, agent_id: str, sid: str, number: str) -> str:
    """An agent and a customer are on the phone; gives the conversation."""
    conversation_id = await wait(house, sid, number)
    item, waiting = await house.work_of(conversation_id), await call_of(house, sid)
    agent = await house.database.read(lambda c: agents.find(c, agent_id))
    assert agent is not None
    await house.write(lambda c: working.claim(c, item.id, agent))
    await house.write(lambda c: calls.ring(c, waiting, agent_id))
    await house.write(lambda c: calls.answered(c, sid, 1))
    return conversation_id


async def test_keys_of_one_call_never_go_to_another(house: House, browser: Browser) -> None:
    carl = await house.hire("carl", "Carl Visser")
    one = await talk(house, carl, CALL, "+31612345678")
    other = await talk(house, carl, "CA2", "+31687654321")
    async with desk(browser, house) as at:
        await at.sign_in("carl", one)
        passing = asyncio.Event()

        async def slow(route: Route) -> None:
            await passing.wait()
            await route.continue_()

        await at.page.route(f"**/{one}/call", slow)
        await at.page.keyboard.press("d")
        await at.page.keyboard.type("567")
        await at.page.locator(f'loket-work a[href="/console/conversations/{other}"]').first.click()
        await expect(at.page.locator(f'loket-call[data-of="{other}"] .keypad')).to_be_attached()
        await at.page.keyboard.press("d")
        await at.page.keyboard.type("89")
        passing.set()
        await eventually(lambda: pressed(house, "567"))
        await eventually(lambda: pressed(house, "89", "CA2"))
        await at.check_traps()


async def wants(house: House, what: str) -> bool:
    return bool(getattr(await call_of(house), what))


async def pressed(house: House, keys: str, sid: str = CALL) -> bool:
    return (await call_of(house, sid)).keys == keys


async def is_ending(house: House) -> bool:
    return (await call_of(house)).state == calls.ENDING
