"""Deadlines of work items: what was promised, what happened to its clock, and when it is due.

Work items are locked before their deadlines, here and where they are watched.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from hub import clock
from hub.promises import Event, Promise, What, effect
from hub.store.among import among_named
from hub.store.holding import hold
from hub.store.inserting import insert_all
from hub.store.tables import deadlines, work_items

RUNNING = "running"
PAUSED = "paused"
MET = "met"

WARNED_MINUTES = 60
BREACHED_MINUTES = 240
"""For so many minutes longer waiting counts work that is warned of, or too late."""


@dataclass(slots=True)
class Deadline:
    """`target` is in seconds; `source` is the title of the agreement that sets it, empty when the
    model does. `history`: what happened to its clock, in order, each `{at, what}`,
    with the `hours` by which it counts from then on. `due_at` and `warn_at` are None while they are
    not known.

    It is not changed, but not frozen either, which would take most of the time of making one."""

    id: str
    work_item_id: str
    conversation_id: str
    promise: Promise
    target: int
    clock: str
    source: str
    state: str
    history: tuple[dict[str, Any], ...]
    due_at: datetime | None
    warn_at: datetime | None
    next_at: datetime | None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    met_at: datetime | None = None
    new: bool = field(default=True, compare=False)

    @property
    def is_answer(self) -> bool:
        return self.promise is not Promise.RESOLUTION


def happening(at: datetime, what: What, **more: Any) -> dict[str, Any]:
    """One entry of a history, as the store keeps it."""
    return {"at": at.isoformat(), "what": what.value, **more}


def of_item(connection: Connection, work_item_id: str) -> list[Deadline]:
    """All deadlines that a work item has or had, the oldest first."""
    rows = connection.execute(_OF_ITEM, {"work_item": work_item_id})
    return [of_row(row) for row in rows]


def open_of(connection: Connection, work_item_ids: Collection[str]) -> list[Deadline]:
    """The deadlines of these work items that are not met; who changes them has the items locked."""
    rows = connection.execute(_OPEN_OF, {"work_item_ids": work_item_ids})
    return [of_row(row) for row in rows]


def save(connection: Connection, changed: Sequence[Deadline]) -> None:
    """Write new and changed deadlines."""
    if new := [one for one in changed if one.new]:
        now = clock.now()
        insert_all(connection, deadlines, [_row(one, now) for one in new])
    if known := [one for one in changed if not one.new]:
        connection.execute(_CHANGE, [_change(one) for one in known])


def happened(
    connection: Connection, work_item_id: str, event: Event, at: datetime, **more: Any
) -> dict[str, Any]:
    """Do to the open deadlines of a work item what an event does to them, and give what that makes
    of the work item: the values of its columns.

    A clock that goes on or is moved is due at another time, which is worked out where deadlines are
    watched; until then it is not known. `more` is kept in the history, as `role` for a move.
    """
    return _changed(connection, work_item_id, lambda one: _after(one, event, at, more))


def repromised(
    connection: Connection, work_item_id: str, decision: Mapping[str, Any], role: str, at: datetime
) -> dict[str, Any]:
    """Let another decision say what is promised for a work item that `role` handles from now on,
    and give what that makes of the item: the values of its columns.

    Nothing starts again: each clock counts from when it began. What an agreement promised stays.
    """
    return _changed(
        connection, work_item_id, lambda one: _by_decision(one, decision, at, {"role": role})
    )


def _changed(
    connection: Connection, work_item_id: str, change: Callable[[Deadline], Deadline]
) -> dict[str, Any]:
    hold(connection, _ITS_ITEM, {"item_id": work_item_id})
    before = open_of(connection, [work_item_id])
    after = [change(one) for one in before]
    save(connection, [new for old, new in zip(before, after, strict=True) if old != new])
    return standing([one for one in after if one.state != MET])


def standing(open_deadlines: Iterable[Deadline]) -> dict[str, Any]:
    """What the open deadlines of a work item come to, as the values of its columns."""
    known = list(open_deadlines)
    answers = [one for one in known if one.is_answer and one.due_at]
    nearest = min(answers, key=lambda one: one.due_at or clock.now(), default=None)
    return {
        "answer_due": nearest.due_at if nearest else None,
        "answer_warn": nearest.warn_at if nearest else None,
        "overdue": any(one.breached_at for one in known if one.is_answer),
        "urgency_minutes": max(map(_urgency, known), default=0),
    }


_ITS_ITEM = select(work_items.c.id).where(work_items.c.id == bindparam("item_id"))
_OF_ITEM = (
    select(deadlines)
    .where(deadlines.c.work_item_id == bindparam("work_item"))
    .order_by(deadlines.c.created_at, deadlines.c.id)
)
_OPEN_OF = (
    select(deadlines)
    .where(among_named(deadlines.c.work_item_id, "work_item_ids"), deadlines.c.state != MET)
    .order_by(deadlines.c.id)
)
_CHANGING = (
    "target",
    "clock",
    "source",
    "state",
    "history",
    "due_at",
    "warn_at",
    "next_at",
    "warned_at",
    "breached_at",
    "met_at",
)
_CHANGE = (
    update(deadlines)
    .where(deadlines.c.id == bindparam("deadline_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)


def _change(one: Deadline) -> dict[str, Any]:
    values = {f"new_{name}": getattr(one, name) for name in _CHANGING}
    return values | {"deadline_id": one.id, "new_history": list(one.history)}


def _row(one: Deadline, now: datetime) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in _CHANGING}
    return values | {
        "id": one.id,
        "work_item_id": one.work_item_id,
        "conversation_id": one.conversation_id,
        "promise": one.promise.value,
        "history": list(one.history),
        "created_at": now,
    }


def _after(one: Deadline, event: Event, at: datetime, more: dict[str, Any]) -> Deadline:
    what = effect(one.promise, event)
    kept = (*one.history, happening(at, what, **more)) if what else one.history
    unknown: dict[str, Any] = {"due_at": None, "warn_at": None}
    match what:
        case What.MET:
            return replace(one, state=MET, met_at=at, next_at=None, history=kept)
        case What.PAUSED if one.state == RUNNING:
            return replace(one, state=PAUSED, next_at=None, history=kept, **unknown)
        case What.RESUMED if one.state == PAUSED:
            return replace(one, state=RUNNING, next_at=at, history=kept, **unknown)
        case What.MOVED if one.state == RUNNING:
            return replace(one, next_at=at, history=kept, **unknown)
        case What.MOVED:
            return replace(one, history=kept)
        case _:
            return one


def _by_decision(
    one: Deadline, decision: Mapping[str, Any], at: datetime, more: dict[str, Any]
) -> Deadline:
    if not one.source:
        target = decision.get(one.promise)
        if target is None:
            withdrawn = replace(one, state=MET, next_at=None)
            return replace(withdrawn, due_at=None, warn_at=None)
        one = replace(one, target=target, clock=decision.get("clock", one.clock))
    return _after(one, Event.MOVED, at, more)


def _urgency(one: Deadline) -> int:
    if one.breached_at:
        return BREACHED_MINUTES
    return WARNED_MINUTES if one.warned_at else 0


def of_row(row: Row[Any]) -> Deadline:
    """A deadline from a row that has the columns of the table."""
    return Deadline(
        id=row.id,
        work_item_id=row.work_item_id,
        conversation_id=row.conversation_id,
        promise=Promise(row.promise),
        target=row.target,
        clock=row.clock,
        source=row.source,
        state=row.state,
        history=tuple(row.history),
        due_at=row.due_at,
        warn_at=row.warn_at,
        next_at=row.next_at,
        warned_at=row.warned_at,
        breached_at=row.breached_at,
        met_at=row.met_at,
        new=False,
    )
