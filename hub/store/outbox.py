"""Events that are committed and wait for the relay; a row is gone once the bus has it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    delete,
    func,
    insert,
    not_,
    select,
    true,
)

from hub.bus import Outgoing
from hub.events import Envelope, Event, encode, wrap
from hub.store.among import among_named
from hub.store.inserting import insert_all
from hub.store.tables import outbox

NEWS_CHANNEL = "loket_outbox"
_UNTOLD = "loket_untold"


def news() -> ColumnElement[Any]:
    """What tells the relay, also in another process, at commit; on PostgreSQL."""
    return func.pg_notify(NEWS_CHANNEL, "")


_TELL = select(news())


@contextmanager
def untold(connection: Connection) -> Iterator[None]:
    """What is written here is the past: nobody is to act on it, so nobody is told."""
    connection.info[_UNTOLD] = True
    try:
        yield
    finally:
        del connection.info[_UNTOLD]


def add_envelopes(connection: Connection, envelopes: Sequence[Envelope]) -> None:
    """Write events in the transaction of what they tell about, in this order."""
    if not envelopes or _UNTOLD in connection.info:
        return
    rows = [
        {
            "event_id": envelope.id,
            "topic": envelope.topic,
            "queue": "",
            "subject": envelope.subject,
            "body": encode(envelope),
            "created_at": envelope.time,
        }
        for envelope in envelopes
    ]
    if connection.dialect.name != "postgresql":
        insert_all(connection, outbox, rows)
    elif len(rows) == 1:
        connection.execute(_ADD_AND_TELL, rows[0])
    else:
        insert_all(connection, outbox, rows)
        connection.execute(_TELL)


def add(
    connection: Connection, event: Event, *, subject: str, source: str, correlation_id: str = ""
) -> None:
    """Write one event; see `wrap` for the arguments."""
    envelope = wrap(event, subject=subject, source=source, correlation_id=correlation_id)
    add_envelopes(connection, [envelope])


def oldest(connection: Connection, limit: int) -> list[tuple[int, Outgoing]]:
    """The next events to publish, each with its position."""
    rows = connection.execute(_OLDEST, {"most": limit})
    return [(position, Outgoing(*values)) for position, *values in rows]


def advance(
    connection: Connection, published: Sequence[int], limit: int
) -> list[tuple[int, Outgoing]]:
    """Remove what was published; gives the next.

    On PostgreSQL it is one statement, which does not wait for the disk: what comes back when the
    database crashes is published again, and consumers do not mind.
    """
    if connection.dialect.name == "postgresql":
        rows = connection.execute(_ADVANCE, {"positions": published, "most": limit})
        return [(position, Outgoing(*values)) for position, *values in rows]
    connection.execute(_FORGET, {"positions": published})
    return oldest(connection, limit)


_COLUMNS = (
    outbox.c.position,
    outbox.c.event_id,
    outbox.c.topic,
    outbox.c.subject,
    outbox.c.body,
    outbox.c.queue,
)
_ADD_AND_TELL = select(news()).add_cte(
    insert(outbox)
    .values({c.name: bindparam(c.name, type_=c.type) for c in outbox.c if c.name != "position"})
    .cte("added")
)
_OLDEST = select(*_COLUMNS).order_by(outbox.c.position).limit(bindparam("most", type_=Integer()))
_PUBLISHED = among_named(outbox.c.position, "positions")
_FORGET = delete(outbox).where(_PUBLISHED)
_UNFORCED = func.set_config("synchronous_commit", "off", true())
# It sees the table as it was before: what it removes itself is left out.
_ADVANCE = (
    select(*_COLUMNS)
    .where(not_(_PUBLISHED))
    .order_by(outbox.c.position)
    .limit(bindparam("most", type_=Integer()))
    .add_cte(_FORGET.returning(_UNFORCED).cte("forgotten"))
)


def lag(connection: Connection) -> tuple[int, datetime | None]:
    """How many wait, and since when the oldest."""
    row = connection.execute(select(func.count(), func.min(outbox.c.created_at))).one()
    return row[0], row[1]
