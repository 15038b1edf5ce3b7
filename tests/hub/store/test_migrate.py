"""The migrations lead to the tables of the code, on both stores."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from hub.errors import StoreDown
from hub.store import migrate
from hub.store.database import open_database
from hub.store.tables import metadata
from stores import opened


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_the_migrations_make_the_tables_of_the_code(store_url: str) -> None:
    async with opened(store_url) as database:
        assert await database.read(differences) == []
        assert await migrate.current(database) == migrate.head()


async def test_migrating_twice_changes_nothing(store_url: str) -> None:
    async with opened(store_url) as database:
        await migrate.upgrade(database)
        assert await migrate.current(database) == migrate.head()


async def test_a_newer_schema_is_left_as_it_is(empty_store_url: str) -> None:
    """A process of the release before starts, and its `loket migrate` breaks nothing."""
    newer = text("update alembic_version set version_num = '9999_of_a_later_release'")
    async with opened(empty_store_url) as database:
        assert not migrate.is_behind(migrate.head())
        await database.write(lambda c: c.execute(newer))
        assert await migrate.upgrade(database) == "9999_of_a_later_release"
        assert not migrate.is_behind(await migrate.current(database))


def test_a_store_without_all_migrations_is_behind() -> None:
    scripts = ScriptDirectory.from_config(migrate.config())
    for script in scripts.walk_revisions():
        assert migrate.is_behind(script.revision) == (script.revision != migrate.head())
    assert migrate.is_behind("")


async def test_a_migration_may_take_longer_than_any_other_statement(postgres_url: str) -> None:
    def slow(connection: Connection) -> None:
        connection.execute(text("select pg_sleep(0.3)"))

    hurried = open_database(postgres_url, statement_seconds=0.05)
    with pytest.raises(StoreDown):
        await hurried.write(slow)
    await hurried.close()
    patient = open_database(postgres_url, statement_seconds=None)
    await patient.write(slow)
    await patient.close()


async def test_the_way_back_leaves_nothing(empty_store_url: str) -> None:
    async with opened(empty_store_url) as database:
        await database.write(migrate.downgrade)
        tables = await database.read(lambda c: inspect(c).get_table_names())
        assert set(tables) <= {"alembic_version"}
