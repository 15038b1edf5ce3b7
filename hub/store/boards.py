"""What stands on the cards of five-step sessions, and every change of it.

Each change of a session has the next number and is kept whole; the fields are what stands now. Who
changes something first takes the row of the session, so changes of one session are in one order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.events import WorkshopChanged
from hub.store import outbox
from hub.store.inserting import insert_all
from hub.store.tables import workshop_changes as changes
from hub.store.tables import workshop_fields as fields
from hub.store.tables import workshops
from hub.workshop.vocabulary import Write

SOURCE = "/loket/model"
SHOWN_CHANGES = 60
MOST_FIELDS = 30_000
"""Twenty times what a large model has: more is a mistake, or somebody who means harm."""


@dataclass(frozen=True)
class Field:
    """What stands in one field. `other`: a `value` that somebody (`by`) wrote at the same time and
    that was not kept."""

    card: str
    field: str
    value: Any
    number: int
    by: str
    other: Mapping[str, Any]


@dataclass(frozen=True)
class Changed:
    """One field of a change: what it was before, None for nothing, and what it became."""

    card: str
    field: str
    before: Any
    value: Any


@dataclass(frozen=True)
class Change:
    """`undoes`: the change that it takes back."""

    number: int
    at: datetime
    by: str
    undoes: int | None
    writes: tuple[Changed, ...]


def fields_of(connection: Connection, workshop_id: str) -> list[Field]:
    """Everything that stands on the cards."""
    columns = [column for column in fields.c if column.name != "workshop_id"]
    query = select(*columns).where(fields.c.workshop_id == workshop_id)
    return [Field(*row) for row in connection.execute(query)]


def cards_in(found: Iterable[Field]) -> dict[str, dict[str, Any]]:
    cards: dict[str, dict[str, Any]] = {}
    for one in found:
        cards.setdefault(one.card, {})[one.field] = one.value
    return cards


def history(connection: Connection, workshop_id: str) -> list[Change]:
    """The last changes, the newest first."""
    query = select(changes).where(changes.c.workshop_id == workshop_id)
    query = query.order_by(changes.c.number.desc()).limit(SHOWN_CHANGES)
    return [_change(row) for row in connection.execute(query)]


def write(
    connection: Connection,
    workshop_id: str,
    writes: Sequence[Write],
    *,
    by: str,
    operation: str,
    undoes: int | None = None,
) -> int:
    """Keep a change; gives the number of the board after it. The same operation counts once, and
    what changes nothing is no change. Where somebody else wrote the field after the writer had last
    seen it, their value is kept beside the new one."""
    number = _take(connection, workshop_id)
    if _is_known(connection, workshop_id, operation):
        return _put_back(connection, workshop_id, number)
    writes = last_of_each(writes)
    standing = _standing(connection, workshop_id, writes)
    seen = [(one, standing.get((one.card, one.field))) for one in writes]
    changed = [(one, old) for one, old in seen if (old.value if old else None) != one.value]
    settled = [one for one in writes if _settles(one, standing)]
    if not changed and not settled:
        return _put_back(connection, workshop_id, number)
    kept = [(one, _other(one, old, by)) for one, old in changed] + [(one, {}) for one in settled]
    put(connection, workshop_id, number, by, kept)
    row = {
        "workshop_id": workshop_id,
        "number": number,
        "operation": operation,
        "at": clock.now(),
        "by": by,
        "undoes": undoes,
        "writes": [
            {
                "card": w.card,
                "field": w.field,
                "before": old.value if old else None,
                "value": w.value,
            }
            for w, old in changed
        ],
    }
    connection.execute(insert(changes), [row])
    tell(connection, workshop_id, number)
    return number


def undo(
    connection: Connection,
    workshop_id: str,
    *,
    by: str,
    operation: str,
    number: int | None = None,
) -> int:
    """Take a change back: this one, or the last of this person that still stands. What was written
    over since stays. Raises Rejected when nothing is left to take back."""
    found = _to_undo(connection, workshop_id, by, number)
    if found is None:
        raise Rejected("nothing_to_undo", "There is nothing to take back.", status=409)
    standing = _standing(
        connection, workshop_id, [Write(w.card, w.field, None) for w in found.writes]
    )
    writes = [
        Write(one.card, one.field, one.before)
        for one in found.writes
        if _still_stands(standing.get((one.card, one.field)), one, found.number)
    ]
    if not writes:
        raise Rejected("changed_since", "Others have written over it since.", status=409)
    return write(connection, workshop_id, writes, by=by, operation=operation, undoes=found.number)


def put(
    connection: Connection,
    workshop_id: str,
    number: int,
    by: str,
    kept: Sequence[tuple[Write, Mapping[str, Any]]],
) -> None:
    """Let this stand in the fields, each with what somebody else wrote at the same time."""
    if not kept:
        return
    connection.execute(
        delete(fields).where(
            fields.c.workshop_id == workshop_id,
            fields.c.card == bindparam("a_card"),
            fields.c.field == bindparam("a_field"),
        ),
        [{"a_card": one.card, "a_field": one.field} for one, _ in kept],
    )
    rows = [
        {
            "workshop_id": workshop_id,
            "card": one.card,
            "field": one.field,
            "value": one.value,
            "number": number,
            "by": by,
            "other": other,
        }
        for one, other in kept
        if one.value is not None
    ]
    insert_all(connection, fields, rows)


def tell(connection: Connection, workshop_id: str, number: int) -> None:
    """Let every open page of the session know."""
    event = WorkshopChanged(workshop_id=workshop_id, number=number)
    outbox.add(connection, event, subject=workshop_id, source=SOURCE)


def _take(connection: Connection, workshop_id: str) -> int:
    """The next number of a session that is open."""
    number: int | None = connection.execute(
        update(workshops)
        .where(workshops.c.id == workshop_id, workshops.c.closed_at.is_(None))
        .values(number=workshops.c.number + 1)
        .returning(workshops.c.number)
    ).scalar_one_or_none()
    if number is None:
        raise Rejected("workshop_closed", "This session is closed.", status=409)
    return number


def _put_back(connection: Connection, workshop_id: str, number: int) -> int:
    """A number that was not needed."""
    connection.execute(
        update(workshops).where(workshops.c.id == workshop_id).values(number=number - 1)
    )
    return number - 1


def last_of_each(writes: Iterable[Write]) -> list[Write]:
    """A field gets one value."""
    return list({(one.card, one.field): one for one in writes}.values())


def _is_known(connection: Connection, workshop_id: str, operation: str) -> bool:
    query = select(changes.c.number).where(
        changes.c.workshop_id == workshop_id, changes.c.operation == operation
    )
    return connection.execute(query).scalar_one_or_none() is not None


def _standing(
    connection: Connection, workshop_id: str, writes: Sequence[Write]
) -> dict[tuple[str, str], Field]:
    cards = {one.card for one in writes}
    found = fields_of(connection, workshop_id)
    if len(found) + len(writes) > MOST_FIELDS:
        raise Rejected("workshop_full", "This session is full: it has too many cards.", status=409)
    return {(one.card, one.field): one for one in found if one.card in cards}


def _other(one: Write, old: Field | None, by: str) -> Mapping[str, Any]:
    """What somebody else wrote meanwhile and this write takes the place of."""
    if old is None or one.base is None or old.number <= one.base or old.by in (by, ""):
        return {}
    return {"value": old.value, "by": old.by}


def _settles(one: Write, standing: Mapping[tuple[str, str], Field]) -> bool:
    """Whether somebody confirms the value that stands over the one that was not kept."""
    old = standing.get((one.card, one.field))
    return old is not None and bool(old.other) and old.value == one.value and one.base is None


def _to_undo(
    connection: Connection, workshop_id: str, by: str, number: int | None
) -> Change | None:
    own = changes.c.workshop_id == workshop_id
    if number is not None:
        row = connection.execute(
            select(changes).where(own, changes.c.number == number)
        ).one_or_none()
        return None if row is None else _change(row)
    taken_back = select(changes.c.undoes).where(own, changes.c.undoes.is_not(None))
    query = select(changes).where(
        own, changes.c.by == by, changes.c.undoes.is_(None), changes.c.number.not_in(taken_back)
    )
    row = connection.execute(query.order_by(changes.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else _change(row)


def _still_stands(standing: Field | None, one: Changed, number: int) -> bool:
    if standing is None:
        return one.value is None
    return standing.number == number and standing.value == one.value


def _change(row: Row[Any]) -> Change:
    writes = tuple(Changed(**one) for one in row.writes)
    return Change(row.number, row.at, row.by, row.undoes, writes)
