"""The messages of the local bus: one row for each queue that has to handle the event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Integer, bindparam, delete, func, select, update

from hub.store.among import among, among_named
from hub.store.inserting import insert_all
from hub.store.tables import local_messages


class LocalMessage(NamedTuple):
    """One row; `attempts` tells how often it was begun, `due_at` when it may be tried again."""

    position: int
    event_id: str
    topic: str
    subject: str
    body: str
    attempts: int
    due_at: datetime | None


@dataclass(frozen=True)
class Addressed:
    """An event for one queue, not yet stored."""

    queue: str
    event_id: str
    topic: str
    subject: str
    body: str


@dataclass(frozen=True)
class Postponed:
    """When a message is tried again, and what went wrong."""

    position: int
    due_at: datetime
    reason: str


def add(connection: Connection, messages: Sequence[Addressed]) -> None:
    """Keep these, in this order."""
    rows = [{**vars(message), "attempts": 0, "reason": ""} for message in messages]
    insert_all(connection, local_messages, rows)


def after(connection: Connection, queue: str, position: int, limit: int) -> list[LocalMessage]:
    """The oldest messages of a queue behind `position`."""
    given = {"of_queue": queue, "behind": position, "most": limit}
    return [LocalMessage(*row) for row in connection.execute(_AFTER, given)]


def count_attempt(connection: Connection, positions: Sequence[int], attempts: int) -> None:
    """Note that try number `attempts` of these begins."""
    connection.execute(_COUNT, {"positions": positions, "tries": attempts})


def remove(connection: Connection, positions: Sequence[int]) -> None:
    if positions:
        connection.execute(_REMOVE, {"positions": positions})


def postpone(connection: Connection, messages: Sequence[Postponed]) -> None:
    if not messages:
        return
    connection.execute(
        update(local_messages)
        .where(local_messages.c.position == bindparam("at"))
        .values(due_at=bindparam("due"), reason=bindparam("why")),
        [{"at": m.position, "due": m.due_at, "why": m.reason} for m in messages],
    )


_AFTER = (
    select(*(local_messages.c[name] for name in LocalMessage._fields))
    .where(
        local_messages.c.queue == bindparam("of_queue"),
        local_messages.c.position > bindparam("behind"),
    )
    .order_by(local_messages.c.position)
    .limit(bindparam("most", type_=Integer()))
)
_CHOSEN = among_named(local_messages.c.position, "positions")
_COUNT = update(local_messages).where(_CHOSEN).values(attempts=bindparam("tries"))
_REMOVE = delete(local_messages).where(_CHOSEN)


def depths(connection: Connection, queues: Sequence[str]) -> dict[str, int]:
    """How many messages each of these queues holds."""
    query = (
        select(local_messages.c.queue, func.count())
        .where(among(local_messages.c.queue, queues))
        .group_by(local_messages.c.queue)
    )
    counted: dict[str, int] = dict(connection.execute(query).all())
    return {queue: counted.get(queue, 0) for queue in queues}
