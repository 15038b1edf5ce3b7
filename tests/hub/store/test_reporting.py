"""What reports say of finished work is what one finds by looking at it piece by piece."""

import random
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from hub.store import Database, agents, came_in, reporting
from hub.store.came_in import CameIn
from hub.store.reporting import GROUPS, PERCENTILES, TIMES, Period
from hub.store.tables import conversations, customers, work_facts, work_items
from stores import opened, rows

BEGUN = datetime(2025, 11, 30, 23, tzinfo=UTC)
ENDED = BEGUN + timedelta(days=300)
ODD = ('a "quoted", row', "", "naïve\n\x1f", "row 1", "row 2")
"""Titles of rows as people may write them."""


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        await database.write(write)
        yield database


def write(connection: Connection) -> None:
    """Finished work of somewhat more than a period, in no order; in a month there is none."""
    known = {"id": "k", "kind": "person", "name": "Jan", "attributes": {}, "created_at": BEGUN}
    connection.execute(insert(customers), [known])
    agents.add_roles(connection, {"billing": "Billing"})
    held = [
        agents.add(connection, login=name, name=name, password_hash="", held=["billing"])
        for name in ("anna", "bob")
    ]
    chance = random.Random(7)  # noqa: S311 (no secret)
    for number in range(80):
        hours = chance.choice([*range(-9, 60), *range(1500, 7220)])
        came = BEGUN + timedelta(hours=hours, minutes=chance.randrange(60))
        _write_one(connection, number, came, chance, held)


def _write_one(
    connection: Connection, number: int, came: datetime, chance: random.Random, held: Sequence[str]
) -> None:
    talk = {
        "id": f"c{number}", "number": number, "customer_id": "k", "subject": "",
        "channel": "email", "state": "resolved", "interaction_count": 0, "created_at": came,
        "last_at": came,
    }  # fmt: skip
    item = {
        "id": f"w{number}", "conversation_id": f"c{number}", "customer_id": "k", "epoch": 1,
        "role": "billing", "state": chance.choice(["done", "done", "waiting"]),
        "channel": "email", "topic": "any", "priority_minutes": 0, "waiting_since": came,
        "overdue": False, "decision": {}, "created_at": came,
    }  # fmt: skip
    fact = {
        "work_item_id": f"w{number}", "conversation_id": f"c{number}", "customer_id": "k",
        "role": chance.choice(["billing", "sales"]), "channel": chance.choice(["email", "chat"]),
        "topic": chance.choice(["order", "order/late", "orders"]), "target_group": "b2c",
        "model_row": chance.choice(ODD), "agent_id": chance.choice([*held, None]),
        "came_hour": int(came.timestamp()) // 3600, "came_at": came, "done_at": came,
        "first_seconds": chance.choice([None, 0, 90_000]),
        "next_seconds": chance.choice([None, chance.randrange(900)]),
        "resolution_seconds": chance.randrange(9_000_000),
        "handling_seconds": chance.choice([None, chance.randrange(1_200)]),
        "units": chance.choice([20, 100]), "transfers": chance.randrange(3), "holders": 1,
        "repeats": chance.randrange(2), "promised": 2, "kept": chance.randrange(3),
        "first_in_time": chance.choice([None, True, False]),
        "abandoned": chance.choice([True, False]), "rating": chance.choice([None, 1, 5]),
    }  # fmt: skip
    connection.execute(insert(conversations), [talk])
    connection.execute(insert(work_items), [item])
    if item["state"] == "done":
        connection.execute(insert(work_facts), [fact])


PERIODS: dict[str, tuple[Period, dict[str, set[str]]]] = {
    "all": (Period(BEGUN, ENDED), {}),
    "a day": (Period(BEGUN, BEGUN + timedelta(days=1)), {}),
    "a role": (Period(BEGUN, ENDED, role="sales"), {"role": {"sales"}}),
    "a topic": (Period(BEGUN, ENDED, topic="order"), {"topic": {"order", "order/late"}}),
    "days that begin at half past": (
        Period(BEGUN + timedelta(hours=2427.5), BEGUN + timedelta(hours=2518.5)),
        {},
    ),
    "a group": (Period(BEGUN, ENDED, group="b2b"), {"target_group": {"b2b"}}),
}
"""With what the work of each has."""


