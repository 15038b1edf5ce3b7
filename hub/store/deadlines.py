"""First-response deadlines of work items that nobody has answered yet."""

from datetime import datetime

from sqlalchemy import Connection, func, select, update

from hub.events import WorkItemChanged
from hub.store import outbox
from hub.store.tables import work_items

SOURCE = "/loket/deadlines"

_OPEN = (
    (work_items.c.state != "done")
    & work_items.c.first_response_at.is_(None)
    & work_items.c.overdue.is_(False)
)


def following(connection: Connection) -> datetime | None:
    """The next deadline."""
    due: datetime | None = connection.execute(
        select(func.min(work_items.c.first_response_due)).where(_OPEN)
    ).scalar_one()
    return due


def mark_passed(connection: Connection, now: datetime) -> int:
    """Mark the work items whose deadline has passed and tell the bus; gives how many."""
    rows = connection.execute(
        update(work_items)
        .where(_OPEN, work_items.c.first_response_due <= now)
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
