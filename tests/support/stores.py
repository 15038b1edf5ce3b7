"""A migrated store, and short ways to look into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Table, func, select

from hub.events import Envelope, decode
from hub.store import Database, decisions, migrate
from hub.store.database import open_database
from hub.store.tables import outbox


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The store at `url`, with this release's schema; closed at the end."""
    database = open_database(url)
    await migrate.upgrade(database)
    try:
        yield database
    finally:
        await database.close()


async def rows(database: Database, table: Table) -> list[Any]:
    """All rows of a table."""
    return await database.read(lambda c: list(c.execute(select(table))))


async def only(database: Database, table: Table) -> Any:
    """The one row that a table has."""
    [row] = await rows(database, table)
    return row


async def count(database: Database, table: Table) -> int:
    counting = select(func.count()).select_from(table)
    return await database.read(lambda c: c.execute(counting).scalar_one())


async def decision_of(database: Database, item: Any) -> dict[str, Any]:
    """The whole decision of a row of work."""
    [whole] = await database.read(lambda c: decisions.whole(c, [item.decision]))
    return whole


async def told(database: Database) -> list[Envelope]:
    """The events that wait in the outbox, in order."""
    ordered = select(outbox.c.body).order_by(outbox.c.position)
    bodies = await database.read(lambda c: list(c.execute(ordered).scalars()))
    return [decode(body) for body in bodies]
