"""After a call or a chat an agent wraps up: nothing is offered, until it is over."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from builders import chat_arrival
from console_browser import desk
from console_house import MODEL, House, Person, open_house, person
from hub.interaction import Channel
from hub.store import choices
from hub.store import presence as store
from hub.store.tables import assignment_steps, offers, presence, work_items
from routing.assigning.rules import Rules
from waiting import eventually

BOTH = MODEL.replace("nl: Klantenservice},", "nl: Klantenservice}, mode: both,")


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, model_text=BOTH, rules=Rules()) as opened:
        yield opened


async def wrap_up_takes(house: House, seconds: int) -> None:
    chosen = {"service": {"phone": 0, "chat": seconds}}
    await house.database.write(lambda c: choices.keep(c, "wrap_up", chosen, by="test"))


async def state(house: House) -> str:
    """Of who said so first."""
    rows = await house.rows(presence)
    return str(min(rows, key=lambda row: row.agent_id).state)


async def resolved_chat(house: House, anna: Person) -> str:
    """Anna is there, takes a chat about an order and resolves it; gives the id of the work."""
    accepted = await house.receive(chat_arrival(text="Where is my order?"))
    item = await house.work_of(accepted.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    await anna.post("/console/presence", state="available")
    page = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    seen = page.value("input[data-seen]")
    await anna.post(f"/console/work/{item.id}/resolve", seen=seen, **{"result.outcome": "found"})
    return str(item.id)


async def test_after_a_chat_nothing_is_offered_until_the_agent_is_done(
    house: House, anna: Person
) -> None:
    await wrap_up_takes(house, 3_600)
    item_id = await resolved_chat(house, anna)
    assert await state(house) == "wrapping"
    carl = await house.hire("carl", "Carl")
    closed = [channel for channel in Channel if channel is not Channel.CHAT]
    await house.write(
        lambda c: store.say(c, carl, store.AVAILABLE, closed_channels=closed)  # somebody is there
    )
    await house.receive(subject="Order 2")
    [said] = await eventually(lambda: _why_nobody(house))
    assert said["counts"] == {"wrapping": 1, "channel": 1}
    page = await anna.get("/console")
    assert page.text(".presence-name") == "Wrapping up"
    assert page.value("[data-wrap]", "data-wrap") == item_id
    assert page.value(".wrap option[selected]") == "found"
    assert await house.rows(offers) == []
    fields = {"result.outcome": "resent", "result.remark": "She was glad"}
    await anna.post(f"/console/work/{item_id}/wrap-up", **fields)
    assert await state(house) == "available"
    page = await anna.get(f"/console/conversations/{(await _item(house, item_id)).conversation_id}")
    assert "Anna de Wit said what came of it" in page.texts(".event")[-1]
    assert "Outcome: Sent again" in page.texts(".event")[-1]
    await eventually(lambda: house.rows(offers))


async def test_it_is_over_by_itself_and_can_be_made_longer(house: House, anna: Person) -> None:
    await wrap_up_takes(house, 3_000)
    item_id = await resolved_chat(house, anna)
    [before] = await house.rows(presence)
    await anna.post("/console/wrap-up")
    [after] = await house.rows(presence)
    assert (after.until_at - before.until_at).total_seconds() == 60
    for _ in range(12):
        await anna.post("/console/wrap-up")
    [after] = await house.rows(presence)
    assert (after.until_at - after.since).total_seconds() == 3_600
    await anna.post(f"/console/work/{item_id}/wrap-up")
    await wrap_up_takes(house, 1)
    await resolved_chat(house, anna)
    await eventually(lambda: _is(house, "available"))
    assert (await anna.post("/console/wrap-up")).status == 409


async def test_mails_and_who_takes_no_offers_need_no_wrap_up(house: House, anna: Person) -> None:
    accepted = await house.receive(subject="Order 1")
    item = await house.work_of(accepted.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    await anna.post("/console/presence", state="available")
    await anna.post(f"/console/work/{item.id}/resolve", seen="9")
    assert await state(house) == "available"
    await anna.post("/console/presence", state="off")
    accepted = await house.receive(chat_arrival(text="My order?"))
    item = await house.work_of(accepted.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    await anna.post(f"/console/work/{item.id}/resolve", seen="9")
    assert await state(house) == "off"


async def test_nobody_wraps_up_what_a_colleague_did(house: House, anna: Person) -> None:
    await wrap_up_takes(house, 3_600)
    item_id = await resolved_chat(house, anna)
    await house.hire("carl", "Carl")
    async with person(house) as carl:
        await carl.sign_in("carl")
        assert (await carl.post(f"/console/work/{item_id}/wrap-up")).status == 409
    assert await state(house) == "wrapping"
    await anna.post("/console/presence", state="away", reason="Break")
    [row] = await house.rows(presence)
    assert (row.state, row.until_at, row.wrapping_id) == ("away", None, None)


async def test_administrators_choose_how_long_it_takes_for_each_role(
    house: House, ina: Person
) -> None:
    page = await ina.get("/console/admin/organisation")
    assert (page.value("[name='phone.service']"), page.value("[name='chat.billing']")) == (
        "60",
        "15",
    )
    fields = {"phone.service": "90", "chat.service": "", "phone.billing": "0", "chat.billing": "5"}
    await ina.post("/console/admin/organisation", what="wrap_up", **fields)
    kept = await house.database.read(lambda c: choices.value(c, "wrap_up"))
    assert kept == {"service": {"phone": 90, "chat": 0}, "billing": {"phone": 0, "chat": 5}}
    for bad in ("-1", "3601", "x", "0000000019999999999"):
        given = fields | {"chat.service": bad}
        page = await ina.post("/console/admin/organisation", what="wrap_up", **given)
        assert (page.status, page.has("[role=alert]")) == (422, True)


@pytest_asyncio.fixture(loop_scope="session")
async def live_house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, model_text=BOTH, rules=Rules()) as opened:
        await opened.hire("anna", "Anna de Wit")
        await wrap_up_takes(opened, 3_000)
        yield opened


@pytest.mark.asyncio(loop_scope="session")
async def test_it_is_extended_and_ended_by_key(live_house: House, browser: Browser) -> None:
    async with person(live_house) as anna:
        await anna.sign_in("anna")
        await resolved_chat(live_house, anna)
    async with desk(browser, live_house) as at:
        await at.sign_in("anna")
        left = at.page.locator(".wrap [data-left]")
        await expect(left).to_have_text(re.compile(r"\d{3,4} s"))
        await at.check_accessible()
        await at.page.keyboard.press("Shift+X")
        await expect(at.page.locator(".wrap progress")).to_have_attribute("max", "3060")
        await at.page.fill(".wrap [name='result.remark']", "Glad")
        await at.page.locator("#talk").focus()
        await live_house.receive(chat_arrival("v2", "s2", text="My order too?"))
        await expect(at.page.locator("[data-count=queue]")).to_have_text("1")
        await expect(at.page.locator(".wrap [name='result.remark']")).to_have_value("Glad")
        await at.page.keyboard.press("Shift+E")
        await expect(at.page.locator("#presence[data-state=available]")).to_be_visible()
        await expect(at.page.locator(".wrap")).to_have_count(0)
        await expect(at.page.locator("#says")).to_have_text("The wrap-up is over.")
        await expect(at.page.locator(".offer[data-offer]")).to_be_visible()
        await at.check_traps()


async def _is(house: House, wanted: str) -> bool:
    return await state(house) == wanted


async def _item(house: House, item_id: str) -> Any:
    return next(row for row in await house.rows(work_items) if row.id == item_id)


async def _why_nobody(house: House) -> list[dict[str, object]]:
    return [row.details for row in await house.rows(assignment_steps) if row.kind == "nobody"]
