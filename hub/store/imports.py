"""Files that are being taken in, or were, and how far each has come."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub import clock
from hub.store import audit
from hub.store.tables import agents, imports

RUNNING = "running"
DONE = "done"
FAILED = "failed"


@dataclass(frozen=True)
class Import:
    """`done`: rows that are behind us, the heads not counted; `problem`: the code of why it
    failed."""

    id: str
    kind: str
    filename: str
    sha256: str
    dry_run: bool
    state: str
    done: int
    accepted: int
    unchanged: int
    refused: int
    problem: str
    started_by: str
    started_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    agent_name: str = ""


def begin(
    connection: Connection, *, kind: str, filename: str, sha256: str, dry_run: bool, by: str
) -> Import:
    now = clock.now()
    values: dict[str, Any] = {
        "id": clock.new_id(),
        "kind": kind,
        "filename": filename[:500],
        "sha256": sha256,
        "dry_run": dry_run,
        "state": RUNNING,
        "problem": "",
        "started_by": by,
        "started_at": now,
        "updated_at": now,
        "ended_at": None,
    } | dict.fromkeys(("done", "accepted", "unchanged", "refused"), 0)
    connection.execute(insert(imports), [values])
    return Import(**values)


def interrupted(connection: Connection, kind: str, sha256: str) -> Import | None:
    """The last import of this file, if it did not come to its end."""
    columns = imports.c
    row = connection.execute(
        select(imports)
        .where(columns.sha256 == sha256, columns.kind == kind, columns.dry_run.is_(False))
        .order_by(columns.id.desc())
        .limit(1)
    ).one_or_none()
    return Import(**row._asdict()) if row is not None and row.state != DONE else None


def find(connection: Connection, import_id: str) -> Import | None:
    row = connection.execute(select(imports).where(imports.c.id == import_id)).one_or_none()
    return Import(**row._asdict()) if row is not None else None


def recent(connection: Connection, *, limit: int) -> list[Import]:
    """The newest first."""
    rows = connection.execute(
        select(imports, agents.c.name.label("agent_name"))
        .outerjoin(agents, agents.c.id == imports.c.started_by)
        .order_by(imports.c.id.desc())
        .limit(limit)
    )
    return [Import(**(row._asdict() | {"agent_name": row.agent_name or ""})) for row in rows]


def advance(connection: Connection, one: Import, done: int, counts: Mapping[str, int]) -> Import:
    """So many rows are behind us; `counts`: what became of those since the last time."""
    values: dict[str, Any] = {name: getattr(one, name) + counts.get(name, 0) for name in _COUNTS}
    values |= {"done": done, "updated_at": clock.now(), "state": RUNNING, "problem": ""}
    connection.execute(update(imports).where(imports.c.id == one.id).values(values))
    return replace(one, **values)


_COUNTS = ("accepted", "unchanged", "refused")


def end(connection: Connection, one: Import, problem: str = "") -> Import:
    """It came to its end, or failed with this problem."""
    now = clock.now()
    state = FAILED if problem else DONE
    values: dict[str, Any] = {"state": state, "problem": problem}
    values |= {"ended_at": now, "updated_at": now}
    connection.execute(update(imports).where(imports.c.id == one.id).values(values))
    audit.record(
        connection,
        actor=one.started_by,
        action=f"import.{state}",
        about=one.id,
        details={
            "kind": one.kind,
            "file": one.filename,
            "dry_run": one.dry_run,
            **{name: getattr(one, name) for name in _COUNTS},
        },
    )
    return replace(one, **values)
