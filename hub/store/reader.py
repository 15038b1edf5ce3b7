"""The threads that read SQLite, each a whole unit of work at a time.

A unit is handed to its thread once, and its answer back once. A driver that hands over each
statement costs several times what the statements do, because all threads share one interpreter.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

from hub.errors import StoreDown
from hub.store.sqlite_engine import sqlite_engine

T = TypeVar("T")

MOST_AT_ONCE = 4
"""A few long searches and reports do not hold up what is quick. Threads start when needed."""


class SqliteReader:
    """Runs units of work beside each other; what they change is not kept."""

    def __init__(self, url: URL) -> None:
        self._engine = sqlite_engine(
            url,
            begin="BEGIN",
            pool=QueuePool,
            pool_size=MOST_AT_ONCE,
            max_overflow=0,
            pool_use_lifo=True,  # the one used last has the most in its cache
        )
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="store-reader")
        self._closed = False

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in the caller's context. Raises what it raises; StoreDown once closed."""
        if self._closed:
            raise StoreDown("the database is closed")
        loop = asyncio.get_running_loop()
        context = copy_context()  # so that the correlation id is the caller's
        return await loop.run_in_executor(self._threads, context.run, self._read, work)

    def close(self) -> None:
        """Finish what was begun, then stop."""
        self._closed = True
        self._threads.shutdown()
        self._engine.dispose()

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            return work(connection)
