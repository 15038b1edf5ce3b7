"""What a rule proposes, by keyboard, and live."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Request, expect
from sqlalchemy import insert, update

from builders import mail_arrival
from console_browser import desk
from console_house import House, open_house, person
from hub import clock
from hub.rules.rule import read_rule
from hub.store import business_rules
from hub.store.tables import deliveries, rule_proposals
from waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path) as opened:
        await opened.hire("anna", "Anna de Wit", ["service", "billing"])
        yield opened


async def keep(house: House, title: str, topic: str, *more: dict[str, Any]) -> None:
    rule = read_rule(
        {
            "when": [{"kind": "topic", "topic": topic}, *more],
            "title": {"en": title, "nl": title},
            "why": {"en": "It helps.", "nl": "Het helpt."},
            "action": {"kind": "promise", "text": {"en": f"{title} tomorrow", "nl": title}},
            "active_from": "2020-01-01",
        }
    )
    await house.write(lambda c: business_rules.add(c, rule, by="test"))


async def test_it_is_done_and_put_aside_by_key_and_follows_the_facts(
    house: House, browser: Browser
) -> None:
    await keep(house, "Call back", "order")
    await keep(house, "Look at it", "invoice")
    accepted = await house.receive(mail_arrival(subject="Order 12"))
    item = await house.work_of(accepted.conversation_id)
    async with desk(browser, house) as at, person(house) as anna:
        page, keys = at.page, at.page.keyboard
        await at.sign_in("anna", accepted.conversation_id)
        await keys.press("i")
        await expect(page.locator("[data-take]")).to_be_visible()
        await at.done()
        await at.check_accessible()

        await keys.press("Shift+A")
        promised = page.locator("details[data-promise] input[name=what]")
        await expect(promised).to_be_focused()
        await expect(promised).to_have_value("Call back tomorrow")
        await keys.press("Escape")

        await anna.sign_in("anna")
        await anna.post(f"/console/work/{item.id}/topic", topic="invoice")
        await expect(page.locator(".next-one .next-what").first).to_contain_text("Look at it")
        await keys.press("Shift+Z")
        first = page.get_by_role("button", name="It does not fit here")
        await expect(first).to_be_focused()
        await at.check_accessible()
        await keys.press("Enter")
        await expect(page.locator("[data-take]")).to_have_count(0)
        await at.done()

        async def is_kept() -> bool:
            return {row.aside_reason for row in await house.rows(rule_proposals)} == {
                "",
                "does_not_fit",
            }

        await eventually(is_kept)
        await at.check_traps()


async def test_a_reason_of_ones_own_is_kept_by_enter(house: House, browser: Browser) -> None:
    await keep(house, "Call back", "order")
    accepted = await house.receive(mail_arrival(subject="Order 12"))
    async with desk(browser, house) as at:
        page, keys = at.page, at.page.keyboard
        await at.sign_in("anna", accepted.conversation_id)
        await keys.press("i")
        await expect(page.locator("[data-take]")).to_be_visible()
        await at.done()
        await keys.press("Shift+Z")
        await page.get_by_label("Or in your own words").fill("He is away")
        await keys.press("Enter")
        await expect(page.locator("[data-take]")).to_have_count(0)
        await at.done()
        [kept] = await house.rows(rule_proposals)
        assert kept.aside_reason == "He is away"
        await at.check_traps()


async def test_what_time_alone_changes_is_noticed_when_it_does_and_not_asked_for_before(
    house: House, browser: Browser
) -> None:
    await keep(house, "Say that it is late", "order", {"kind": "order_late", "days": 0})
    accepted = await house.receive(mail_arrival(subject="Order 12"))
    item = await house.work_of(accepted.conversation_id)
    soon = clock.now() + timedelta(hours=1)
    await house.write(lambda c: c.execute(insert(deliveries), [parcel(item, soon)]))
    async with desk(browser, house) as at:
        page = at.page
        await page.clock.install()
        await at.sign_in("anna", accepted.conversation_id)
        asked: list[str] = []

        def note(request: Request) -> None:
            if request.url.endswith(accepted.conversation_id):
                asked.append(request.url)

        page.on("request", note)
        await page.clock.fast_forward("59:00")
        await expect(page.locator("[data-next]")).to_be_hidden()
        assert asked == []
        past = clock.now() - timedelta(seconds=1)
        await house.write(lambda c: c.execute(update(deliveries).values(expected_until=past)))
        await page.route(f"**/{accepted.conversation_id}", lambda route: route.abort(), times=1)
        # What says so may be gone at once: the line, silent for an hour, is opened anew meanwhile.
        async with page.expect_event("requestfailed", lambda one: one.url in asked):
            await page.clock.fast_forward("01:00")
        assert len(asked) == 1
        await page.clock.fast_forward("01:00")
        told = page.locator(".next-one .next-what")
        await expect(told).to_contain_text("Say that it is late")
        assert len(asked) == 2


def parcel(item: Any, expected: Any) -> dict[str, Any]:
    return {
        "id": clock.new_id(),
        "partner": "p",
        "tracking": "3S1",
        "order_id": None,
        "order_number": "",
        "customer_id": item.customer_id,
        "state": "in_transit",
        "flags": [],
        "address": "",
        "preferences": {},
        "version": 1,
        "created_at": clock.now(),
        "updated_at": clock.now(),
        "expected_until": expected,
    }
