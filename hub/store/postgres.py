"""Runs units of work on PostgreSQL, over an asynchronous driver; again, where two collide."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine

from hub.errors import StoreDown
from hub.store.compiled import SHARED
from hub.store.failures import CAUGHT, is_conflict
from hub.store.types import JSON_WAYS

T = TypeVar("T")

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30
CONFLICTS = 3


class PostgresStore:
    """`pool`: connections at the same time; a unit that gets none within CONNECT_SECONDS fails."""

    def __init__(
        self, url: URL, *, pool: int = 10, statement_seconds: float | None = STATEMENT_SECONDS
    ) -> None:
        self.engine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            pool_size=pool,
            max_overflow=0,
            pool_timeout=CONNECT_SECONDS,
            # The one that was used last: it has the statements prepared, and few stay busy.
            pool_use_lifo=True,
            pool_pre_ping=False,
            execution_options=SHARED,
            hide_parameters=True,  # errors go into logs; what customers wrote does not
            connect_args={
                "timeout": CONNECT_SECONDS,
                "command_timeout": statement_seconds,
                "server_settings": {"application_name": "loket", "timezone": "UTC"},
            },
            **JSON_WAYS,
        )
        self._stepping = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    async def read(self, work: Callable[[Connection], T]) -> T:
        async with self.engine.connect() as connection:
            return await connection.run_sync(work)

    async def look(self, work: Callable[[Connection], T]) -> T:
        """As `read`, each statement in a transaction of its own."""
        async with self._stepping.connect() as connection:
            return await connection.run_sync(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await _insist(lambda: self._write_once(work))

    async def step(self, work: Callable[[Connection], T]) -> T:
        """As `write`, each statement in a transaction of its own."""
        return await _insist(lambda: self.look(work))

    async def _write_once(self, work: Callable[[Connection], T]) -> T:
        async with self.engine.begin() as connection:
            return await connection.run_sync(work)

    async def close(self) -> None:
        await self.engine.dispose()


async def _insist(once: Callable[[], Awaitable[T]]) -> T:
    """Again when another transaction was in the way."""
    for _ in range(CONFLICTS):
        try:
            return await once()
        except CAUGHT as error:
            if not is_conflict(error):
                raise
    raise StoreDown("other transactions are in the way")
