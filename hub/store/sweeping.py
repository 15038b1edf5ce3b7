"""Finds what was kept and then forgotten by everything else, and the numbers for the gauges."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from hub import clock
from hub.events import InteractionReceived, wrap
from hub.store import outbox
from hub.store.tables import dead_letters, interactions, unrouted, work_items

SOURCE = "/loket/sweeper"
MOST_AT_ONCE = 1000


def ask_unrouted(connection: Connection, before: datetime) -> int:
    """Publish contacts received `before` that have no route yet again; gives how many."""
    columns = interactions.c
    rows = connection.execute(
        select(interactions)
        .join(unrouted, unrouted.c.interaction_id == columns.id)
        .where(unrouted.c.interaction_id < clock.first_id(before))
        # What a handler could not do at all waits in the dead letters, for a person.
        .where(columns.conversation_id.not_in(select(dead_letters.c.subject)))
        .order_by(unrouted.c.interaction_id)
        .limit(MOST_AT_ONCE)
    ).all()
    outbox.add_envelopes(
        connection,
        [
            wrap(
                InteractionReceived(
                    interaction_id=row.id,
                    conversation_id=row.conversation_id,
                    customer_id=row.customer_id,
                    channel=row.channel,
                    account=row.account,
                    received_at=row.received_at,
                ),
                subject=row.conversation_id,
                source=SOURCE,
                correlation_id=row.correlation_id,
            )
            for row in rows
        ],
    )
    return len(rows)


def oldest_unrouted(connection: Connection) -> datetime | None:
    first = select(func.min(unrouted.c.interaction_id)).scalar_subquery()
    return connection.execute(
        select(interactions.c.received_at).where(interactions.c.id == first)
    ).scalar_one_or_none()


def waiting_per_role(connection: Connection) -> dict[str, int]:
    """Work items nobody holds."""
    rows = connection.execute(
        select(work_items.c.role, func.count())
        .where(work_items.c.state == "waiting")
        .group_by(work_items.c.role)
    )
    return {role: count for role, count in rows}  # noqa: C416 (rows are not pairs to mypy)


def count_dead(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(dead_letters)).scalar_one()
