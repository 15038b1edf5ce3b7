"""What follows from what partners tell: where a parcel is, whose it is, and what becomes of its
order.

Events may come twice, late and in any order. A parcel of which nobody knows the order is parked;
when an order comes that has its number, they are joined. Parcels are locked before orders.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select

from hub import clock
from hub.deliveries import ENDED, Delivery, NewEvent, ParcelState, standing_after
from hub.errors import Rejected
from hub.orders import Order, state_after
from hub.references import normal
from hub.store import audit, deliveries, orders
from hub.store.among import among
from hub.store.inserting import digest
from hub.store.tables import delivery_events
from hub.texts import Said


@dataclass(frozen=True)
class Kept:
    """What became of an event. Not `new`: we had it already, and nothing changed."""

    event_id: str
    delivery_id: str
    new: bool


@dataclass(frozen=True)
class Shipment:
    """A parcel of an order, as whoever packed it tells it. Without a `partner` it is not known who
    brings it."""

    tracking: str
    partner: str = ""


def record(
    connection: Connection, events: Sequence[NewEvent], *, received_at: datetime | None = None
) -> list[Kept]:
    """Keep what partners told, and let parcels and orders follow. One answer for each event."""
    if not events:
        return []
    parcels = _Parcels(connection, {event.tracking for event in events})
    keys = [digest(event.partner, event.external_id) for event in events]
    known = _known_events(connection, keys)
    new: dict[str, NewEvent] = {}
    for key, event in zip(keys, events, strict=True):
        if key not in known:
            new.setdefault(key, event)
    for event in new.values():
        parcels.for_event(event)
    parcels.write_new()
    at = received_at or clock.now()
    rows = [_event_row(event, key, parcels.of(event).id, at) for key, event in new.items()]
    deliveries.add_events(connection, rows)
    touched = {row["delivery_id"] for row in rows}
    told = {parcels.of(e).id: e.order_number for e in new.values() if e.order_number}
    follow(connection, touched, told_orders=told)
    known |= {row["dedupe_key"]: Kept(row["id"], row["delivery_id"], new=False) for row in rows}
    return [replace(known[key], new=new.pop(key, None) is not None) for key in keys]


def shipped(connection: Connection, parcels: Iterable[tuple[Order, Shipment]]) -> None:
    """These orders go out in these parcels. What was parked under such a number is theirs.

    A parcel that belongs to an order already stays with it.
    """
    given = [(order, Shipment(normal(s.tracking), s.partner)) for order, s in parcels]
    if not given:
        return
    known = _Parcels(connection, {shipment.tracking for _, shipment in given})
    owners: dict[_Key, str] = {}
    for order, shipment in given:
        owners.setdefault(known.for_shipment(shipment), order.number)
    known.write_new()
    follow(connection, (), told_orders={known.id_of(key): no for key, no in owners.items()})


def arrived(connection: Connection, new: Collection[Order]) -> None:
    """Orders are here that we did not know: parcels whose partner named them get them."""
    waiting = deliveries.locked_waiting_for(connection, {order.number for order in new})
    follow(connection, {one.id for one in waiting})


def prefer(
    connection: Connection, delivery_id: str, *, version: int, wishes: dict[str, str], actor: str
) -> Delivery:
    """How the customer wants a parcel brought, such as {"leave_with": "neighbours"}.

    Raises Rejected when it is too late, or changed since.
    """
    found = deliveries.locked(connection, [delivery_id])
    if not found:
        raise Rejected("no_delivery", Said("This delivery does not exist."), status=404)
    [parcel] = found
    if parcel.version != version:
        raise Rejected("changed", Said("The delivery has changed. Look again."), status=409)
    if parcel.state in ENDED:
        detail = Said("This delivery has ended, so it cannot be changed any more.")
        raise Rejected("too_late", detail, status=409)
    wanted = {name[:100]: text[:500] for name, text in wishes.items() if text}
    [saved] = deliveries.save(
        connection, [parcel], [parcel.model_copy(update={"preferences": wanted})]
    )
    audit.record(
        connection,
        actor=actor,
        action="delivery.preferences",
        about=delivery_id,
        details={"from": parcel.preferences, "to": wanted},
    )
    return saved


def follow(
    connection: Connection,
    touched: Collection[str],
    *,
    told_orders: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Let parcels stand where their events leave them, and their orders follow.

    `touched`: of these something new is known. `told_orders`: by parcel, the number of the order
    that it is said to belong to.
    """
    ids = {*touched, *told_orders}
    if not ids:
        return
    former = deliveries.locked(connection, ids)
    events = deliveries.events_of(connection, ids)
    numbers = {one.id: told_orders.get(one.id) or one.order_number for one in former}
    found = orders.by_numbers(connection, {numbers[one.id] for one in former if not one.order_id})
    pairs = []
    for old in former:
        standing = standing_after(events.get(old.id, ())).model_dump(exclude={"last_at"})
        owned = _owned(old, numbers[old.id], found)
        parcel = owned.model_copy(update=standing)
        if parcel != old or old.id in touched or not old.version:
            pairs.append((old, parcel))
    deliveries.save(connection, [old for old, _ in pairs], [parcel for _, parcel in pairs])
    _orders_follow(connection, {parcel.order_id for _, parcel in pairs if parcel.order_id})


