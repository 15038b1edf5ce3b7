"""Which events a consumer has handled, so that one delivered twice changes nothing."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from hub import clock
from hub.store.among import among
from hub.store.inserting import insert_all
from hub.store.tables import processed_events


def first_seen(connection: Connection, consumer: str, event_ids: Sequence[str]) -> set[str]:
    """The events among these that `consumer` has not handled before; marks them as handled.

    Belongs in the transaction of the effects. IntegrityError: another process handles one of them
    at this moment; try again.
    """
    known = connection.execute(
        select(processed_events.c.event_id).where(
            processed_events.c.consumer == consumer, among(processed_events.c.event_id, event_ids)
        )
    ).scalars()
    new = set(event_ids) - set(known)
    now = clock.now()
    rows = [{"consumer": consumer, "event_id": i, "processed_at": now} for i in sorted(new)]
    insert_all(connection, processed_events, rows)
    return new
