"""Messages of ours that did not arrive, or may not have: the router must learn of each.

A row in `outbound` keeps the event that says so until the router has handled that event. One that
the bus has lost is published again, as the same event, so that it counts once.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from hub.events import Envelope, MessageStatus, wrap
from hub.interaction import Channel, DeliveryState
from hub.store import outbox
from hub.store.among import among
from hub.store.tables import dead_letters, interactions, outbound

NEEDS_A_PERSON = (DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.UNCERTAIN)
MOST_AT_ONCE = 500


def status_event(row: Any, state: str, error: str, *, source: str, correlation_id: str) -> Envelope:
    """What became of the message in this row of `outbound`."""
    event = MessageStatus(
        interaction_id=row.interaction_id,
        conversation_id=row.conversation_id,
        channel=Channel(row.channel),
        state=state,
        error=error,
    )
    return wrap(event, subject=row.conversation_id, source=source, correlation_id=correlation_id)


def heard(connection: Connection, event_ids: Sequence[str]) -> None:
    """The router has handled these events."""
    mark = outbound.c.trouble_event_id
    connection.execute(
        update(outbound)
        .where(mark.is_not(None), among(mark, event_ids))
        .values(trouble_event_id=None)
    )


def tell_again(connection: Connection, before: datetime, *, source: str) -> int:
    """Publish those from `before` that nobody has handled; gives how many.

    Only right when nothing else explains that they wait.
    """
    rows = connection.execute(
        select(outbound, interactions.c.correlation_id)
        .join(interactions, interactions.c.id == outbound.c.interaction_id)
        .where(outbound.c.trouble_event_id.is_not(None), outbound.c.updated_at < before)
        # What a handler could not do at all waits in the dead letters, for a person.
        .where(outbound.c.conversation_id.not_in(select(dead_letters.c.subject)))
        .order_by(outbound.c.trouble_event_id)
        .limit(MOST_AT_ONCE)
    ).all()
    outbox.add_envelopes(connection, [_same_event(row, source) for row in rows])
    return len(rows)


def _same_event(row: Any, source: str) -> Envelope:
    event = status_event(
        row, row.state, row.error, source=source, correlation_id=row.correlation_id
    )
    return replace(event, id=row.trouble_event_id)
