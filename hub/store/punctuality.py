"""How well a partner did with its parcels: in time, late, and what went wrong."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from hub.deliveries import EventKind
from hub.store.tables import deliveries, delivery_events

FAILURES = (
    EventKind.ATTEMPTED,
    EventKind.EXCEPTION,
    EventKind.DAMAGED,
    EventKind.LOST,
    EventKind.RETURNED,
)
MOST_FAILURES = 200


@dataclass(frozen=True)
class Failure:
    tracking: str
    kind: EventKind
    at: datetime
    place: str
    text: str


@dataclass(frozen=True)
class Performance:
    """Of the parcels that were delivered: `in_time` by the first time that was promised, `late`
    after it, `unpromised` without one. `failures`: how often each; `last`: the newest of them."""

    delivered: int = 0
    in_time: int = 0
    late: int = 0
    unpromised: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    last: Sequence[Failure] = ()

    @property
    def share_in_time(self) -> float | None:
        """Of those that were promised; None when none was."""
        promised = self.in_time + self.late
        return self.in_time / promised if promised else None


def performance(
    connection: Connection, partner: str, since: datetime, until: datetime
) -> Performance:
    """From `since` to before `until`."""
    columns = deliveries.c
    parcels = connection.execute(
        select(columns.id, columns.delivered_at).where(
            columns.partner == partner, columns.delivered_at >= since, columns.delivered_at < until
        )
    ).all()
    promises = _first_promises(connection, partner, since, until)
    in_time = sum(p.delivered_at <= promises[p.id] for p in parcels if p.id in promises)
    late = sum(p.delivered_at > promises[p.id] for p in parcels if p.id in promises)
    counts, last = _failures(connection, partner, since, until)
    return Performance(
        delivered=len(parcels),
        in_time=in_time,
        late=late,
        unpromised=len(parcels) - in_time - late,
        failures=counts,
        last=last,
    )


def _first_promises(
    connection: Connection, partner: str, since: datetime, until: datetime
) -> dict[str, datetime]:
    """When each parcel that was delivered then should have come, as its carrier first said."""
    columns = delivery_events.c
    rows = connection.execute(
        select(columns.delivery_id, columns.expected_until)
        .join(deliveries, deliveries.c.id == columns.delivery_id)
        .where(
            deliveries.c.partner == partner,
            deliveries.c.delivered_at >= since,
            deliveries.c.delivered_at < until,
            columns.expected_until.is_not(None),
        )
        .order_by(columns.occurred_at.desc(), columns.id.desc())
    )
    return {row.delivery_id: row.expected_until for row in rows}


def _failures(
    connection: Connection, partner: str, since: datetime, until: datetime
) -> tuple[dict[str, int], Sequence[Failure]]:
    columns = delivery_events.c
    rows = connection.execute(
        select(
            deliveries.c.tracking, columns.kind, columns.occurred_at, columns.place, columns.text
        )
        .join(deliveries, deliveries.c.id == columns.delivery_id)
        .where(
            columns.partner == partner,
            columns.occurred_at >= since,
            columns.occurred_at < until,
            columns.kind.in_([kind.value for kind in FAILURES]),
        )
        .order_by(columns.occurred_at.desc(), columns.id.desc())
    ).all()
    counts = Counter(row.kind for row in rows)
    last = [
        Failure(row.tracking, EventKind(row.kind), row.occurred_at, row.place, row.text)
        for row in rows[:MOST_FAILURES]
    ]
    return dict(sorted(counts.items())), last
