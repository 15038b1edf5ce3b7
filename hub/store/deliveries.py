"""Parcels and what their carriers told about them, as they are kept. What follows from what is told
is in `tracking`."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, select, update

from hub import clock
from hub.deliveries import Delivery, DeliveryEvent, ParcelState
from hub.events import DeliveryChanged, Envelope, wrap
from hub.logs import correlation_id
from hub.store import outbox
from hub.store.among import among, among_named
from hub.store.inserting import insert_new
from hub.store.tables import deliveries, delivery_events

SOURCE = "/loket/deliveries"


def by_ids(connection: Connection, delivery_ids: Collection[str]) -> list[Delivery]:
    return _read(connection, among(deliveries.c.id, delivery_ids)) if delivery_ids else []


def of_tracking(connection: Connection, number: str) -> list[Delivery]:
    """The parcels with this number, which must be `normal`, of any partner."""
    return _read(connection, deliveries.c.tracking == number)


def of_orders(connection: Connection, order_ids: Collection[str]) -> list[Delivery]:
    """The parcels of these orders, the oldest first."""
    return _read(connection, among(deliveries.c.order_id, order_ids))


def of_customers(
    connection: Connection, customer_ids: Collection[str], *, limit: int
) -> list[Delivery]:
    """Their last parcels, newest first."""
    given = {"ids": customer_ids, "most": limit}
    return [_delivery(row) for row in connection.execute(_OF_CUSTOMERS, given)]


def events_of(
    connection: Connection, delivery_ids: Collection[str]
) -> dict[str, list[DeliveryEvent]]:
    """What was told about each of these parcels, in the order in which it happened."""
    found: dict[str, list[DeliveryEvent]] = {}
    if not delivery_ids:
        return found
    for row in connection.execute(_EVENTS_OF, {"ids": delivery_ids}):
        event = DeliveryEvent.model_validate(row._asdict())
        found.setdefault(event.delivery_id, []).append(event)
    return {of: sorted(events, key=lambda e: (e.at, e.id)) for of, events in found.items()}


def of_partner(
    connection: Connection, partner: str, *, after: str = "", limit: int
) -> list[DeliveryEvent]:
    """What a partner told, in the order in which we kept it; `after`: the id of the last one seen.

    Serves a partner that compares what we have with what it sent.
    """
    selection = (
        select(*_TOLD)
        .where(delivery_events.c.partner == partner, delivery_events.c.id > after)
        .order_by(delivery_events.c.id)
        .limit(limit)
    )
    return [DeliveryEvent.model_validate(row._asdict()) for row in connection.execute(selection)]


def locked_by_tracking(connection: Connection, numbers: Collection[str]) -> list[Delivery]:
    """The parcels with these numbers, of any partner; who else changes them waits."""
    return _read(connection, among(deliveries.c.tracking, numbers), lock=True)


def locked(connection: Connection, delivery_ids: Collection[str]) -> list[Delivery]:
    return _read(connection, among(deliveries.c.id, delivery_ids), lock=True)


def locked_waiting_for(connection: Connection, order_numbers: Collection[str]) -> list[Delivery]:
    """The parked parcels of which their partner told that they belong to these orders."""
    waiting = deliveries.c.order_id.is_(None) & (deliveries.c.order_number != "")
    named = among(deliveries.c.order_number, order_numbers)
    return _read(connection, waiting & named, lock=True)


def add_new(connection: Connection, new: Iterable[Delivery]) -> None:
    """Write parcels, but for those that somebody else wrote at the same moment."""
    insert_new(connection, deliveries, [_row(one) for one in new])


def add_events(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    insert_new(connection, delivery_events, rows)


def save(
    connection: Connection, former: Sequence[Delivery], changed: Sequence[Delivery]
) -> list[Delivery]:
    """Write changed parcels, which the caller has locked, each beside what it was, and tell."""
    if not changed:
        return []
    now = clock.now()
    saved = [
        one.model_copy(update={"version": old.version + 1, "updated_at": now})
        for old, one in zip(former, changed, strict=True)
    ]
    connection.execute(_CHANGE, [_change(one) for one in saved])
    outbox.add_envelopes(
        connection, [_told(one, old.state) for old, one in zip(former, saved, strict=True)]
    )
    return saved


_CHANGEABLE = (
    "partner", "order_id", "order_number", "customer_id", "state", "flags", "expected_from",
    "expected_until", "delivered_at", "address", "preferences", "version", "updated_at",
)  # fmt: skip
_CHANGE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("changed_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGEABLE})
)


def _change(delivery: Delivery) -> dict[str, Any]:
    row = _row(delivery)
    return {"changed_id": delivery.id} | {f"new_{name}": row[name] for name in _CHANGEABLE}


def _row(delivery: Delivery) -> dict[str, Any]:
    flags = [flag.value for flag in delivery.flags]
    return dict(delivery) | {"state": delivery.state.value, "flags": flags}


def _told(delivery: Delivery, former_state: ParcelState) -> Envelope:
    event = DeliveryChanged(
        delivery_id=delivery.id,
        partner=delivery.partner,
        tracking=delivery.tracking,
        order_id=delivery.order_id,
        customer_id=delivery.customer_id,
        state=delivery.state,
        former_state=former_state,
        flags=delivery.flags,
        expected_from=delivery.expected_from,
        expected_until=delivery.expected_until,
        revision=delivery.version,
    )
    return wrap(event, subject=delivery.id, source=SOURCE, correlation_id=correlation_id())


def _read(
    connection: Connection, condition: ColumnElement[bool], *, lock: bool = False
) -> list[Delivery]:
    selection = select(deliveries).where(condition).order_by(deliveries.c.id)
    if lock:
        selection = selection.with_for_update()
    return [_delivery(row) for row in connection.execute(selection)]


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery.model_validate(row._asdict())


# Made once: making them takes longer than running them.
_TOLD = tuple(column for column in delivery_events.c if column.name != "dedupe_key")
_EVENTS_OF = select(*_TOLD).where(among_named(delivery_events.c.delivery_id, "ids"))
_OF_CUSTOMERS = (
    select(deliveries)
    .where(among_named(deliveries.c.customer_id, "ids"))
    .order_by(deliveries.c.created_at.desc(), deliveries.c.id.desc())
    .limit(bindparam("most"))
)
