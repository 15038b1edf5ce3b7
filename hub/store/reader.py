"""The threads that read from SQLite: each unit of work runs whole in one of them.

Handing over each statement to a thread, and the answer back, takes longer than most statements do;
and what is worked out from many rows does not keep the event loop from its other work.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

from hub.store.types import JSON_WAYS
from hub.store.writer import STATEMENTS

T = TypeVar("T")

THREADS = 8
"""So many may read something long, and others still do not wait."""


class SqliteReader:
    """Runs units of work at the same time, each on a connection whose changes are not kept."""

    def __init__(self, url: URL, prepare: Callable[[Any, object], None]) -> None:
        self._engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=THREADS,
            max_overflow=0,
            connect_args={"check_same_thread": False, "cached_statements": STATEMENTS},
            hide_parameters=True,
            **JSON_WAYS,
        )
        event.listen(self._engine, "connect", prepare)
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in the caller's context; raises what it raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._started(), copy_context().run, self._read, work)

    def close(self) -> None:
        """Finish what was begun, then stop; what is asked for later starts again."""
        with self._lock:
            threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown()
        self._engine.dispose()

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            return work(connection)

    def _started(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="store-reader")
            return self._threads
