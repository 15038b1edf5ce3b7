"""Transactions mean the same on both stores, and many may share a commit."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta, timezone
from threading import Event

import pytest
from sqlalchemy import Connection, func, insert, literal, select, text
from sqlalchemy.exc import IntegrityError

from hub.errors import StoreDown
from hub.store import Database
from hub.store.database import open_database
from hub.store.inserting import insert_new
from hub.store.reader import HELPERS
from hub.store.tables import audit_log, roles
from stores import count, only, opened

PATIENCE = 30.0


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


def role(name: str) -> dict[str, str]:
    return {"name": name, "title": name}


def adding(name: str, *, then: Exception | None = None) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        connection.execute(insert(roles), [role(name)])
        if then is not None:
            raise then
        return name

    return work


async def test_what_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(ValueError, match="no"):
        await database.write(adding("a", then=ValueError("no")))
    assert await count(database, roles) == 0


async def test_one_that_fails_among_many_harms_no_other(database: Database) -> None:
    works = [adding(f"r{n}", then=ValueError("no") if n % 3 == 0 else None) for n in range(30)]
    answers = await asyncio.gather(
        *(database.write(work) for work in works),
        return_exceptions=True,
    )
    assert [isinstance(answer, ValueError) for answer in answers] == [n % 3 == 0 for n in range(30)]
    assert await count(database, roles) == 20


async def test_a_broken_rule_is_told_to_who_broke_it(database: Database) -> None:
    await database.write(adding("a"))
    with pytest.raises(IntegrityError):
        await database.write(adding("a"))
    await database.write(lambda c: insert_new(c, roles, [role("a"), role("b")]))
    assert await count(database, roles) == 2


async def test_reading_keeps_nothing(database: Database) -> None:
    await database.read(adding("a"))
    assert await count(database, roles) == 0


async def test_times_come_back_in_utc(database: Database) -> None:
    moment = datetime(2026, 10, 25, 2, 30, 0, 123456, timezone(timedelta(hours=2)))
    row = {"id": "1", "at": moment, "actor": "a", "action": "b", "object": "c", "details": {}}
    await database.write(lambda c: c.execute(insert(audit_log), [row]))
    kept = (await only(database, audit_log)).at
    assert kept == moment
    assert kept.tzinfo is UTC


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    row = {
        "id": "1",
        "at": datetime(2026, 1, 1),  # noqa: DTZ001 (the point of the test)
        "actor": "a",
        "action": "b",
        "object": "c",
        "details": {},
    }
    with pytest.raises(Exception, match="zone"):
        await database.write(lambda c: c.execute(insert(audit_log), [row]))


async def test_sqlite_keeps_what_it_acknowledged_through_a_power_cut(sqlite_url: str) -> None:
    async with opened(sqlite_url) as database:
        full = 2
        pragma = text("PRAGMA synchronous")
        assert await database.write(lambda c: c.execute(pragma).scalar_one()) == full
        mode = text("PRAGMA journal_mode")
        assert await database.read(lambda c: c.execute(mode).scalar_one()) == "wal"


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_other_stores_are_refused_in_words(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///"):
        open_database(url)


async def test_on_sqlite_a_unit_of_reading_sees_one_state_throughout(sqlite_url: str) -> None:
    async with opened(sqlite_url) as database:
        looked, written = Event(), Event()

        def number(connection: Connection) -> int:
            return connection.execute(select(func.count()).select_from(roles)).scalar_one()

        def twice(connection: Connection) -> tuple[int, int]:
            before = number(connection)
            looked.set()
            assert written.wait(PATIENCE)
            return before, number(connection)

        reading = asyncio.create_task(database.read(twice))
        assert await asyncio.to_thread(looked.wait, PATIENCE)
        await database.write(adding("a"))  # and nobody who reads holds up who writes
        written.set()
        assert await reading == (0, 0)
        assert await database.read(number) == 1


async def test_on_sqlite_who_reads_for_long_holds_up_nobody(sqlite_url: str) -> None:
    async with opened(sqlite_url) as database:
        done = Event()
        long = [
            asyncio.create_task(database.read(lambda _: done.wait(PATIENCE)))
            for _ in range(HELPERS)
        ]
        assert await database.read(adding("a")) == "a"
        done.set()
        assert all(await asyncio.gather(*long))


async def test_many_more_than_read_at_once_are_all_answered(database: Database) -> None:
    asked = range(60)
    answers = await asyncio.gather(
        *(database.read(lambda c, n=n: c.execute(select(literal(n))).scalar_one()) for n in asked)
    )
    assert answers == list(asked)


async def test_on_sqlite_a_closed_store_is_down(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    await database.write(lambda _: None)
    await database.close()
    for ask in (database.read, database.write):
        with pytest.raises(StoreDown):
            await ask(lambda _: None)
