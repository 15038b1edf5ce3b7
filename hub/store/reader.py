"""The threads that read SQLite, each a whole unit of work at a time.

A unit is handed to its thread once, and its answer back once. A driver that hands over each
statement costs several times what the statements do, because all threads share one interpreter.
For the same reason one thread reads as long as it keeps up; others help when something long is in
front of what waits.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

from hub.errors import StoreDown
from hub.store.sqlite_engine import sqlite_engine

T = TypeVar("T")

HELPERS = 5
"""So many long searches and reports at once do not hold up what is quick."""
PATIENCE = 0.02
"""Seconds that a unit waits for the first thread before another one may take it."""


@dataclass
class _Unit:
    """`begun` is taken by the thread that runs it, and never released."""

    work: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    context: Context
    begun: threading.Lock = field(default_factory=threading.Lock)


class SqliteReader:
    """Runs units of work beside each other; what they change is not kept."""

    def __init__(self, url: URL) -> None:
        self._engine = sqlite_engine(
            url,
            begin="BEGIN",
            pool=QueuePool,
            pool_size=1 + HELPERS,
            max_overflow=0,
            pool_use_lifo=True,  # the one used last has the most in its cache
        )
        self._first = ThreadPoolExecutor(1, thread_name_prefix="store-reader")
        self._helpers = ThreadPoolExecutor(HELPERS, thread_name_prefix="store-reader-more")
        self._closed = False

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in the caller's context. Raises what it raises; StoreDown once closed."""
        if self._closed:
            raise StoreDown("the database is closed")
        loop = asyncio.get_running_loop()
        unit = _Unit(work, loop, loop.create_future(), copy_context())
        self._first.submit(self._run, unit)
        helping = loop.call_later(PATIENCE, self._help, unit)
        try:
            result: T = await unit.future
        finally:
            helping.cancel()
        return result

    def close(self) -> None:
        """Finish what was asked, then stop."""
        self._closed = True
        self._first.shutdown()
        self._helpers.shutdown()
        self._engine.dispose()

    def _help(self, unit: _Unit) -> None:
        if not unit.begun.locked() and not self._closed:
            self._helpers.submit(self._run, unit)

    def _run(self, unit: _Unit) -> None:
        if not unit.begun.acquire(blocking=False):
            return
        try:
            value, error = unit.context.run(self._read, unit.work), None
        except BaseException as failure:
            value, error = None, failure
        if not unit.loop.is_closed():
            unit.loop.call_soon_threadsafe(_resolve, unit.future, value, error)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            return work(connection)


def _resolve(future: asyncio.Future[Any], value: object, error: BaseException | None) -> None:
    if future.done():
        return  # the caller went away
    if error is None:
        future.set_result(value)
    else:
        future.set_exception(error)
