"""The front of the queues, for whoever hands out work. Looks at heads only, by their indexes."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select, union_all, update

from hub.store.tables import work_items

HEAD = 20
"""Items of each queue that are looked at for one agent."""
LOOKS_AT_ONCE = 200

_WAITS = work_items.c.state == "waiting"
_COLUMNS = (
    work_items.c.id,
    work_items.c.epoch,
    work_items.c.role,
    work_items.c.backup_role,
    work_items.c.channel,
    work_items.c.units,
    work_items.c.skills,
    work_items.c.waiting_since,
    work_items.c.rank,
    work_items.c.preferred_agent_id,
    work_items.c.preferred_until,
    work_items.c.preferred_why,
)


def heads(connection: Connection, roles: Collection[str], limit: int = HEAD) -> list[Row[Any]]:
    """The first items of each of these roles."""
    return _heads(connection, [work_items.c.role == role for role in sorted(roles)], limit)


def reachable(
    connection: Connection, roles: Collection[str], backup_for: Collection[str], agent_id: str
) -> list[Row[Any]]:
    """What one agent may be given: the heads of these roles, the heads of what these roles are the
    backup of, and what waits for the agent in person."""
    conditions = [work_items.c.role == role for role in sorted(roles)]
    conditions += [work_items.c.backup_role == role for role in sorted(backup_for)]
    conditions.append(work_items.c.preferred_agent_id == agent_id)
    return _heads(connection, conditions, HEAD)


def first_ids(connection: Connection, roles: Collection[str], limit: int) -> list[str]:
    """The front of these roles' queues taken together."""
    if not roles:
        return []
    parts = [_head(work_items.c.role == role, limit) for role in sorted(roles)]
    merged = union_all(*(select(part.subquery()) for part in parts)).subquery()
    first = select(merged.c.id).order_by(merged.c.rank, merged.c.id).limit(limit)
    return list(connection.execute(first).scalars())


def front(connection: Connection, roles: Collection[str], now: datetime, limit: int) -> list[str]:
    """The ids of the first items of each of these roles, and of what waits for somebody."""
    waits_for = select(work_items.c.id).where(
        _WAITS, work_items.c.preferred_agent_id.is_not(None), work_items.c.preferred_until > now
    )
    given = connection.execute(waits_for.limit(LOOKS_AT_ONCE)).scalars().all()
    return [*given, *(row.id for row in heads(connection, roles, limit))]


def still_waits(connection: Connection, item_id: str) -> bool:
    found = select(work_items.c.id).where(work_items.c.id == item_id, _WAITS)
    return connection.execute(found).one_or_none() is not None


def due(connection: Connection, now: datetime) -> list[str]:
    """Waiting items to look at again, because something about them changed by itself."""
    asked = (
        select(work_items.c.id)
        .where(_WAITS, work_items.c.look_again_at <= now)
        .order_by(work_items.c.look_again_at)
        .limit(LOOKS_AT_ONCE)
    )
    return list(connection.execute(asked).scalars())


def look_again(connection: Connection, item_id: str, at: datetime | None) -> None:
    connection.execute(
        update(work_items).where(work_items.c.id == item_id, _WAITS).values(look_again_at=at)
    )


def next_look(connection: Connection) -> datetime | None:
    return _first(connection, work_items.c.look_again_at, _WAITS)


def next_awakening(connection: Connection) -> datetime | None:
    """When the next snoozed item comes back."""
    return _first(connection, work_items.c.snoozed_until, work_items.c.state == "snoozed")


def _first(
    connection: Connection, column: ColumnElement[Any], condition: ColumnElement[bool]
) -> datetime | None:
    found: datetime | None = connection.execute(
        select(column).where(condition, column.is_not(None)).order_by(column).limit(1)
    ).scalar_one_or_none()
    return found


def _heads(
    connection: Connection, conditions: list[ColumnElement[bool]], limit: int
) -> list[Row[Any]]:
    """In one question, each part cut by itself: a queue of 100,000 costs what its head does."""
    if not conditions:
        return []
    parts = [select(_head(condition, limit).subquery()) for condition in conditions]
    return list(connection.execute(union_all(*parts)))


def _head(condition: ColumnElement[bool], limit: int) -> Select[Any]:
    first = select(*_COLUMNS).where(condition, _WAITS)
    return first.order_by(work_items.c.rank, work_items.c.id).limit(limit)
