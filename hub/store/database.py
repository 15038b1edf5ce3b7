"""Opens the store and runs units of work in transactions, one way for SQLite and PostgreSQL.

A unit of work is a plain function of a `Connection`: it either happens wholly or not at all.
On SQLite all writing goes through one thread that commits many units at once (group commit):
a commit costs an fsync, so sharing it is what makes a durable hub fast. Reading has threads too.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from hub.errors import StoreDown
from hub.store.failures import CAUGHT, is_conflict, is_passing
from hub.store.reader import SqliteReader
from hub.store.types import JSON_WAYS
from hub.store.writer import SqliteWriter

T = TypeVar("T")
Work = Callable[[Connection], T]

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30
CONFLICTS = 3
HIDE_VALUES = True  # errors go into logs and dead letters; what customers wrote does not


class _Engine(Protocol):
    """One of the two stores."""

    async def read(self, work: Work[T]) -> T: ...

    async def look(self, work: Work[T]) -> T: ...

    async def write(self, work: Work[T]) -> T: ...

    async def step(self, work: Work[T]) -> T: ...

    async def close(self) -> None: ...


class Database:
    """The store behind one URL. `read` and `write` raise StoreDown when it does not answer."""

    def __init__(self, url: URL, engine: _Engine) -> None:
        self.url = url
        self._engine = engine

    @property
    def dialect(self) -> str:
        return self.url.get_backend_name()

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection whose changes are not kept."""
        try:
            return await self._engine.read(work)
        except CAUGHT as error:
            raise _store_error(error) from error

    async def look(self, work: Work[T]) -> T:
        """Run `work`, which changes nothing: `read` without the two round trips that begin and end
        a transaction on PostgreSQL. Each statement sees what is committed when it begins, as
        there."""
        try:
            return await self._engine.look(work)
        except CAUGHT as error:
            raise _store_error(error) from error

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction; when this returns, the change is durable.

        `work` is run again when another transaction was in its way, so it has no other effects.
        """
        return await self._engine.write(work)

    async def step(self, work: Work[T]) -> T:
        """Run `work` in a transaction on SQLite, and each of its statements in one of its own on
        PostgreSQL: that saves the two round trips which begin and end one.

        For work that looks, and does what is to happen wholly or not at all in one statement.
        """
        return await self._engine.step(work)

    async def close(self) -> None:
        await self._engine.close()


class _Sqlite:
    def __init__(self, url: URL) -> None:
        plain = url.set(drivername="sqlite")
        self._reader = SqliteReader(plain, _prepare_sqlite)
        self._writer = SqliteWriter(plain, _prepare_sqlite)

    async def read(self, work: Work[T]) -> T:
        return await self._reader.run(work)

    async def look(self, work: Work[T]) -> T:
        return await self._reader.run(work)

    async def write(self, work: Work[T]) -> T:
        return await self._writer.run(work)

    async def step(self, work: Work[T]) -> T:
        return await self._writer.run(work)

    async def close(self) -> None:
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._reader.close)


class _Postgres:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._stepping = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def read(self, work: Work[T]) -> T:
        async with self._engine.connect() as connection:
            return await connection.run_sync(work)

    async def look(self, work: Work[T]) -> T:
        return await self._step_once(work)

    async def write(self, work: Work[T]) -> T:
        return await _insist(lambda: self._write_once(work))

    async def step(self, work: Work[T]) -> T:
        return await _insist(lambda: self._step_once(work))

    async def _write_once(self, work: Work[T]) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def _step_once(self, work: Work[T]) -> T:
        async with self._stepping.connect() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        await self._engine.dispose()


async def _insist(once: Callable[[], Awaitable[T]]) -> T:
    """Again when another transaction was in the way."""
    for _ in range(CONFLICTS):
        try:
            return await once()
        except CAUGHT as error:
            if not is_conflict(error):
                raise _store_error(error) from error
    raise StoreDown("other transactions are in the way")


def _store_error(error: BaseException) -> BaseException:
    return StoreDown("the database does not answer") if is_passing(error) else error


def open_database(
    url: str, *, pool: int = 10, statement_seconds: float | None = STATEMENT_SECONDS
) -> Database:
    """Open `sqlite:///PATH` or `postgresql://…`. Connects on first use; makes no tables.

    A statement that takes longer than `statement_seconds` is given up, on PostgreSQL; None: never.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        return _open_postgres(parsed, pool, statement_seconds)
    raise ValueError(f"the store speaks sqlite:/// and postgresql://, not {parsed.drivername}://")


def _open_sqlite(url: URL) -> Database:
    if not url.database or url.database == ":memory:":
        raise ValueError("the store needs a file: sqlite:///PATH")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    return Database(url, _Sqlite(url))


def _prepare_sqlite(connection: Any, _record: object = None) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL may lose acknowledged commits at a power cut
        "foreign_keys=ON",
        "busy_timeout=10000",
        "temp_store=MEMORY",
        "wal_autocheckpoint=4000",  # pages: what changes all the time is copied less often
        "cache_size=-32000",  # KiB; the 2 MB that SQLite takes by itself hold no index of ours
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _open_postgres(url: URL, pool: int, statement_seconds: float | None) -> Database:
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        pool_size=pool,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        # The one that was used last: it has the statements prepared, and few stay busy.
        pool_use_lifo=True,
        pool_pre_ping=False,
        hide_parameters=HIDE_VALUES,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": statement_seconds,
            "server_settings": {"application_name": "loket", "timezone": "UTC"},
        },
        **JSON_WAYS,
    )
    return Database(url, _Postgres(engine))


async def ping(database: Database) -> None:
    """Raise StoreDown when the store does not answer."""
    await database.read(lambda connection: connection.execute(text("select 1")).scalar_one())