@pytest.mark.parametrize("name", PERIODS)
async def test_each_figure_counts_the_work_behind_it(database: Database, name: str) -> None:
    period, only = PERIODS[name]
    found = [
        fact
        for fact in await rows(database, work_facts)
        if period.since <= fact.came_at < period.until
        and all(getattr(fact, key) in values for key, values in only.items())
    ]
    work = await database.read(lambda c: reporting.read(c, period))
    assert len(work) == len(found)
    for by, keys in GROUPS.items():
        told = {one.key: one for one in reporting.sums(work, by)}
        groups = {tuple(getattr(fact, key) or "" for key in keys) for fact in found}
        assert told.keys() == (groups or told.keys())
        for key, one in told.items():
            its = [f for f in found if tuple(getattr(f, k) or "" for k in keys) == key]
            assert counted(one) == added_up(its)
    for time in TIMES:
        lengths = sorted(s for f in found if (s := getattr(f, time)) is not None)
        spread = reporting.spread(work, time)
        assert spread.count == len(lengths)
        assert [spread.at[p] for p in PERCENTILES if lengths] == [
            lengths[round((len(lengths) - 1) * p / 100)] for p in PERCENTILES if lengths
        ]


async def test_what_came_in_each_hour_is_finished_or_open(database: Database) -> None:
    period = Period(BEGUN, ENDED)
    items = await rows(database, work_items)
    within = [item for item in items if BEGUN <= item.waiting_since < ENDED]
    work = await database.read(lambda c: reporting.read(c, period))
    still_open = await database.read(lambda c: came_in.open_hours(c, period))
    assert len(still_open) == sum(item.state != "done" for item in within) > 0
    hours = came_in.by_hour(work, still_open, period)
    came = [int(item.waiting_since.timestamp()) // 3600 for item in within]
    assert hours == {hour: came.count(hour) for hour in came}


async def test_what_came_in_is_listed_as_it_is_counted(database: Database) -> None:
    """In parts that go from what is open to what is finished."""
    period = Period(BEGUN, ENDED)
    came = {
        item.conversation_id: int(item.waiting_since.timestamp()) // 3600
        for item in await rows(database, work_items)
        if BEGUN <= item.waiting_since < ENDED
    }
    hours = {hour for hour in came.values() if hour % 3}
    within = {talk for talk, hour in came.items() if hour in hours}
    asked = CameIn(period, hours)

    def read(connection: Connection, asked: CameIn) -> tuple[int, list[reporting.Finished]]:
        ids = came_in.open_ids(connection, asked)
        total = len(ids) + came_in.count_finished(connection, asked)
        parts = (came_in.items(connection, asked, ids, limit=3, offset=at)
                 for at in range(0, total, 3))  # fmt: skip
        return total, [one for part in parts for one in part]

    total, found = await database.read(lambda c: read(c, asked))
    assert total == len(found) == len(within) > 6
    assert {one.conversation_id for one in found} == within
    is_open = [one.resolution_seconds is None for one in found]
    assert is_open == sorted(is_open, reverse=True)
    opened_only = await database.read(lambda c: read(c, CameIn(period, hours, open_only=True)))
    assert opened_only[0] == sum(is_open) > 0


async def test_what_was_opened_again_counts_once(database: Database) -> None:
    period = Period(BEGUN, ENDED)
    items = await rows(database, work_items)
    again = update(work_items).where(work_items.c.state == "done").values(state="assigned")
    await database.write(lambda c: c.execute(again))
    work = await database.read(lambda c: reporting.read(c, period))
    open_hours = await database.read(lambda c: came_in.open_hours(c, period))
    within = [item for item in items if BEGUN <= item.waiting_since < ENDED]
    assert len(work) + len(open_hours) == len(within)


def counted(one: reporting.Sums) -> tuple[object, ...]:
    return (
        one.count, one.first_due, one.first_in_time, one.abandoned, one.moved, one.moves,
        one.repeated, one.stayed, one.promised, one.kept, one.handled, one.handling_seconds,
        one.unit_seconds, one.rated, one.rating,
    )  # fmt: skip


def added_up(its: Sequence[Any]) -> tuple[object, ...]:
    due = [f.first_in_time for f in its if f.first_in_time is not None]
    handled = [f for f in its if f.handling_seconds is not None]
    scores = [f.rating for f in its if f.rating is not None]
    return (
        len(its), len(due), sum(due), sum(f.abandoned for f in its),
        sum(f.transfers > 0 for f in its), sum(f.transfers for f in its),
        sum(f.repeats > 0 for f in its),
        sum(f.transfers == 0 and f.repeats == 0 and not f.abandoned for f in its),
        sum(f.promised for f in its), sum(f.kept for f in its), len(handled),
        sum(f.handling_seconds for f in handled),
        round(sum(f.handling_seconds * f.units / 100 for f in handled)), len(scores), sum(scores),
    )  # fmt: skip
