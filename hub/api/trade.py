"""Orders and parcels as programs see them, for agents and for customers alike."""

from collections.abc import Collection, Sequence
from datetime import datetime

from pydantic import Field
from sqlalchemy import Connection

from hub.api.cursors import page, parts_of
from hub.api.operation import Paging, Shape
from hub.deliveries import Delivery, DeliveryEvent
from hub.orders import MOST_LINES, Line, Order, Wanted
from hub.references import LONGEST_NUMBER, normal
from hub.store import deliveries, trade_pages
from hub.store.ordering import Details


class OrderLine(Shape):
    sku: str
    description: str
    quantity: int
    unit_price: int


class OrderOut(Shape):
    """Amounts are whole numbers in the smallest unit of the currency (cents)."""

    id: str
    number: str
    customer_id: str
    agreement_id: str | None
    placed_at: datetime
    channel: str
    state: str = Field(description="placed, confirmed, shipped, delivered, returned or cancelled")
    currency: str
    lines: list[OrderLine]
    total: int
    reference: str = Field(description="the customer's own number for it")
    address: str
    note: str
    version: int
    updated_at: datetime


class OrdersOut(Shape):
    """The newest first."""

    items: list[OrderOut]
    next_cursor: str


class WantedLine(Shape):
    """What it costs is in the agreement."""

    sku: str = Field(min_length=1, max_length=100)
    quantity: int = Field(ge=1, le=100_000)


class OrderChange(Shape):
    """What is not named stays as it is."""

    lines: list[WantedLine] | None = Field(None, min_length=1, max_length=MOST_LINES)
    reference: str | None = Field(None, max_length=200)
    address: str | None = Field(None, max_length=1000)
    note: str | None = Field(None, max_length=2000)

    def wanted(self) -> list[Wanted] | None:
        return None if self.lines is None else wanted_of(self.lines)

    def details(self) -> Details:
        return Details(reference=self.reference, address=self.address, note=self.note)


class Cancelling(Shape):
    reason: str = Field("", max_length=500)


class Preferences(Shape):
    """Such as `{"leave_with": "neighbours"}`; what is not named is not wanted any more."""

    preferences: dict[str, str] = Field(max_length=10)


class ParcelEvent(Shape):
    kind: str
    at: datetime
    place: str
    text: str
    expected_from: datetime | None
    expected_until: datetime | None


class Parcel(Shape):
    """`events`: what its carrier told, in the order in which it happened."""

    id: str
    partner: str
    tracking: str
    order_id: str | None
    order_number: str
    customer_id: str | None
    state: str
    flags: list[str]
    expected_from: datetime | None
    expected_until: datetime | None
    delivered_at: datetime | None
    address: str
    preferences: dict[str, str]
    version: int
    events: list[ParcelEvent]


class Parcels(Shape):
    """The newest first."""

    items: list[Parcel]
    next_cursor: str


class OrderSearch(Paging):
    number: str = Field("", max_length=LONGEST_NUMBER)


class ParcelSearch(Paging):
    order_id: str = Field("", max_length=100)
    tracking: str = Field("", max_length=LONGEST_NUMBER)


def orders_page(
    connection: Connection, asked: OrderSearch, customer_ids: Collection[str] | None
) -> OrdersOut:
    """Of these customers, None for all."""
    wanted = trade_pages.WantedOrders(customer_ids, normal(asked.number))
    before = parts_of(asked.cursor, 2)
    found = trade_pages.orders_of(connection, wanted, before=before, limit=asked.limit + 1)
    some, following = page(found, asked.limit, trade_pages.place_of_order)
    return OrdersOut(items=[shown_order(one) for one in some], next_cursor=following)


def parcels_page(
    connection: Connection, asked: ParcelSearch, customer_ids: Collection[str] | None
) -> Parcels:
    """Of these customers, None for all."""
    wanted = trade_pages.WantedParcels(customer_ids, asked.order_id, normal(asked.tracking))
    before = parts_of(asked.cursor, 2)
    found = trade_pages.parcels_of(connection, wanted, before=before, limit=asked.limit + 1)
    some, following = page(found, asked.limit, trade_pages.place_of_parcel)
    return Parcels(items=with_events(connection, some), next_cursor=following)


def with_events(connection: Connection, parcels: Sequence[Delivery]) -> list[Parcel]:
    events = deliveries.events_of(connection, [one.id for one in parcels])
    return [shown_parcel(one, events.get(one.id, ())) for one in parcels]


def wanted_of(lines: Sequence[WantedLine]) -> list[Wanted]:
    return [Wanted(sku=line.sku, quantity=line.quantity) for line in lines]


def shown_order(order: Order) -> OrderOut:
    values = {name: getattr(order, name) for name in OrderOut.model_fields if name != "lines"}
    return OrderOut(**values, lines=[_line(line) for line in order.lines])


def shown_parcel(parcel: Delivery, events: Sequence[DeliveryEvent]) -> Parcel:
    values = {name: getattr(parcel, name) for name in Parcel.model_fields if name != "events"}
    return Parcel(**values | {"flags": list(parcel.flags)}, events=[_event(one) for one in events])


def _line(line: Line) -> OrderLine:
    return OrderLine(**line.model_dump())


def _event(event: DeliveryEvent) -> ParcelEvent:
    return ParcelEvent(**{name: getattr(event, name) for name in ParcelEvent.model_fields})
