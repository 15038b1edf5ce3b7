"""For how long agents had work in hand: from taking or accepting it until they let go of it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from hub.store import steps
from hub.store.among import among
from hub.store.tables import assignment_steps

_BEGIN = frozenset({steps.ACCEPTED, steps.TAKEN, steps.GIVEN})
_END = frozenset({steps.RETURNED, steps.TRANSFERRED, steps.SNOOZED, steps.WITHDRAWN})


def seconds(connection: Connection, resolved: Mapping[str, datetime | None]) -> dict[str, int]:
    """By work item, of those that are resolved (then) and that somebody had."""
    items = [item_id for item_id, at in resolved.items() if at is not None]
    columns = assignment_steps.c
    rows = connection.execute(
        select(columns.work_item_id, columns.kind, columns.at)
        .where(among(columns.work_item_id, items), columns.kind.in_(_BEGIN | _END))
        .order_by(columns.work_item_id, columns.at, columns.id)
    ).all()
    found: dict[str, float] = {}
    since: dict[str, datetime] = {}
    for item_id, kind, at in rows:
        if kind in _BEGIN:
            since.setdefault(item_id, at)
        elif item_id in since:
            found[item_id] = found.get(item_id, 0) + (at - since.pop(item_id)).total_seconds()
    for item_id, begun in since.items():
        end = resolved[item_id]
        if end is not None and end >= begun:
            found[item_id] = found.get(item_id, 0) + (end - begun).total_seconds()
    return {item_id: round(each) for item_id, each in found.items()}
