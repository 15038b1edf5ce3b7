"""What the senders of a batch have open, for channels whose messages refer to nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, select

from hub import clock
from hub.interaction import Arrival, Channel
from hub.store.among import among
from hub.store.tables import contact_points, conversations, interactions

_MOST = 20
"""Open conversations of one customer that are looked at, the newest first."""


def open_of_senders(
    connection: Connection, arrivals: Sequence[Arrival]
) -> dict[tuple[Channel, str], str]:
    """(channel, sender) -> the conversation that the sender goes on with, where there is one."""
    asking = [arrival for arrival in arrivals if arrival.thread.within is not None]
    points = _locked_points(connection, sorted({a.sender.key for a in asking}))
    found = {}
    for arrival in asking:
        key = (arrival.channel, arrival.sender.key)
        point = points.get(arrival.sender.key)
        if point is not None and key not in found:
            found[key] = _choose(_open(connection, point.customer_id, arrival), arrival, point)
    return {key: conversation_id for key, conversation_id in found.items() if conversation_id}


def _locked_points(connection: Connection, keys: Sequence[str]) -> dict[str, Any]:
    """Locked, so that two processes do not both find nothing open and open one each."""
    if not keys:
        return {}
    columns = contact_points.c
    rows = connection.execute(
        select(columns.key, columns.customer_id, columns.verified)
        .where(among(columns.key, keys))
        .order_by(columns.key)
        .with_for_update()
    )
    return {row.key: row for row in rows}


def _open(connection: Connection, customer_id: str, arrival: Arrival) -> list[Any]:
    on_channel = exists().where(
        interactions.c.conversation_id == conversations.c.id,
        interactions.c.channel == arrival.channel.value,
    )
    rows = connection.execute(
        select(conversations.c.id, conversations.c.last_at, on_channel.label("on_channel"))
        .where(conversations.c.customer_id == customer_id, conversations.c.state != "resolved")
        .order_by(conversations.c.last_at.desc())
        .limit(_MOST)
    )
    return list(rows)


def _choose(rows: Iterable[Any], arrival: Arrival, point: Any) -> str:
    rows = list(rows)
    since = _since(arrival)
    for row in rows:
        if row.on_channel and row.last_at >= since:
            return str(row.id)
    return str(rows[0].id) if rows and point.verified else ""


def _since(arrival: Arrival) -> datetime:
    assert arrival.thread.within is not None  # noqa: S101 (only those that ask come here)
    return clock.now() - arrival.thread.within
