"""On SQLite reading has threads of its own: who reads long holds nobody."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, text

from hub.logs import bound, correlation_id
from hub.store import Database
from hub.store.reader import THREADS
from stores import opened

PATIENCE = 20.0


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    async with opened(sqlite_url) as database:
        yield database


async def test_several_read_at_the_same_time_and_the_loop_goes_on(database: Database) -> None:
    together = threading.Barrier(THREADS, timeout=PATIENCE)

    def meet(connection: Connection) -> int:
        together.wait()
        return int(connection.execute(text("select 1")).scalar_one())

    assert await asyncio.gather(*(database.read(meet) for _ in range(THREADS))) == [1] * THREADS


async def test_who_writes_does_not_wait_for_who_reads(database: Database) -> None:
    written = threading.Event()

    def read(connection: Connection) -> bool:
        connection.execute(text("select 1"))
        return written.wait(PATIENCE)

    reading = asyncio.create_task(database.read(read))
    await database.write(lambda c: c.execute(text("update roles set title = name")))
    written.set()
    assert await reading


async def test_what_is_read_knows_for_whom(database: Database) -> None:
    with bound(correlation_id="the one"):
        assert await database.read(lambda _: correlation_id()) == "the one"


async def test_a_store_that_was_closed_can_be_read_again(database: Database) -> None:
    await database.close()
    assert await database.read(lambda c: c.execute(text("select 2")).scalar_one()) == 2
