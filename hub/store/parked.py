"""What came before we can use it, kept until we can.

Either somebody asks for it by its key (a report about a message whose id we did not know), or it is
due at a time (a contact whose files must be fetched first), and then one worker holds it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from hub import clock
from hub.store.among import among
from hub.store.tables import parked


@dataclass(frozen=True)
class Parked:
    id: str
    key: str
    content: dict[str, Any]
    tries: int
    created_at: datetime


def park(
    connection: Connection,
    kind: str,
    key: str,
    content: dict[str, Any],
    *,
    due_at: datetime | None = None,
) -> str:
    """Keep it; gives its id."""
    row = {
        "id": clock.new_id(),
        "kind": kind,
        "key": key,
        "content": content,
        "tries": 0,
        "due_at": due_at,
        "created_at": clock.now(),
    }
    connection.execute(insert(parked), [row])
    return str(row["id"])


def take(connection: Connection, kind: str, key: str) -> list[Parked]:
    """What was parked under this key, in the order in which it came; it is not parked any more."""
    rows = connection.execute(
        delete(parked).where(parked.c.kind == kind, parked.c.key == key).returning(parked)
    )
    return sorted((_parked(row) for row in rows), key=lambda one: one.id)


def claim_due(
    connection: Connection, kind: str, now: datetime, *, until: datetime, most: int
) -> list[Parked]:
    """What is due, the oldest first; nobody else gets it before `until`."""
    due = (
        select(parked.c.id)
        .where(parked.c.kind == kind, parked.c.due_at <= now)
        .order_by(parked.c.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = list(connection.execute(due).scalars())
    rows = connection.execute(
        update(parked)
        .where(among(parked.c.id, ids))
        .values(due_at=until, tries=parked.c.tries + 1)
        .returning(parked)
    )
    return sorted((_parked(row) for row in rows), key=lambda one: one.id)


def next_due(connection: Connection, kind: str) -> datetime | None:
    """When something of this kind is due next."""
    selection = (
        select(parked.c.due_at)
        .where(parked.c.kind == kind, parked.c.due_at.is_not(None))
        .order_by(parked.c.due_at)
        .limit(1)
    )
    return connection.execute(selection).scalar()


def put_off(connection: Connection, parked_id: str, due_at: datetime) -> None:
    connection.execute(update(parked).where(parked.c.id == parked_id).values(due_at=due_at))


def remove(connection: Connection, parked_id: str) -> None:
    connection.execute(delete(parked).where(parked.c.id == parked_id))


def keys(
    connection: Connection, kind: str, *, after: datetime, before: datetime, most: int
) -> list[str]:
    """Under which keys something waits that came in this time."""
    selection = (
        select(parked.c.key)
        .where(parked.c.kind == kind, parked.c.created_at > after, parked.c.created_at < before)
        .distinct()
        .limit(most)
    )
    return list(connection.execute(selection).scalars())


def _parked(row: Any) -> Parked:
    return Parked(row.id, row.key, row.content, row.tries, row.created_at)
