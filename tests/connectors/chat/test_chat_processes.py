"""Several processes on PostgreSQL and RabbitMQ: a visitor's tabs need not be in the same one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

from chat_house import House, Visitor, open_house
from hub import clock
from hub.store.tables import conversations, interactions
from waiting import eventually


@pytest.fixture
async def houses(
    postgres_url: str, rabbitmq_url: str, tmp_path: Path
) -> AsyncIterator[tuple[House, House]]:
    async with (
        open_house(postgres_url, tmp_path, bus_url=rabbitmq_url) as one,
        open_house(postgres_url, tmp_path, bus_url=rabbitmq_url) as other,
    ):
        yield one, other


@pytest.fixture
async def tabs(houses: tuple[House, House], http: ClientSession) -> tuple[Visitor, Visitor]:
    """Two tabs of one visitor, who has not written yet."""
    one, other = (Visitor(http, house.origin) for house in houses)
    other.session = await one.begin()
    for tab in (one, other):
        await tab.connect()
    return one, other


async def test_tabs_in_different_processes_see_the_same_chat(
    houses: tuple[House, House], tabs: tuple[Visitor, Visitor]
) -> None:
    one, other = tabs
    await one.say("first")
    await other.hears("first")
    await other.say("second")
    await one.hears("second")
    await houses[0].answer("to both")
    for tab in tabs:
        await tab.hears("to both")

    expected = ["first", "second", "to both"]
    assert [[line["text"] for line in tab.lines] for tab in tabs] == [expected, expected]
    assert len(await houses[0].rows(conversations)) == 1


async def test_what_one_process_showed_counts_in_the_other(
    houses: tuple[House, House], tabs: tuple[Visitor, Visitor]
) -> None:
    one, other = tabs
    await one.say("hello")
    answer = await houses[0].answer("look")
    line = await other.hears("look")
    await other.send({"type": "seen", "sequence": line["sequence"]})

    async def delivered() -> bool:
        return await houses[0].state_of(answer) == "delivered"

    await eventually(delivered)


async def test_a_message_sent_through_both_is_kept_once(
    houses: tuple[House, House], tabs: tuple[Visitor, Visitor]
) -> None:
    answers = [await tab.say("hello", "message-1") for tab in tabs]
    assert answers[0] == answers[1]
    assert await houses[0].texts() == ["hello"]


async def test_who_left_gets_one_mail_from_all_of_them(
    houses: tuple[House, House], tabs: tuple[Visitor, Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    await tabs[0].say("hello")
    await tabs[0].send({"type": "email", "id": "address-1", "address": "ada@example.org"})
    await tabs[0].until(lambda frame: frame.get("id") == "address-1")
    for tab in tabs:
        await tab.hang_up()
    answer = await houses[0].answer("you are gone")

    async def left_and_waiting() -> bool:
        gone = not any(house.connector._live.all() for house in houses)
        return gone and await houses[0].state_of(answer) == "waiting"

    await eventually(left_and_waiting)
    later = clock.now() + timedelta(seconds=200)
    monkeypatch.setattr(clock, "now", lambda: later)
    await asyncio.gather(*(house.connector._handover.round() for house in houses * 3))

    rows = await houses[0].rows(interactions)
    assert [row.recipients[0]["value"] for row in rows if row.channel == "email"] == [
        "ada@example.org"
    ]
