"""What the senders of a batch have open, for channels whose messages refer to nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, or_, select

from hub import clock
from hub.interaction import Arrival, Channel
from hub.store import tasks
from hub.store.among import among
from hub.store.tables import contact_points, conversations, interactions

Key = tuple[Channel, str]
"""The channel, and the sender's contact point."""


def open_of_senders(connection: Connection, arrivals: Sequence[Arrival]) -> dict[Key, str]:
    """The conversation that each sender goes on with, where there is one."""
    asking = {(a.channel, a.sender.key): a for a in arrivals if a.thread.within is not None}
    points = _locked_points(connection, sorted({point for _, point in asking}))
    channels = sorted({channel for channel, _ in asking})
    open_ones = _open(connection, [point.customer_id for point in points.values()], channels)
    found = {}
    for (channel, key), arrival in asking.items():
        point = points.get(key)
        if point is None:
            continue
        rows = open_ones.get(point.customer_id, [])
        chosen = _choose(rows, channel, since=_since(arrival), verified=point.verified)
        if chosen:
            found[channel, key] = chosen
    return found


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


def _open(
    connection: Connection, customer_ids: Sequence[str], channels: Sequence[Channel]
) -> Mapping[str, list[Any]]:
    """By customer, the newest first; `on_CHANNEL` says whether the channel was used in it."""
    if not customer_ids:
        return {}
    used = [
        exists()
        .where(
            interactions.c.conversation_id == conversations.c.id,
            interactions.c.channel == channel.value,
        )
        .label(f"on_{channel}")
        for channel in channels
    ]
    columns = conversations.c
    # Where somebody said who of a shared address it is, the others go on there too.
    theirs = or_(among(columns.customer_id, customer_ids), among(columns.shared_id, customer_ids))
    rows = connection.execute(
        select(columns.id, columns.customer_id, columns.shared_id, columns.last_at, *used)
        .where(theirs, columns.state != "resolved", ~tasks.is_own(columns.id))
        .order_by(columns.last_at.desc())
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        for owner in {row.customer_id, row.shared_id} - {None}:
            found.setdefault(owner, []).append(row)
    return found


def _choose(rows: Sequence[Any], channel: Channel, *, since: datetime, verified: bool) -> str:
    for row in rows:
        if getattr(row, f"on_{channel}") and row.last_at >= since:
            return str(row.id)
    return str(rows[0].id) if rows and verified else ""


def _since(arrival: Arrival) -> datetime:
    assert arrival.thread.within is not None  # noqa: S101 (only those that ask come here)
    return clock.now() - arrival.thread.within
