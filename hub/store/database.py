"""Opens the store and runs units of work in transactions, one way for SQLite and PostgreSQL.

A unit of work is a plain function of a `Connection`: it either happens wholly or not at all.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL, make_url

from hub.errors import StoreDown
from hub.store.failures import CAUGHT, is_passing
from hub.store.postgres import STATEMENT_SECONDS, PostgresStore
from hub.store.sqlite import SqliteStore

T = TypeVar("T")
Work = Callable[[Connection], T]


class Store(Protocol):
    """Runs units of work; raises what they raise, and what its driver does."""

    async def read(self, work: Work[T]) -> T: ...

    async def look(self, work: Work[T]) -> T: ...

    async def write(self, work: Work[T]) -> T: ...

    async def step(self, work: Work[T]) -> T: ...

    async def close(self) -> None: ...


class Database:
    """The store behind one URL. `read` and `write` raise StoreDown when it does not answer."""

    def __init__(self, url: URL, store: Store) -> None:
        self.url = url
        self._store = store

    @property
    def dialect(self) -> str:
        return self.url.get_backend_name()

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection whose changes are not kept."""
        try:
            return await self._store.read(work)
        except CAUGHT as error:
            raise _store_error(error) from error

    async def look(self, work: Work[T]) -> T:
        """Run `work`, which changes nothing: `read` without the two round trips that begin and end
        a transaction on PostgreSQL. Each statement sees what is committed when it begins, as
        there."""
        try:
            return await self._store.look(work)
        except CAUGHT as error:
            raise _store_error(error) from error

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction; when this returns, the change is durable.

        `work` is run again when another transaction was in its way, so it has no other effects.
        """
        try:
            return await self._store.write(work)
        except CAUGHT as error:
            raise _store_error(error) from error

    async def step(self, work: Work[T]) -> T:
        """Run `work` in a transaction on SQLite, and each of its statements in one of its own on
        PostgreSQL: that saves the two round trips which begin and end one.

        For work that looks, and does what is to happen wholly or not at all in one statement.
        """
        try:
            return await self._store.step(work)
        except CAUGHT as error:
            raise _store_error(error) from error

    async def close(self) -> None:
        await self._store.close()


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
        return Database(parsed, SqliteStore(parsed))
    if parsed.get_backend_name() == "postgresql":
        return Database(
            parsed, PostgresStore(parsed, pool=pool, statement_seconds=statement_seconds)
        )
    raise ValueError(f"the store speaks sqlite:/// and postgresql://, not {parsed.drivername}://")


async def ping(database: Database) -> None:
    """Raise StoreDown when the store does not answer."""
    await database.read(lambda connection: connection.execute(text("select 1")).scalar_one())
