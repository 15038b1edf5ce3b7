"""A database that cannot do it now is one thing, a statement at fault is another."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError

from hub.errors import StoreDown
from hub.logs import bound, correlation_id
from hub.store import Database
from hub.store.postgres import PostgresStore
from hub.store.tables import roles
from stores import opened, rows


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


def running(statement: str) -> Any:
    return lambda connection: connection.execute(text(statement))


@pytest.mark.parametrize("statement", ["select nothing from nowhere", "insert into", "select 1/x"])
async def test_a_statement_at_fault_is_told_to_who_asked(
    database: Database, statement: str
) -> None:
    for ask in (database.read, database.write):
        with pytest.raises(DBAPIError):
            await ask(running(statement))


async def test_a_statement_at_fault_harms_no_neighbour(database: Database) -> None:
    def add(connection: Connection) -> None:
        connection.execute(insert(roles), [{"name": "a", "title": "A"}])

    answers = await asyncio.gather(
        database.write(running("insert into nowhere values (1)")),
        database.write(add),
        database.write(running("select nothing")),
        return_exceptions=True,
    )
    assert [isinstance(answer, DBAPIError) for answer in answers] == [True, False, True]
    assert len(await rows(database, roles)) == 1


async def test_a_pool_that_is_used_up_is_a_store_that_is_down(postgres_url: str) -> None:
    url = make_url(postgres_url)
    store = PostgresStore(url, pool=1)
    database = Database(url, store)
    async with store.engine.connect():
        with pytest.raises(StoreDown):
            await database.read(running("select 1"))
    await database.close()


async def test_two_that_are_in_each_others_way_both_get_through(postgres_url: str) -> None:
    """Each locks what the other wants; PostgreSQL ends one, and that one is run again."""
    async with opened(postgres_url) as database:
        names = [{"name": name, "title": "0"} for name in "ab"]
        await database.write(lambda c: c.execute(insert(roles), names))

        def touching(*order: str) -> Any:
            def work(connection: Connection) -> None:
                for name in order:
                    connection.execute(
                        update(roles).where(roles.c.name == name).values(title=order[0])
                    )
                    connection.execute(text("select pg_sleep(0.2)"))

            return work

        await asyncio.gather(database.write(touching("a", "b")), database.write(touching("b", "a")))


async def test_a_broken_rule_is_no_store_that_is_down(database: Database) -> None:
    row = [{"name": "a", "title": "A"}]
    await database.write(lambda c: c.execute(insert(roles), row))
    with pytest.raises(IntegrityError):
        await database.write(lambda c: c.execute(insert(roles), row))


async def test_work_runs_in_the_story_of_who_asked(database: Database) -> None:
    with bound(correlation_id="story-1"):
        assert await database.write(lambda _: correlation_id()) == "story-1"
        assert await database.read(lambda _: correlation_id()) == "story-1"


async def test_a_closed_store_answers(sqlite_url: str) -> None:
    async with opened(sqlite_url) as database:
        pass
    with pytest.raises(StoreDown):
        await database.write(running("select 1"))


async def test_an_error_shows_nothing_of_what_was_to_be_kept(database: Database) -> None:
    row = [{"name": "a", "title": "a very private title"}]
    await database.write(lambda c: c.execute(insert(roles), row))
    with pytest.raises(IntegrityError) as refused:
        await database.write(lambda c: c.execute(insert(roles), row))
    assert "private" not in str(refused.value)
