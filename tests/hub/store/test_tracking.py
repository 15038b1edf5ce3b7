"""What partners tell: once, late, in any order, and about parcels that nobody knows yet."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from house import JAN, NOW, order, people
from hub.deliveries import Delivery, EventKind, Flag, NewEvent, ParcelState
from hub.errors import Rejected
from hub.orders import Order
from hub.store import Database, deliveries, orders, tables
from hub.store.tracking import Shipment, arrived, prefer, record, shipped
from stores import count, only, rows, told

STORY = (EventKind.ACCEPTED, EventKind.IN_TRANSIT, EventKind.ATTEMPTED, EventKind.DELIVERED)


def event(kind: EventKind, hours: int = 0, *, tracking: str = "3s1", **more: Any) -> NewEvent:
    values = {
        "partner": "bode", "tracking": tracking, "external_id": f"{tracking}-{kind}-{hours}",
        "kind": kind, "occurred_at": NOW + timedelta(hours=hours),
    }  # fmt: skip
    return NewEvent.model_validate(values | more)


async def known(database: Database, *numbers: str) -> list[Order]:
    await database.write(people)
    new = [order(number) for number in numbers]
    await database.write(lambda c: orders.add(c, new))
    return new


async def one(database: Database) -> Delivery:
    row = await only(database, tables.deliveries)
    [parcel] = await database.read(lambda c: deliveries.by_ids(c, [row.id]))
    return parcel


async def test_events_in_any_order_and_twice_leave_the_same(database: Database) -> None:
    [order] = await known(database, "VK-1")
    story = [event(kind, hours, order_number="vk-1") for hours, kind in enumerate(STORY)]
    for events in ([story[3], story[1]], story, story[::-1]):
        await database.write(lambda c, e=events: record(c, e))
    parcel = await one(database)
    assert (parcel.state, parcel.order_id, parcel.customer_id) == ("delivered", order.id, JAN)
    assert (parcel.delivered_at, parcel.flags) == (NOW + timedelta(hours=3), ())
    assert await count(database, tables.delivery_events) == 4
    assert (await only(database, tables.orders)).state == "delivered"
    timeline = await database.read(lambda c: deliveries.events_of(c, [parcel.id]))
    assert [one.kind for one in timeline[parcel.id]] == list(STORY)


async def test_each_event_is_answered_and_told_once(database: Database) -> None:
    first, second = event(EventKind.ACCEPTED), event(EventKind.LOST, 1)
    kept = await database.write(lambda c: record(c, [first, first, second]))
    assert [one.new for one in kept] == [True, False, True]
    assert kept[0].event_id == kept[1].event_id
    again = await database.write(lambda c: record(c, [second]))
    assert [(one.event_id, one.new) for one in again] == [(kept[2].event_id, False)]
    [envelope] = await told(database)
    assert (envelope.topic, envelope.event.model_dump()["state"]) == ("delivery.changed", "lost")


async def test_a_parked_parcel_waits_for_the_order_that_its_partner_named(
    database: Database,
) -> None:
    await database.write(lambda c: record(c, [event(EventKind.IN_TRANSIT, order_number="VK-1")]))
    assert (await one(database)).is_parked
    new = await known(database, "VK-1")
    await database.write(lambda c: arrived(c, new))
    parcel = await one(database)
    assert (parcel.order_id, parcel.address) == (new[0].id, "Dam 1")
    assert (await only(database, tables.orders)).state == "shipped"
    assert [e.topic for e in await told(database)][-2:] == ["delivery.changed", "order.changed"]


@pytest.mark.parametrize("first", ["event", "order"])
async def test_a_parcel_finds_the_order_that_told_its_number(
    database: Database, first: str
) -> None:
    """Whichever comes first, and though the order does not say who brings it."""
    [order] = await known(database, "VK-1")

    def tell(c: Connection) -> None:
        record(c, [event(EventKind.IN_TRANSIT)])

    def ship(c: Connection) -> None:
        shipped(c, [(order, Shipment(" 3s1 "))])

    for work in (tell, ship) if first == "event" else (ship, tell):
        await database.write(work)
    parcel = await one(database)
    assert (parcel.partner, parcel.order_id, parcel.state) == ("bode", order.id, "in_transit")
    await database.write(ship)
    assert await one(database) == parcel


async def test_a_parcel_stays_with_its_order(database: Database) -> None:
    order, other = await known(database, "VK-1", "VK-2")
    await database.write(lambda c: shipped(c, [(order, Shipment("3S1", "bode"))]))
    await database.write(lambda c: shipped(c, [(other, Shipment("3S1", "bode"))]))
    await database.write(lambda c: record(c, [event(EventKind.LOST, order_number="VK-2")]))
    assert (await one(database)).order_id == order.id


async def test_two_partners_may_use_one_number(database: Database) -> None:
    events = [event(EventKind.ACCEPTED), event(EventKind.DELIVERED, partner="koerier")]
    await database.write(lambda c: record(c, events))
    found = {row.partner: row.state for row in await rows(database, tables.deliveries)}
    assert found == {"bode": "accepted", "koerier": "delivered"}


async def test_what_cannot_be_is_flagged(database: Database) -> None:
    events = [event(EventKind.DELIVERED), event(EventKind.IN_TRANSIT, 1)]
    await database.write(lambda c: record(c, events))
    parcel = await one(database)
    assert (parcel.state, parcel.flags) == (ParcelState.DELIVERED, (Flag.AFTER_DELIVERED,))


async def test_wishes_are_kept_until_it_has_arrived(database: Database) -> None:
    await database.write(lambda c: record(c, [event(EventKind.IN_TRANSIT)]))
    parcel = await one(database)
    wishes = {"leave_with": "neighbours"}

    def ask(c: Connection, version: int = parcel.version) -> Delivery:
        return prefer(c, parcel.id, version=version, wishes=wishes, actor=JAN)

    assert (await database.write(ask)).preferences == wishes
    with pytest.raises(Rejected, match="changed"):
        await database.write(ask)
    await database.write(lambda c: record(c, [event(EventKind.DELIVERED, 1)]))
    now = await one(database)
    assert now.preferences == wishes
    with pytest.raises(Rejected, match="has ended"):
        await database.write(lambda c: ask(c, now.version))
