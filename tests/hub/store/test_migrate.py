"""The migrations lead to the tables of the code, on both stores."""

from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, insert, inspect, table, text

from hub.errors import StoreDown
from hub.store import migrate, tables, watching
from hub.store.database import open_database
from hub.store.ranking import rank
from hub.store.tables import conversations, customers, metadata, work_items
from stores import only, opened, rows


def differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "include_name": _is_common}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, metadata))


def _is_common(name: str | None, _kind: str, parents: Any) -> bool:
    """What finds words differs between the two, so that the code has no table for it."""
    apart = (
        *("search_words", "search_trigrams", "ix_search_documents_", "ix_search_terms_tri"),
        *("audit_words", "ix_audit_documents_words"),
    )
    if parents.get("table_name") in ("search_documents", "audit_documents") and name == "words":
        return False
    return not (name or "").startswith(apart)


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
    assert migrate.head() == scripts.get_current_head()
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


async def test_work_that_waits_keeps_its_deadline(empty_store_url: str) -> None:
    """What the release before left behind is watched by this one."""
    due = datetime(2026, 11, 20, 12, tzinfo=UTC)
    async with opened(empty_store_url) as database:
        await database.write(lambda c: migrate.downgrade(c, "0002"))
        await database.write(lambda c: _old_work(c, due))
        await migrate.upgrade(database)
        assert await database.read(watching.following) == due
        assert await database.write(lambda c: watching.look(c, due)) == 1
        item = await only(database, work_items)
        assert (item.answer_due, item.overdue, item.urgency_minutes) == (due, True, 240)


def _old_work(connection: Connection, due: datetime) -> None:
    """One conversation whose work waits for its first answer, as the release before wrote it."""
    known = {"id": "k", "kind": "person", "name": "Jan", "attributes": {}, "created_at": due}
    connection.execute(insert(customers), [known])
    conversation = {
        "id": "c", "number": 1, "customer_id": "k", "subject": "", "channel": "email",
        "state": "open", "interaction_count": 0, "created_at": due, "last_at": due,
    }  # fmt: skip
    connection.execute(insert(conversations), [conversation])
    columns = {
        "id": "w", "conversation_id": "c", "customer_id": "k", "role": "service", "epoch": 1,
        "state": "waiting", "channel": "email", "topic": "any", "priority_minutes": 0,
        "waiting_since": due, "first_response_due": due, "overdue": False, "decision": {},
        "created_at": due,
    }  # fmt: skip
    old = table("work_items", *(column(name, work_items.c[name].type) for name in columns))
    connection.execute(insert(old), [columns])


_COLUMNS = (
    "id", "conversation_id", "customer_id", "role", "state", "epoch", "channel", "topic",
    "priority_minutes", "waiting_since", "overdue", "decision", "created_at",
)  # fmt: skip
"""Of work items, as an earlier release has them."""


async def test_work_that_waits_keeps_its_order(empty_store_url: str) -> None:
    """What the release before it wrote is ranked as this release does it."""
    at = datetime(2026, 3, 29, 0, 59, 59, 250_000, tzinfo=UTC)
    person = {"id": "k", "kind": "person", "name": "Jan", "attributes": {}, "created_at": at}
    talk = {
        "customer_id": "k",
        "subject": "",
        "channel": "chat",
        "state": "open",
        "interaction_count": 0,
        "created_at": at,
        "last_at": at,
    }
    item = {
        "customer_id": "k",
        "role": "service",
        "state": "waiting",
        "epoch": 1,
        "channel": "chat",
        "topic": "any",
        "overdue": False,
        "decision": {},
        "created_at": at,
        "waiting_since": at,
    }
    cases = [0, 90]

    def write(connection: Connection) -> None:
        command.upgrade(migrate._on(connection), "0002")
        connection.execute(insert(tables.customers), [person])
        old = table("work_items", *(column(name, work_items.c[name].type) for name in _COLUMNS))
        for number, minutes in enumerate(cases):
            named = {"id": f"c{number}", "number": number}
            connection.execute(insert(tables.conversations), [talk | named])
            ids = {"id": f"w{number}", "conversation_id": f"c{number}"}
            connection.execute(insert(old), [item | {"priority_minutes": minutes} | ids])

    database = open_database(empty_store_url)
    await database.write(write)
    await migrate.upgrade(database)
    found = sorted(await rows(database, tables.work_items), key=lambda row: row.id)
    assert [row.rank for row in found] == [rank(at, minutes, 0) for minutes in cases]
    assert {row.units for row in found} == {30}
    await database.close()
