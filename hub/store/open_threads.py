"""What the senders of a batch have open, for channels whose messages and calls refer to nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, or_, select

from hub import clock
from hub.interaction import LIVE, Arrival, Channel
from hub.store import tasks
from hub.store.among import among
from hub.store.tables import (
    calls,
    contact_points,
    conversations,
    interactions,
    unrouted,
    work_items,
)

Key = tuple[Channel, str]
"""The channel, and the sender's contact point."""
_ANY = "any"
"""The topic above all topics."""


def locked_points(connection: Connection, arrivals: Sequence[Arrival]) -> dict[str, Any]:
    """The contact points of the senders who may go on with something, by key.

    Locked, so that two processes do not both find nothing open and open one each.
    """
    threads = ((a.sender.key, a.thread) for a in arrivals)
    keys = sorted({k for k, one in threads if one.within is not None or one.matter is not None})
    if not keys:
        return {}
    columns = contact_points.c
    rows = connection.execute(
        select(columns.key, columns.customer_id, columns.verified, columns.shared)
        .where(among(columns.key, keys))
        .order_by(columns.key)
        .with_for_update()
    )
    return {row.key: row for row in rows}


def open_of_senders(
    connection: Connection, arrivals: Sequence[Arrival], points: Mapping[str, Any]
) -> dict[Key, str]:
    """The conversation that each sender goes on with, where there is one."""
    asking = {(a.channel, a.sender.key): a for a in arrivals if a.thread.within is not None}
    channels = sorted({channel for channel, _ in asking})
    senders = [points[key].customer_id for key in sorted({k for _, k in asking}) if key in points]
    open_ones = _open(connection, senders, channels)
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


def meant_by_callers(
    connection: Connection, arrivals: Sequence[Arrival], points: Mapping[str, Any]
) -> dict[tuple[str, str], str]:
    """By (contact point, chosen topic): the one thing with open work that the caller may mean.

    Only of an address that was proved and is nobody else's. Where several may be meant, none is;
    nor one whose customer waits in it already, or is to be called back.
    """
    asking = {(a.sender.key, a.thread.matter) for a in arrivals if a.thread.matter is not None}
    callers = [points[key] for key in {key for key, _ in asking} if key in points]
    sure = {one.key: one.customer_id for one in callers if one.verified and not one.shared}
    open_work = _open_work(connection, sorted(set(sure.values()))) if sure else {}
    found = {}
    for key, matter in asking:
        rows = open_work.get(sure.get(key, ""), [])
        fitting = [row for row in rows if _is_kin(matter or _ANY, row.topic)]
        if len(fitting) == 1 and not fitting[0].is_busy:
            found[key, matter] = fitting[0].id
    return found


def _open_work(connection: Connection, customer_ids: Sequence[str]) -> Mapping[str, list[Any]]:
    columns, items = conversations.c, work_items.c
    is_busy = or_(
        among(items.channel, sorted(LIVE)),
        items.callback_to != "",
        exists().where(calls.c.conversation_id == columns.id, calls.c.state != "over"),
        exists().where(unrouted.c.conversation_id == columns.id),
    ).label("is_busy")
    rows = connection.execute(
        select(columns.id, columns.customer_id, items.topic, is_busy)
        .join(work_items, items.conversation_id == columns.id)
        .where(among(columns.customer_id, customer_ids), items.state != "done")
        .where(~tasks.is_own(columns.id))
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.customer_id, []).append(row)
    return found


def _is_kin(one: str, other: str) -> bool:
    """Whether the topics are the same, or one lies above the other."""
    upper, lower = sorted((one, other), key=len)
    return _ANY in (one, other) or upper == lower or lower.startswith(f"{upper}/")


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
