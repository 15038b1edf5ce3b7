"""The last replay of each version of the model: one at a time, kept for everybody.

The process that runs it says now and then that it lives and how far it is. A run that nothing was
heard of for a while has lost its process and makes room for another.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.store import audit, models
from hub.store.tables import model_replays as replays

LOST_AFTER = timedelta(seconds=60)


class State(StrEnum):
    """`lost`: its process is gone. It is not kept, but seen by the time."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    LOST = "lost"


@dataclass(frozen=True)
class Run:
    """`base` is the version on the other side; `since` to before `until` is in UTC; `done` of
    `total` contacts are through. `sha256`: of the text of the version, as it was replayed."""

    version: int
    id: str
    base: int
    since: datetime
    until: datetime
    state: State
    done: int
    total: int
    sha256: str
    started_at: datetime
    started_by: str
    seen_at: datetime


_RESULTS = ("summary", "changes")
_ALL_BUT_RESULTS = [column for column in replays.c if column.name not in _RESULTS]


def find(connection: Connection, version: int) -> Run | None:
    row = connection.execute(
        select(*_ALL_BUT_RESULTS).where(replays.c.version == version)
    ).one_or_none()
    if row is None:
        return None
    run = Run(**{**row._mapping, "state": State(row.state)})  # noqa: SLF001 (SQLAlchemy's own way)
    lost = run.state is State.RUNNING and run.seen_at < clock.now() - LOST_AFTER
    return replace(run, state=State.LOST) if lost else run


def begin(
    connection: Connection,
    version: int,
    *,
    base: int,
    since: datetime,
    until: datetime,
    sha256: str,
    by: str,
) -> Run:
    """A run instead of the one before. Raises Rejected while that is still running."""
    models.lock(connection)
    before = find(connection, version)
    if before is not None and before.state is State.RUNNING:
        detail = "This version is being replayed already. Wait for it, or stop it first."
        raise Rejected("replay_running", detail, status=409)
    connection.execute(delete(replays).where(replays.c.version == version))
    now = clock.now()
    run = Run(
        version=version,
        id=clock.new_id(),
        base=base,
        since=since,
        until=until,
        state=State.RUNNING,
        done=0,
        total=0,
        sha256=sha256,
        started_at=now,
        started_by=by,
        seen_at=now,
    )
    row = {column.name: getattr(run, column.name) for column in _ALL_BUT_RESULTS}
    connection.execute(insert(replays).values(row))
    audit.record(
        connection,
        actor=by,
        action="model.replayed",
        about=str(version),
        details={"base": base, "since": since.isoformat()},
    )
    return run


def advance(connection: Connection, run: Run, done: int, total: int) -> bool:
    """The run lives and is so far; False when it is to stop."""
    return _set(connection, run, done=done, total=total, seen_at=clock.now())


def finish(connection: Connection, run: Run, summary: dict[str, Any], changes: bytes) -> bool:
    """Keep what it came to, unless it was stopped meanwhile."""
    return _set(connection, run, state=State.DONE, summary=summary, changes=changes)


def fail(connection: Connection, run: Run) -> bool:
    return _set(connection, run, state=State.FAILED)


def cancel(connection: Connection, version: int) -> None:
    """The process that runs it stops when it next says that it lives."""
    running = (replays.c.version == version) & (replays.c.state == State.RUNNING)
    connection.execute(update(replays).where(running).values(state=State.CANCELLED))


def summary(connection: Connection, run: Run) -> dict[str, Any] | None:
    """What it came to; None while it has not, or when another run took its place."""
    found: dict[str, Any] | None = connection.execute(
        select(replays.c.summary).where(_is(run))
    ).scalar_one_or_none()
    return found


def changes(connection: Connection, run: Run) -> bytes | None:
    """The contacts that differ, packed; None when another run took the place of this one."""
    found: bytes | None = connection.execute(
        select(replays.c.changes).where(_is(run))
    ).scalar_one_or_none()
    return found


def _set(connection: Connection, run: Run, **values: Any) -> bool:
    running = _is(run) & (replays.c.state == State.RUNNING)
    return connection.execute(update(replays).where(running).values(values)).rowcount > 0


def _is(run: Run) -> ColumnElement[bool]:
    return (replays.c.version == run.version) & (replays.c.id == run.id)
