"""Each figure of the reports and the wallboard leads to a list with as many items."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from console_house import MODEL, House, Page, Person, open_house, person
from hub import clock
from hub.store import presence, reviewing
from hub.store.tables import conversations, deadlines, reviews, work_facts, work_items

REPORTS, WALL = "/console/reports", "/console/wall"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HERE = MODEL.replace(
    "channels:\n",
    "hours:\n  office:\n    title: {en: Office hours, nl: Kantooruren}\n"
    '    time_zone: Europe/Amsterdam\n    week: {mon-fri: "09:00-17:00"}\nchannels:\n',
    1,
)
BACK = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""In the hour before the one that the clock in Amsterdam shows twice."""
WEEK = "from=2026-10-20&to=2026-10-26"


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """In Amsterdam; those of billing supervise."""
    changes = {"supervisor_roles": frozenset({"billing"}), "model_text": HERE}
    async with open_house(sqlite_url, tmp_path, **changes) as opened:
        yield opened


@pytest.fixture
async def lead(house: House) -> AsyncIterator[Person]:
    await house.hire("lea", "Lea Vos", ["billing"])
    async with person(house) as one:
        await one.sign_in("lea")
        yield one


async def write_work(house: House) -> None:
    """Work of two weeks around the end of summer time, every third of it open, some of each
    kind."""
    agent_id = await house.hire("ben", "Ben Kok", ["service", "billing"])
    first = await house.receive(subject="My order")
    item = await house.work_of(first.conversation_id)
    [row] = await house.rows(work_items)
    talks, items, facts = [], [], []
    [talk] = await house.rows(conversations)
    for n in range(60):
        came = BACK + timedelta(hours=(n - 20) * 3 if n % 4 else n % 8 - 4)
        known = {"id": clock.new_id(), "conversation_id": clock.new_id()}
        talks.append(talk._asdict() | {"id": known["conversation_id"], "number": 1000 + n})
        changed = {"waiting_since": came, "role": ("service", "billing")[n % 2]}
        state = {"state": "waiting" if n % 3 == 0 else "done", "resolved_at": None}
        items.append(row._asdict() | known | changed | state)
        if n % 3:
            facts.append(fact(n, items[-1], came, agent_id))
    await house.write(lambda c: c.execute(insert(conversations), talks))
    await house.write(lambda c: c.execute(insert(work_items), items))
    await house.write(lambda c: c.execute(insert(work_facts), facts))
    at = {"conversation_id": item.conversation_id, "agent_id": agent_id, "reviewer_id": agent_id}
    await house.write(lambda c: reviewing.add(c, **at, scores={"Kind": 4}, remark=""))
    await house.write(lambda c: c.execute(update(reviews).values(at=BACK)))
    await house.write(lambda c: reviewing.add(c, **at, scores={"Kind": 2}, remark=""))
    before = update(reviews).where(reviews.c.at > BACK).values(at=BACK - timedelta(days=30))
    await house.write(lambda c: c.execute(before))


def fact(n: int, item: dict[str, Any], came: datetime, agent_id: str) -> dict[str, Any]:
    return {
        "work_item_id": item["id"], "conversation_id": item["conversation_id"],
        "customer_id": item["customer_id"], "role": item["role"],
        "channel": ("email", "chat")[n % 5 == 0], "topic": ("order", "invoice", "")[n % 7 % 3],
        "target_group": ("", "b2c")[n % 2], "model_row": ("", "any any any order")[n % 2],
        "agent_id": (agent_id, None)[n % 6 == 1], "came_hour": int(came.timestamp()) // 3600,
        "came_at": came, "done_at": came, "first_seconds": (None, 60 + n)[n % 4 > 0],
        "next_seconds": (None, n)[n % 8 == 1], "resolution_seconds": 1000 + n,
        "handling_seconds": (None, 90)[n % 5 > 0], "units": 100, "transfers": n % 4 % 2,
        "holders": 1, "repeats": int(n % 9 == 1), "promised": n % 3, "kept": n % 2,
        "first_in_time": (None, True, True, False)[n % 4], "abandoned": n % 11 == 2,
        "rating": (None, 1, 4, 5)[n % 4],
    }  # fmt: skip


def figures(page: Page) -> list[tuple[str, str]]:
    """What each link to a list says, and where it goes."""
    lists = "a[href*='/items?'], a[href*='/reports/came?']"
    return list(zip(page.texts(f"main :is({lists})"), page.values(f"main :is({lists})", "href"),
                    strict=True))  # fmt: skip


def numbers(page: Page, part: str) -> list[str]:
    """Those that are not 0, in these parts of the page."""
    return [text for text in page.texts(part) if re.search(r"[1-9]|minute", text)]


async def count_behind(agent: Person, address: str) -> int:
    """How many the list says, which are as many as it shows."""
    page = await agent.get(address)
    said = re.search(r"([\d,]+) pieces? of work", page.text("main"))
    assert page.status == 200, address
    assert said, address
    count = int(said[1].replace(",", ""))
    assert len(page.texts("main tbody th[scope=row]")) == count, address
    return count