def _owned(parcel: Delivery, number: str, found: dict[str, Order]) -> Delivery:
    if parcel.order_id is not None:
        return parcel
    order = found.get(number)
    if order is None:
        return parcel.model_copy(update={"order_number": number})
    return parcel.model_copy(
        update={
            "order_number": number,
            "order_id": order.id,
            "customer_id": order.customer_id,
            "address": parcel.address or order.address,
        }
    )


def _orders_follow(connection: Connection, order_ids: Collection[str]) -> None:
    if not order_ids:
        return
    states: dict[str | None, list[ParcelState]] = {}
    for parcel in deliveries.of_orders(connection, order_ids):
        states.setdefault(parcel.order_id, []).append(parcel.state)
    moved = []
    for order in orders.lock(connection, order_ids):
        state = state_after(order.state, states.get(order.id, ()))
        if state is not order.state:
            moved.append((order, order.model_copy(update={"state": state})))
    orders.save(connection, [old for old, _ in moved], [new for _, new in moved])


def _known_events(connection: Connection, keys: Collection[str]) -> dict[str, Kept]:
    columns = delivery_events.c
    rows = connection.execute(
        select(columns.dedupe_key, columns.id, columns.delivery_id).where(
            among(columns.dedupe_key, keys)
        )
    )
    return {row.dedupe_key: Kept(row.id, row.delivery_id, new=False) for row in rows}


def _event_row(
    event: NewEvent, key: str, delivery_id: str, received_at: datetime
) -> dict[str, Any]:
    told = dict(event) | {"kind": event.kind.value}
    for elsewhere in ("tracking", "order_number"):
        del told[elsewhere]
    own = {"id": clock.new_id(), "delivery_id": delivery_id, "dedupe_key": key}
    return told | own | {"received_at": received_at}


_Key = tuple[str, str]
"""Tracking number and partner."""


class _Parcels:
    """The parcels with certain numbers, locked, and those that have to be made."""

    def __init__(self, connection: Connection, numbers: Collection[str]) -> None:
        self._connection = connection
        self._numbers = numbers
        self._new: list[Delivery] = []
        self._named: list[tuple[Delivery, Delivery]] = []
        self._read()

    def _read(self) -> None:
        found = deliveries.locked_by_tracking(self._connection, self._numbers)
        self._known: dict[_Key, Delivery] = {(one.tracking, one.partner): one for one in found}

    def of(self, event: NewEvent) -> Delivery:
        return self._known[event.tracking, event.partner]

    def id_of(self, key: _Key) -> str:
        return self._known[key].id

    def for_event(self, event: NewEvent) -> None:
        """See to it that there is the parcel that an event is about."""
        self._find_or_make(event.tracking, event.partner)

    def for_shipment(self, shipment: Shipment) -> _Key:
        """The parcel with this number. Where nobody says who brings it, the one that we know."""
        same = [key for key in self._known if key[0] == shipment.tracking]
        if not shipment.partner and len(same) == 1:
            return same[0]
        return self._find_or_make(shipment.tracking, shipment.partner)

    def _find_or_make(self, tracking: str, partner: str) -> _Key:
        key = tracking, partner
        if key in self._known:
            return key
        nameless = self._known.pop((tracking, ""), None)
        if nameless is None:
            now = clock.now()
            self._known[key] = Delivery(
                id=clock.new_id(),
                partner=partner,
                tracking=tracking,
                version=0,  # nobody was told of it yet
                created_at=now,
                updated_at=now,
            )
            self._new.append(self._known[key])
        else:
            # Its order told its number; now it is known who brings it.
            self._known[key] = nameless.model_copy(update={"partner": partner})
            self._named.append((nameless, self._known[key]))
        return key

    def write_new(self) -> None:
        """Those of somebody who wrote the same at the same moment are taken as they are there."""
        deliveries.save(
            self._connection, [old for old, _ in self._named], [new for _, new in self._named]
        )
        deliveries.add_new(self._connection, self._new)
        if self._new or self._named:
            self._read()
