"""One process at a time does a job for a store: an advisory lock on PostgreSQL, a locked file
beside a SQLite database. The lock goes with the process that holds it."""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Protocol

import asyncpg

from hub.errors import StoreDown
from hub.store.database import Database
from hub.store.outbox import NEWS_CHANNEL
from hub.store.postgres import CONNECT_SECONDS

STAND_BY_SECONDS = 1.0
ASK_EVERY = 1.0
"""Seconds between questions whether the connection that holds the lock still stands."""
LOKET = 0x4C4F4B4554
"""What the advisory locks of this program are counted from: 1 is migrate's, 3 the models'."""
_KEYS = {
    "relay": LOKET,
    "retention": LOKET + 2,
    "learning": LOKET + 5,
    "facts": LOKET + 7,
    "ratings": LOKET + 8,
}

_LET_GO_OF_THE_DEAD = {
    # When our machine dies without a word, PostgreSQL must free the lock within half a minute.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25000",
}


Job = Literal["relay", "retention", "learning", "facts", "ratings"]


class Leadership(Protocol):
    """Held by at most one process for each job."""

    async def acquire(self, on_news: Callable[[], None] | None = None) -> None:
        """Return when this process leads; at once when it leads already. Raises StoreDown.

        `on_news` is called when any process has written to the outbox, where the store can tell.
        """

    async def close(self) -> None:
        """Let another process lead."""


def open_leadership(database: Database, job: Job = "relay") -> Leadership:
    if database.dialect == "postgresql":
        return _AdvisoryLock(database, job)
    return _LockedFile(Path(f"{database.url.database}.{job}"))


class _LockedFile:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    async def acquire(self, on_news: Callable[[], None] | None = None) -> None:  # noqa: ARG002
        while self._descriptor is None:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._descriptor = descriptor
            except BlockingIOError:
                os.close(descriptor)
                await asyncio.sleep(STAND_BY_SECONDS)

    async def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class _AdvisoryLock:
    def __init__(self, database: Database, job: Job) -> None:
        self._job = job
        # asyncpg takes the plain form of the URL, without SQLAlchemy's driver name.
        self._url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: asyncpg.Connection | None = None
        self._asked = 0.0

    async def acquire(self, on_news: Callable[[], None] | None = None) -> None:
        try:
            if self._connection is not None and not self._connection.is_closed():
                await self._ask(self._connection)
                return
            self._connection = await self._lock(on_news)
            self._asked = _loop_time()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            self._abandon()
            raise StoreDown("the database does not answer") from error

    async def close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError, TimeoutError, asyncpg.InterfaceError):
                await self._connection.close(timeout=CONNECT_SECONDS)
            self._connection = None

    async def _ask(self, connection: asyncpg.Connection) -> None:
        """Whoever lost the connection lost the lock. We hear of that at once, but for a network
        that is silent, and then PostgreSQL keeps the lock for longer than we go without asking."""
        if _loop_time() >= self._asked + ASK_EVERY:
            await connection.fetchval("select 1", timeout=CONNECT_SECONDS)
            self._asked = _loop_time()

    def _abandon(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _lock(self, on_news: Callable[[], None] | None) -> asyncpg.Connection:
        settings = {"application_name": f"loket {self._job}", **_LET_GO_OF_THE_DEAD}
        connection = await asyncpg.connect(
            self._url, timeout=CONNECT_SECONDS, server_settings=settings
        )
        try:
            lock = "select pg_try_advisory_lock($1)"
            while not await connection.fetchval(lock, _KEYS[self._job]):  # noqa: ASYNC110 (it gives no sign)
                await asyncio.sleep(STAND_BY_SECONDS)
            if on_news is not None:
                await connection.add_listener(NEWS_CHANNEL, _listener(on_news))
        except BaseException:
            connection.terminate()
            raise
        return connection


def _listener(on_news: Callable[[], None]) -> Callable[..., None]:
    def heard(*_details: Any) -> None:
        on_news()

    return heard


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