async def share_behind(agent: Person, address: str) -> str:
    """What a share says if it is counted from the lists."""

    async def count(figure: str) -> int:
        return await count_behind(agent, re.sub(r"figure=\w+", f"figure={figure}", address))

    [figure] = parse_qs(urlsplit(address).query)["figure"]
    part, whole = {
        "first_in_time": ("first_in_time", "first_due"),
        "first_too_late": ("first_in_time", "first_due"),
        "stayed": ("stayed", "all"),
    }[figure]
    return f"{round(100 * await count(part) / await count(whole))} %"


async def test_each_figure_of_a_report_opens_as_many_items(house: House, lead: Person) -> None:
    await write_work(house)
    page = await lead.get(f"{REPORTS}?{WEEK}")
    found = figures(page)
    for text, address in found:
        count = await count_behind(lead, address)
        assert count > 0, address
        if text.isdecimal():
            assert count == int(text), address
        elif re.search(r"figure=(first_|stayed)\w*", address) and text.endswith("%"):
            assert text == await share_behind(lead, address), address
    places = [address for _, address in found if "day=" in address]
    assert len(places) == len(page.texts(".heat td a")) > 20
    bars = page.values(".chart a", "href")
    assert bars == page.values("[aria-label='In numbers'] td a", "href")
    [reviews] = page.values("a[href*='/reports/reviews?']", "href")
    assert (await lead.get(reviews)).texts(".scores dd") == ["4 / 5"]


async def test_no_figure_of_a_report_opens_nothing(house: House, lead: Person) -> None:
    """What stands beside a figure, as of how many it is a share, may lead there too."""
    await write_work(house)
    page = await lead.get(f"{REPORTS}?{WEEK}")
    for part in ("main .tile", "main td"):
        assert numbers(page, part) == numbers(page, f"{part}:has(a)"), part


async def test_a_cell_of_the_week_is_named_and_counts_the_hour_that_the_clock_shows_twice(
    house: House, lead: Person
) -> None:
    first = await house.receive(subject="My order")
    await house.receive(subject="Another order", sender="piet@example.org")
    await house.receive(subject="A third order", sender="kim@example.org")
    times = (BACK, BACK + timedelta(hours=1), BACK + timedelta(hours=2))
    for row, at in zip(await house.rows(work_items), times, strict=True):
        changed = update(work_items).where(work_items.c.id == row.id).values(waiting_since=at)
        await house.write(lambda c, changed=changed: c.execute(changed))
    page = await lead.get(f"{REPORTS}?{WEEK}")
    names = page.values(".heat td a", "aria-label")
    assert names == ["Sunday 02:00: 2", "Sunday 03:00: 1"]
    behind = await lead.get(page.value(".heat td a", "href"))
    assert behind.text("h1") == "What came in · Sunday 02:00"
    assert behind.texts("tbody th") == ["Another order", "My order"]
    assert behind.text("td[data-head='Solved after']") == "still open"
    day = await lead.get(f"{REPORTS}?from=2026-10-25&to=2026-10-25")
    assert day.texts("[aria-label='In numbers'] td a") == ["2", "1"]
    assert (await lead.get(f"{REPORTS}/came?{WEEK}&role=billing&day=6&hour=2")).has(".empty")
    for wrong in ("day=7&hour=1", "day=1&hour=24", "at=2026-11-02", "at=x"):
        assert (await lead.get(f"{REPORTS}/came?{WEEK}&{wrong}")).status == 404
    assert behind.has(f"a[href$='{first.conversation_id}']")


async def test_each_figure_of_the_wallboard_opens_as_many_items(house: House, lead: Person) -> None:
    agent_id = await house.hire("ben", "Ben Kok", ["service"])
    await house.write(lambda c: presence.say(c, agent_id, presence.AVAILABLE))
    for n in range(8):
        await house.receive(subject="My order", sender=f"jan{n}@example.org")
    now = clock.now()
    said: list[dict[str, Any]] = [
        {}, {"overdue": True}, {"answer_warn": now - timedelta(minutes=1)},
        {"state": "assigned", "agent_id": agent_id}, {"state": "assigned", "agent_id": agent_id},
        {"state": "snoozed"}, {"state": "done", "resolved_at": now}, {"role": "billing"},
    ]  # fmt: skip
    for row, values in zip(await house.rows(work_items), said, strict=True):
        if values:
            changed = update(work_items).where(work_items.c.id == row.id).values(values)
            await house.write(lambda c, changed=changed: c.execute(changed))
    [one, two, *_] = await house.rows(deadlines)
    for row, values in ((one, {"met_at": now}), (two, {"breached_at": now})):
        changed = update(deadlines).where(deadlines.c.id == row.id).values(values)
        await house.write(lambda c, changed=changed: c.execute(changed))
    page = await lead.get(WALL)
    found = [(text, address) for text, address in figures(page) if "/wall/items" in address]
    assert {parse_qs(urlsplit(address).query)["figure"][0] for _, address in found} == {
        "waiting", "too_late", "late", "soon", "held", "arrived",
    }  # fmt: skip
    for text, address in found:
        count = await count_behind(lead, address)
        assert count > 0, address
        if number := re.fullmatch(r"(\d+)( in hand)?", text):
            assert count == int(number[1]), address
    for part in ("main .tile", "main .wall td", "main .seat"):
        assert numbers(page, part) == numbers(page, f"{part}:has(a)"), part
