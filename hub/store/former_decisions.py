"""Decisions about a work item that another one took the place of: so that its "why" says all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from hub import clock
from hub.store.inserting import insert_all
from hub.store.tables import former_decisions

SHOWN = 20

FOLLOW_UP = "follow_up"
"""What the customer wrote next says more."""
CORRECTED = "corrected"
MOVED = "moved"
"""The topic stayed, and who is responsible for it got the work."""


@dataclass(frozen=True)
class Former:
    """`decision` held until `until`; `ended_by` is one of the words above."""

    until: datetime
    ended_by: str
    decision: dict[str, Any]


@dataclass(frozen=True)
class Replaced:
    """A decision to keep, of a work item that has another one now."""

    work_item_id: str
    ended_by: str
    decision: dict[str, Any]


def keep(connection: Connection, replaced: Sequence[Replaced]) -> None:
    now = clock.now()
    insert_all(
        connection,
        former_decisions,
        [
            {
                "id": clock.new_id(),
                "work_item_id": one.work_item_id,
                "until": now,
                "ended_by": one.ended_by,
                "decision": one.decision,
            }
            for one in replaced
        ],
    )


def of_item(connection: Connection, item_id: str) -> list[Former]:
    """The last ones, oldest first."""
    rows = connection.execute(_LAST, {"item": item_id}).all()
    return [Former(row.until, row.ended_by, row.decision) for row in reversed(rows)]


# Made once: making it takes longer than running it.
_LAST = (
    select(former_decisions.c.until, former_decisions.c.ended_by, former_decisions.c.decision)
    .where(former_decisions.c.work_item_id == bindparam("item"))
    .order_by(former_decisions.c.id.desc())
    .limit(SHOWN)
)
