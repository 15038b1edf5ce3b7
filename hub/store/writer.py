"""The one thread that writes to SQLite: takes all waiting units of work, commits them at once."""

import asyncio
import queue
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from hub.errors import StoreDown
from hub.store.failures import is_passing
from hub.store.sqlite_engine import sqlite_engine

T = TypeVar("T")

MOST_AT_ONCE = 128


@dataclass
class _Unit:
    work: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    context: Context

    def run(self, connection: Connection) -> Any:
        """In the caller's context, so that the correlation id is the caller's."""
        return self.context.run(self.work, connection)


@dataclass
class _Outcome:
    unit: _Unit
    value: Any = None
    error: BaseException | None = None


class SqliteWriter:
    """Runs units of work one after another in a thread of its own."""

    def __init__(self, url: URL) -> None:
        # Taking the write lock at once avoids the upgrade from a read lock, which can only fail.
        self._engine = sqlite_engine(url, begin="BEGIN IMMEDIATE", pool=NullPool)
        self._waiting: queue.SimpleQueue[_Unit | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work`; returns when it is on disk. Raises what `work` raises, or StoreDown."""
        if self._closed:
            raise StoreDown("the database is closed")
        self._start()
        loop = asyncio.get_running_loop()
        unit = _Unit(work, loop, loop.create_future(), copy_context())
        self._waiting.put(unit)
        result: T = await unit.future
        return result

    def close(self) -> None:
        """Finish what waits, then stop."""
        self._closed = True
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
        self._engine.dispose()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="store-writer", daemon=True)
                self._thread.start()

    def _loop(self) -> None:
        connection: Connection | None = None
        while (units := self._take()) is not None:
            try:
                connection = connection or self._engine.connect()
                outcomes = _commit_together(connection, units)
            except Exception as error:
                outcomes = [_Outcome(unit, error=_as_store_error(error)) for unit in units]
                _discard(connection)
                connection = None
            _report(outcomes)
        _discard(connection)

    def _take(self) -> list[_Unit] | None:
        first = self._waiting.get()
        if first is None:
            return None
        units = [first]
        while len(units) < MOST_AT_ONCE and not self._waiting.empty():
            unit = self._waiting.get()
            if unit is None:
                self._waiting.put(None)
                break
            units.append(unit)
        return units


def _commit_together(connection: Connection, units: list[_Unit]) -> list[_Outcome]:
    with connection.begin():
        if len(units) == 1:
            return [_Outcome(units[0], units[0].run(connection))]
        return [_in_savepoint(connection, unit) for unit in units]


def _in_savepoint(connection: Connection, unit: _Unit) -> _Outcome:
    """One unit failing undoes that unit alone, not its neighbours."""
    # Said to the driver itself: SQLAlchemy takes longer over the three than many a unit in all.
    say = connection.connection.cursor().execute
    say("SAVEPOINT unit")
    try:
        outcome = _Outcome(unit, unit.run(connection))
    except Exception as error:
        if is_passing(error):
            raise  # it is the database's fault, so none of them can be kept now
        say("ROLLBACK TO unit")
        outcome = _Outcome(unit, error=error)
    say("RELEASE unit")
    return outcome


def _as_store_error(error: Exception) -> Exception:
    if is_passing(error):
        down = StoreDown("the database cannot be written")
        down.__cause__ = error
        return down
    return error


def _discard(connection: Connection | None) -> None:
    if connection is not None:
        connection.close()


def _report(outcomes: list[_Outcome]) -> None:
    loops = {outcome.unit.loop for outcome in outcomes}
    for loop in loops:
        mine = [outcome for outcome in outcomes if outcome.unit.loop is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, mine)


def _resolve(outcomes: list[_Outcome]) -> None:
    for outcome in outcomes:
        if outcome.unit.future.done():
            continue
        if outcome.error is None:
            outcome.unit.future.set_result(outcome.value)
        else:
            outcome.unit.future.set_exception(outcome.error)
