"""The action list of the interaction model: what is still open, who does it, and by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.store import models
from hub.store.tables import model_actions as actions


class Source(StrEnum):
    """Who found the point: a check, the session in which the model was made, or a person."""

    FINDING = "finding"
    SESSION = "session"
    PERSON = "person"


@dataclass(frozen=True)
class Action:
    """`reference` tells a point that a check found from others, so that it is listed once;
    `owner` is who does it, as people call them. Open while `done_at` is None."""

    id: str
    version: int
    what: str
    source: Source
    reference: str
    owner: str
    due_on: date | None
    created_at: datetime
    created_by: str
    done_at: datetime | None
    done_by: str


@dataclass(frozen=True)
class Point:
    """Something that a session leaves open, or has done; `reference` is the same each time."""

    reference: str
    what: str
    owner: str
    due_on: date | None
    is_done: bool


def listed(connection: Connection, version: int | None = None) -> list[Action]:
    """Those that are open first, by due date; of one version or of all."""
    query = select(actions).order_by(actions.c.created_at, actions.c.id)
    if version is not None:
        query = query.where(actions.c.version == version)
    found = [_action(row) for row in connection.execute(query)]
    return sorted(found, key=lambda one: (one.done_at is not None, one.due_on or date.max))


def add(
    connection: Connection,
    version: int,
    what: str,
    *,
    by: str,
    source: Source = Source.PERSON,
    reference: str = "",
    owner: str = "",
    due_on: date | None = None,
) -> str:
    """Gives the id of the point. One with a reference that is open already is not added again."""
    models.find(connection, version)
    if not what.strip():
        raise Rejected("empty_action", "Say what must be done.")
    known = _open_with(connection, version, reference) if reference else None
    if known is not None:
        return known
    action_id = clock.new_id()
    row = {
        "id": action_id,
        "version": version,
        "what": what.strip(),
        "source": source,
        "reference": reference,
        "owner": owner.strip(),
        "due_on": due_on,
        "created_at": clock.now(),
        "created_by": by,
        "done_by": "",
    }
    connection.execute(insert(actions), [row])
    models.record(connection, version, "model.action_added", by, what=row["what"], owner=owner)
    return action_id


def carry_over(connection: Connection, version: int, points: Sequence[Point], *, by: str) -> None:
    """The points of a session are those of its newest version: what an older one has of them goes
    along, and what was ticked off there stays so."""
    known = {
        action.reference: action
        for action in reversed(listed(connection))
        if action.source is Source.SESSION
    }
    for point in points:
        found = known.get(point.reference)
        if found is None and not point.is_done:
            add(
                connection,
                version,
                point.what,
                by=by,
                source=Source.SESSION,
                reference=point.reference,
                owner=point.owner,
                due_on=point.due_on,
            )
        elif found is not None:
            values = {"version": version, "what": point.what}
            values |= {"owner": point.owner, "due_on": point.due_on}
            connection.execute(update(actions).where(actions.c.id == found.id).values(**values))
            if point.is_done and found.done_at is None:
                set_done(connection, found.id, by=by)


def set_done(connection: Connection, action_id: str, *, by: str, done: bool = True) -> Action:
    """Tick a point off, or open it again. Raises Rejected when there is none."""
    values = {"done_at": clock.now() if done else None, "done_by": by if done else ""}
    row = connection.execute(
        update(actions).where(actions.c.id == action_id).values(**values).returning(actions)
    ).one_or_none()
    if row is None:
        raise Rejected("no_action", "There is no such point: see model actions.", status=404)
    action = _action(row)
    said = "model.action_done" if done else "model.action_reopened"
    models.record(connection, action.version, said, by, what=action.what)
    return action


def _open_with(connection: Connection, version: int, reference: str) -> str | None:
    found: str | None = connection.execute(
        select(actions.c.id).where(
            actions.c.version == version,
            actions.c.reference == reference,
            actions.c.done_at.is_(None),
        )
    ).scalar()
    return found


def _action(row: Row[Any]) -> Action:
    values = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's name for the row as a mapping)
    return Action(**values | {"source": Source(row.source)})
