"""First-response deadlines of work items that nobody has answered yet."""

from datetime import datetime

from sqlalchemy import Connection, func, select, text, update

from hub.events import WorkItemChanged
from hub.store import outbox
from hub.store.among import among
from hub.store.tables import work_items

SOURCE = "/loket/deadlines"

MOST_AT_ONCE = 500

# Word for word what the index ix_work_items_watched says, or it would not be used.
_WATCHED = text("state <> 'done' AND first_response_at IS NULL AND NOT overdue")


def following(connection: Connection) -> datetime | None:
    """The next deadline."""
    due: datetime | None = connection.execute(
        select(func.min(work_items.c.first_response_due)).where(_WATCHED)
    ).scalar_one()
    return due


def mark_passed(connection: Connection, now: datetime) -> int:
    """Mark the work items whose deadline has passed and tell the bus; gives how many."""
    passed = (
        select(work_items.c.id)
        .where(_WATCHED, work_items.c.first_response_due <= now)
        .order_by(work_items.c.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ids = list(connection.execute(passed).scalars())
    rows = connection.execute(
        update(work_items)
        .where(among(work_items.c.id, ids))
        .values(overdue=True, epoch=work_items.c.epoch + 1)
        .returning(work_items)
    ).all()
    for row in rows:
        event = WorkItemChanged(
            work_item_id=row.id,
            conversation_id=row.conversation_id,
            role=row.role,
            state=row.state,
            agent_id=row.agent_id,
            epoch=row.epoch,
            overdue=True,
        )
        outbox.add(connection, event, subject=row.conversation_id, source=SOURCE)
    return len(rows)
