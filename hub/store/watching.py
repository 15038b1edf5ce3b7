"""Looks at each deadline when its time has come: tells the bus, raises its work in the queue."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from hub.events import DeadlineBreached, DeadlineWarned, Envelope, WorkItemChanged, wrap
from hub.store import outbox, steps
from hub.store.among import among
from hub.store.deadlines import Deadline, of_row, open_of, save, standing
from hub.store.ranking import MINUTE
from hub.store.tables import deadlines, work_items

SOURCE = "/loket/deadlines"

MOST_AT_ONCE = 500


def following(connection: Connection) -> datetime | None:
    """When to look next."""
    at: datetime | None = connection.execute(
        select(func.min(deadlines.c.next_at)).where(deadlines.c.next_at.is_not(None))
    ).scalar_one()
    return at


def untimed(connection: Connection, now: datetime) -> list[Deadline]:
    """Running deadlines of which nobody knows when they are due. They stay locked with their work
    items, so that one process works it out."""
    rows = connection.execute(
        select(deadlines)
        .join(work_items, work_items.c.id == deadlines.c.work_item_id)
        .where(deadlines.c.next_at <= now, deadlines.c.due_at.is_(None))
        .order_by(work_items.c.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return [of_row(row) for row in rows]


def look(connection: Connection, now: datetime) -> int:
    """Warn of the deadlines of which it is time to, tell of those that have passed, and raise their
    work in the queue; gives how many deadlines that were."""
    waiting = _of_locked_items(connection, now)
    told = [_told(one, now) for one, _ in waiting]
    save(connection, told)
    steps.add_all(connection, [_step(one) for one in told])
    news = [_news(one, item) for one, (_, item) in zip(told, waiting, strict=True)]
    news += restand(connection, {one.work_item_id for one in told})
    outbox.add_envelopes(connection, news)
    return len(told)


def restand(connection: Connection, work_item_ids: Collection[str]) -> list[Envelope]:
    """Let these work items say what their deadlines come to now; gives the news of it."""
    by_item: dict[str, list[Deadline]] = {item_id: [] for item_id in work_item_ids}
    for one in open_of(connection, list(by_item)):
        by_item[one.work_item_id].append(one)
    if not by_item:
        return []
    values = [{"item_id": item_id, **standing(open_)} for item_id, open_ in by_item.items()]
    connection.execute(_RESTAND, values)
    rows = connection.execute(select(work_items).where(among(work_items.c.id, list(by_item))))
    return [_changed(row) for row in rows]


_RESTAND = (
    update(work_items)
    .where(work_items.c.id == bindparam("item_id"))
    .values(
        epoch=work_items.c.epoch + 1,
        answer_due=bindparam("answer_due"),
        answer_warn=bindparam("answer_warn"),
        overdue=bindparam("overdue"),
        urgency_minutes=bindparam("urgency_minutes"),
        rank=work_items.c.rank
        + MINUTE * (work_items.c.urgency_minutes - bindparam("urgency_minutes")),
    )
)


def _of_locked_items(connection: Connection, now: datetime) -> list[tuple[Deadline, Row[Any]]]:
    """The deadlines to look at now, with their work items, of which no other process has one."""
    waiting = (deadlines.c.next_at <= now) & deadlines.c.due_at.is_not(None)
    ids = connection.execute(
        select(deadlines.c.work_item_id)
        .where(waiting)
        .order_by(deadlines.c.next_at)
        .limit(MOST_AT_ONCE)
    ).scalars()
    items = connection.execute(
        select(work_items)
        .where(among(work_items.c.id, set(ids)))
        .order_by(work_items.c.id)
        .with_for_update(skip_locked=True)
    )
    locked = {item.id: item for item in items}
    rows = connection.execute(
        select(deadlines)
        .where(among(deadlines.c.work_item_id, list(locked)), waiting)
        .order_by(deadlines.c.next_at, deadlines.c.id)
    )
    return [(of_row(row), locked[row.work_item_id]) for row in rows]


def _told(one: Deadline, now: datetime) -> Deadline:
    if one.due_at is None or one.due_at <= now:
        return replace(one, breached_at=now, next_at=None)
    return replace(one, warned_at=now, next_at=one.due_at)


def _step(one: Deadline) -> dict[str, Any]:
    kind = steps.BREACHED if one.breached_at else steps.WARNED
    due = one.due_at.isoformat() if one.due_at else ""
    return steps.made(one.work_item_id, kind, promise=one.promise, due=due)


def _news(one: Deadline, item: Row[Any]) -> Envelope:
    kind = DeadlineBreached if one.breached_at else DeadlineWarned
    event = kind(
        deadline_id=one.id,
        work_item_id=one.work_item_id,
        conversation_id=one.conversation_id,
        promise=one.promise,
        role=item.role,
        agent_id=item.agent_id,
        due_at=one.due_at,
    )
    return wrap(event, subject=one.conversation_id, source=SOURCE)


def _changed(row: Row[Any]) -> Envelope:
    event = WorkItemChanged(
        work_item_id=row.id,
        conversation_id=row.conversation_id,
        role=row.role,
        state=row.state,
        agent_id=row.agent_id,
        epoch=row.epoch,
        overdue=row.overdue,
    )
    return wrap(event, subject=row.conversation_id, source=SOURCE)
