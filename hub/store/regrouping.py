"""Moves rows from one owner to another, and keeps which, so that they can go back.

What is put together and why is for others: see merging.py and gathering.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    bindparam,
    cast,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy import Table as SqlTable

from hub import clock
from hub.errors import Rejected
from hub.store.among import among, among_named
from hub.store.tables import agents, regrouped_rows, regroupings


@dataclass(frozen=True)
class Place:
    """A column that says whose a row is. `key`: by which the row is known."""

    table: SqlTable
    column: str
    key: str = "id"

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column}"


@dataclass(frozen=True)
class Regrouping:
    """`by_name`: of an agent; empty where a part of Loket did it."""

    id: str
    kind: str
    kept_id: str
    other_id: str
    at: datetime
    by: str
    by_name: str
    before: Mapping[str, Any]
    undone: bool


def begin(
    connection: Connection,
    kind: str,
    *,
    kept_id: str,
    other_id: str,
    by: str,
    before: Mapping[str, Any],
) -> str:
    row = {
        "id": clock.new_id(),
        "kind": kind,
        "kept_id": kept_id,
        "other_id": other_id,
        "at": clock.now(),
        "by": by,
        "before": dict(before),
        "undone_by": "",
    }
    connection.execute(insert(regroupings), [row])
    return str(row["id"])


def move(
    connection: Connection,
    regrouping_id: str,
    place: Place,
    former: str,
    new: str,
    *only: ColumnElement[bool],
) -> int:
    """Give all rows that are `former`'s there to `new`, and write down which; gives how many."""
    key, owner = place.table.c[place.key], place.table.c[place.column]
    mine = [owner == former, *only]
    names = ["regrouping_id", "place", "row_id"]
    which = select(literal(regrouping_id), literal(place.name), cast(key, String(64))).where(
        *mine, ~_is_written(regrouping_id, place, key)
    )
    connection.execute(insert(regrouped_rows).from_select(names, which))
    moved = update(place.table).where(*mine).values({place.column: new})
    return int(connection.execute(moved).rowcount)


def back(connection: Connection, regrouping_id: str, place: Place, now: str, former: str) -> int:
    """Give the rows that were moved back, where nobody gave them to somebody else meanwhile."""
    key, owner = place.table.c[place.key], place.table.c[place.column]
    written = rows_of(regrouping_id, place.name)
    gone = update(place.table).where(owner == now, key.in_(written))
    return int(connection.execute(gone.values({place.column: former})).rowcount)


def rows_of(regrouping_id: str, place: str) -> Select[tuple[str]]:
    """The ids of the rows that it moved there."""
    columns = regrouped_rows.c
    return select(columns.row_id).where(
        columns.regrouping_id == regrouping_id, columns.place == place
    )


def find(
    connection: Connection, regrouping_id: str, kind: str, *, lock: bool = False
) -> Regrouping | None:
    of_it = (regroupings.c.id == regrouping_id) & (regroupings.c.kind == kind)
    selection = _SELECTION.where(of_it)
    rows = connection.execute(selection.with_for_update(of=regroupings) if lock else selection)
    return next((_read(row) for row in rows), None)


def to_undo(connection: Connection, regrouping_id: str, kind: str) -> Regrouping:
    """What is to be undone, locked. Raises Rejected."""
    found = find(connection, regrouping_id, kind, lock=True)
    if found is None:
        raise Rejected("no_merge", "There is nothing to undo.", status=404)
    if found.undone:
        raise Rejected("undone", "This was undone already.", status=409)
    return found


def standing(connection: Connection, kinds: Sequence[str], about: str) -> list[Regrouping]:
    """What was done with this and was not undone, the newest first."""
    rows = connection.execute(_STANDING, {"kinds": kinds, "about": about})
    return [_read(row) for row in rows]


def kin(connection: Connection, about: str) -> set[str]:
    """This, and all that was ever put together with it or split off from it, or from those."""
    columns = regroupings.c
    known, new = {about}, {about}
    while new:
        concerned = among(columns.kept_id, new) | among(columns.other_id, new)
        rows = connection.execute(select(columns.kept_id, columns.other_id).where(concerned))
        new = {one for row in rows for one in row} - known
        known |= new
    return known


def recent(
    connection: Connection, kind: str, *, limit: int, since: datetime | None = None
) -> list[Regrouping]:
    """The newest that stand."""
    columns = regroupings.c
    selection = _SELECTION.where(columns.kind == kind, columns.undone_at.is_(None))
    if since is not None:
        selection = selection.where(columns.id >= clock.first_id(since))
    rows = connection.execute(selection.order_by(columns.id.desc()).limit(limit))
    return [_read(row) for row in rows]


def end(connection: Connection, regrouping_id: str, *, by: str) -> None:
    """It is undone, and what it moved is where it was."""
    this = regroupings.c.id == regrouping_id
    values = {"undone_at": clock.now(), "undone_by": by}
    connection.execute(update(regroupings).where(this).values(values))
    connection.execute(
        delete(regrouped_rows).where(regrouped_rows.c.regrouping_id == regrouping_id)
    )


def _is_written(regrouping_id: str, place: Place, key: Any) -> ColumnElement[bool]:
    columns = regrouped_rows.c
    return exists().where(
        columns.regrouping_id == regrouping_id,
        columns.place == place.name,
        columns.row_id == cast(key, String(64)),
    )


_SELECTION = select(regroupings, agents.c.name.label("by_name")).outerjoin(
    agents, agents.c.id == regroupings.c.by
)
_ABOUT = bindparam("about", type_=String)
_STANDING = _SELECTION.where(
    among_named(regroupings.c.kind, "kinds"),
    regroupings.c.undone_at.is_(None),
    or_(regroupings.c.kept_id == _ABOUT, regroupings.c.other_id == _ABOUT),
).order_by(regroupings.c.id.desc())


def _read(row: Any) -> Regrouping:
    return Regrouping(
        id=row.id,
        kind=row.kind,
        kept_id=row.kept_id,
        other_id=row.other_id,
        at=row.at,
        by=row.by,
        by_name=row.by_name or "",
        before=row.before,
        undone=row.undone_at is not None,
    )
