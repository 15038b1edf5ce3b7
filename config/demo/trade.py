"""What the customers of the demo organisation ordered, where it is, and what they have to pay."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from config.demo import example
from config.demo.example import Sold
from hub import clock
from hub.deliveries import EventKind, NewEvent
from hub.interaction import Channel, Party, PointKind
from hub.invoices import Invoice
from hub.orders import Line, Order, OrderState, total_of
from hub.store import invoices, orders, tracking
from hub.store.tables import contact_points, customers
from hub.store.tracking import Shipment

CARRIER = "Snelpost"
_TO_PAY = timedelta(days=14)
_OFFICE_HOUR = 9
_BRINGS_BETWEEN = (timedelta(days=2, hours=1), timedelta(days=2, hours=5))
"""After the order was placed."""


def add(connection: Connection, now: datetime) -> None:
    for mail, sold in example.sales().orders.items():
        customer = _customer(connection, mail)
        for one in sold:
            _add(connection, one, customer, now)


def _customer(connection: Connection, mail: str) -> Any:
    key = Party(kind=PointKind.EMAIL, value=mail).key
    organisations = customers.alias("organisations")
    return connection.execute(
        select(
            customers.c.id,
            customers.c.language,
            customers.c.attributes,
            organisations.c.attributes.label("of_the_organisation"),
        )
        .join(contact_points, contact_points.c.customer_id == customers.c.id)
        .outerjoin(organisations, organisations.c.id == customers.c.organisation_id)
        .where(contact_points.c.key == key)
    ).one()


def _add(connection: Connection, sold: Sold, customer: Any, now: datetime) -> None:
    order = _order(sold, customer, now)
    orders.add(connection, [order])
    if sold.parcel:
        shipment = Shipment(tracking_of(sold), CARRIER)
        tracking.shipped(connection, [(order, shipment)])
        tracking.record(connection, _events(sold, shipment, order.placed_at, now), received_at=now)
    if sold.invoice:
        invoices.add(connection, [_invoice(sold, order)])


def tracking_of(sold: Sold) -> str:
    return f"SP00{sold.number}"


def _order(sold: Sold, customer: Any, now: datetime) -> Order:
    placed_at = (now - timedelta(days=sold.days)).replace(
        hour=_OFFICE_HOUR, minute=int(sold.number) % 60, second=0, microsecond=0
    )
    placed_at = min(placed_at, now - timedelta(minutes=20))
    products = example.sales().products
    lines = tuple(
        Line(
            sku=sku,
            description=getattr(products[sku], customer.language),
            quantity=quantity,
            unit_price=products[sku].price,
        )
        for sku, quantity in sold.lines.items()
    )
    return Order(
        id=clock.new_id(),
        number=sold.number,
        customer_id=customer.id,
        placed_at=placed_at,
        channel=Channel.PORTAL,
        state=OrderState.CONFIRMED if sold.parcel else OrderState.PLACED,
        currency="EUR",
        lines=lines,
        total=total_of(lines),
        address=_address(customer),
        updated_at=placed_at,
    )


def _address(customer: Any) -> str:
    known = (customer.of_the_organisation or {}) | customer.attributes
    parts = [known.get("address"), known.get("postcode"), known.get("city")]
    return ", ".join(part for part in parts if part)


def _events(sold: Sold, shipment: Shipment, placed_at: datetime, now: datetime) -> list[NewEvent]:
    """What happened until now. The first one says when it is to come."""
    begin, end = (placed_at + after for after in _BRINGS_BETWEEN)
    story = example.sales().parcels[sold.parcel]
    return [
        NewEvent(
            partner=shipment.partner,
            tracking=shipment.tracking,
            external_id=f"{shipment.tracking}-{number}",
            kind=one.kind,
            occurred_at=placed_at + timedelta(hours=one.hours),
            expected_from=begin if one.kind is EventKind.ANNOUNCED else None,
            expected_until=end if one.kind is EventKind.ANNOUNCED else None,
            place=one.place,
            text=one.text,
        )
        for number, one in enumerate(story)
        if placed_at + timedelta(hours=one.hours) <= now
    ]


def _invoice(sold: Sold, order: Order) -> Invoice:
    due_on = (order.placed_at + _TO_PAY).date()
    return Invoice(
        id=clock.new_id(),
        number=sold.invoice,
        customer_id=order.customer_id,
        order_id=order.id,
        currency=order.currency,
        amount=order.total,
        issued_on=order.placed_at.date(),
        due_on=due_on,
        paid_on=None if sold.paid is None else due_on + timedelta(days=sold.paid),
    )
