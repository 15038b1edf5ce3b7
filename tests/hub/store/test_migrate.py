"""The migrations lead to the tables of the code, on both stores."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from hub.store import migrate
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


async def test_the_way_back_leaves_nothing(store_url: str) -> None:
    async with opened(store_url) as database:
        await database.write(migrate.downgrade)
        tables = await database.read(lambda c: inspect(c).get_table_names())
        assert set(tables) <= {"alembic_version"}
