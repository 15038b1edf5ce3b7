"""What is read again and again goes through what it needs, however much is kept."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from hub import promising
from hub.store import (
    Database,
    hanging_up,
    held,
    punctuality,
    reporting,
    rule_report,
    sending,
    wall,
)
from hub.store.reporting import Period
from hub.store.tables import metadata
from plans import asked, plan_of, walked
from stores import opened

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
QUIET = timedelta(minutes=10)
WEEK = Period(NOW - timedelta(days=7), NOW)


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    async with opened(sqlite_url) as database:
        yield database


async def test_the_wallboard_reads_open_work_and_that_of_today(database: Database) -> None:
    plan = await of(database, lambda c: wall.read(c, since=NOW, quiet=QUIET))
    assert "ix_work_items_role_state" not in plan
    assert "SCAN work_items USING INDEX ix_work_items_open_customer" in plan
    assert "SEARCH work_items USING INDEX sqlite_autoindex_work_items_1 (id>?)" in plan


async def test_what_stands_first_is_found_without_looking_at_other_work(database: Database) -> None:
    plan = await of(database, hanging_up.left_over)
    assert "SCAN work_items USING INDEX ix_work_items_first" in plan


async def test_who_was_there_in_a_week_is_not_sought_in_all_years(database: Database) -> None:
    def look(connection: Connection) -> set[str]:
        with asked(connection) as statements:
            reporting.available_seconds(connection, WEEK)
        return walked(connection, statements)

    assert "presence_changes" not in await database.read(look)


async def test_a_report_goes_once_through_the_work_of_its_period(database: Database) -> None:
    """By the hour in which it came, a month at a time: no row of it comes to us one by one."""
    year = Period(NOW - timedelta(days=365), NOW)
    plan = await of(database, lambda c: reporting.read(c, year))
    ways = [line for line in plan.splitlines() if "work_facts" in line]
    by_hour = "SEARCH work_facts USING INDEX ix_work_facts_came_hour (came_hour>? AND came_hour<?)"
    assert set(ways) == {by_hour}
    assert len(ways) == 12


async def test_what_a_partner_did_is_sought_among_its_own_of_that_time(database: Database) -> None:
    plan = await of(
        database, lambda c: punctuality.performance(c, "snelpost", WEEK.since, WEEK.until)
    )
    of_deliveries = "(partner=? AND delivered_at>? AND delivered_at<?)"
    of_events = "(partner=? AND occurred_at>? AND occurred_at<?)"
    assert f"USING INDEX ix_deliveries_partner_delivered_at {of_deliveries}" in plan
    assert f"USING INDEX ix_delivery_events_partner_occurred_at {of_events}" in plan
    assert "SCAN" not in plan


async def test_what_rules_proposed_last_is_not_sought_among_all(database: Database) -> None:
    plan = await of(database, lambda c: rule_report.read(c, WEEK.since, WEEK.until))
    assert "SEARCH rule_proposals USING INDEX sqlite_autoindex_rule_proposals_1 (id>?)" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    "look",
    [
        lambda c: sending.release_expired(c, NOW, 9),
        lambda c: sending.republish_due(c, NOW),
        lambda c: held.let_go(c, NOW),
        lambda c: promising.breach(c, NOW),
    ],
)
async def test_what_the_sweeper_does_each_second_looks_at_nothing_that_is_done(
    database: Database, look: Callable[[Connection], int]
) -> None:
    def walk(connection: Connection) -> set[str]:
        with asked(connection) as statements:
            look(connection)
        return walked(connection, statements)

    assert not await database.write(walk) & metadata.tables.keys()


async def of(database: Database, work: Callable[[Connection], Any]) -> str:
    """How SQLite does this."""

    def look(connection: Connection) -> str:
        with asked(connection) as statements:
            work(connection)
        return plan_of(connection, statements)

    return await database.read(look)
