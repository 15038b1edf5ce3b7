"""Two who write the same at once, on PostgreSQL."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

from sqlalchemy import Connection, make_url, text

from console_house import House
from hub.store.postgres import PostgresStore
from waiting import eventually

T = TypeVar("T")


async def meanwhile(
    house: House, written: Callable[[Connection], object], asked: Coroutine[object, object, T]
) -> T:
    """Somebody has written this and is not done yet; what is asked waits for them. Gives what comes
    of it."""
    beside = PostgresStore(make_url(house.store_url), pool=1).engine

    async def somebody_waits() -> bool:
        return await house.database.read(lambda c: int(c.execute(_WAITING).scalar_one())) > 0

    async with beside.begin() as connection:
        await connection.run_sync(written)
        asking = asyncio.create_task(asked)
        await eventually(somebody_waits)
    found = await asking
    await beside.dispose()
    return found


_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
