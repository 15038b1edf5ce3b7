"""What routing decided about each contact that came while its conversation was open work already:
the work stays where it is, and yet every contact keeps the version and the row that spoke of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from hub.store.inserting import insert_all
from hub.store.tables import follow_ups, interactions

SHOWN = 20


@dataclass(frozen=True)
class FollowUp:
    """`decision`: what was decided, as far as it says why. `at`: when the contact came."""

    interaction_id: str
    at: datetime
    decision: dict[str, Any]


@dataclass(frozen=True)
class Decided:
    """A decision to keep with a contact and the work that had it."""

    interaction_id: str
    work_item_id: str
    decision: dict[str, Any]


def keep(connection: Connection, decided: Sequence[Decided]) -> None:
    insert_all(
        connection,
        follow_ups,
        [
            {
                "interaction_id": one.interaction_id,
                "work_item_id": one.work_item_id,
                "decision": one.decision,
            }
            for one in decided
        ],
    )


def of_item(connection: Connection, item_id: str) -> list[FollowUp]:
    """The last ones, oldest first."""
    rows = connection.execute(_LAST, {"item": item_id}).all()
    return [FollowUp(r.interaction_id, r.received_at, r.decision) for r in reversed(rows)]


# Made once: making it takes longer than running it.
_LAST = (
    select(follow_ups.c.interaction_id, follow_ups.c.decision, interactions.c.received_at)
    .join(interactions, interactions.c.id == follow_ups.c.interaction_id)
    .where(follow_ups.c.work_item_id == bindparam("item"))
    .order_by(follow_ups.c.interaction_id.desc())
    .limit(SHOWN)
)
