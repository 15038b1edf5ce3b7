"""Agreements, orders and parcels of a customer, for their own programs."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from pydantic import Field
from sqlalchemy import Connection

from connectors.portal.member import Member, refuse_right
from hub.api.operation import Answer, Call, Operation, Shape
from hub.api.trade import (
    Cancelling,
    OrderChange,
    OrderOut,
    OrderSearch,
    OrdersOut,
    Parcel,
    Parcels,
    ParcelSearch,
    Preferences,
    WantedLine,
    orders_page,
    parcels_page,
    shown_order,
    wanted_of,
    with_events,
)
from hub.deliveries import Delivery
from hub.errors import Rejected
from hub.interaction import Channel
from hub.orders import MOST_LINES, Order
from hub.store import deliveries, ordering, orders, tracking
from hub.store.customers import Agreement as Agreed
from hub.store.ordering import Details


class Agreement(Shape):
    """`details`: such as `prices`, by article, in the smallest unit of the currency."""

    id: str
    number: str
    kind: str = Field(description="contract, sla, price or promise")
    title: str
    terms: str
    valid_from: datetime
    valid_until: datetime | None
    due_at: datetime | None = Field(description="of a promise")
    with_organisation: bool
    details: dict[str, Any]


class Agreements(Shape):
    """What holds now."""

    items: list[Agreement]


class NewOrder(Shape):
    """Under an agreement, at the prices of it."""

    agreement_id: str = Field(min_length=1, max_length=100)
    lines: list[WantedLine] = Field(min_length=1, max_length=MOST_LINES)
    reference: str = Field("", max_length=200, description="your own number for it")
    address: str = Field("", max_length=1000)
    note: str = Field("", max_length=2000)


def operations() -> Sequence[Operation[Member]]:
    order, parcel = "/orders/{id}", "/deliveries/{id}"
    return [
        Operation(
            "GET", "/agreements", "listAgreements", "agreements", "What was agreed with you",
            "agreements:read", Agreements, read=_agreements,
        ),
        Operation(
            "GET", "/agreements/{id}", "readAgreement", "agreements", "Read one agreement",
            "agreements:read", Agreement, read=_agreement,
        ),
        Operation(
            "GET", "/orders", "listOrders", "orders", "Your orders", "orders:read", OrdersOut,
            asks=OrderSearch, read=_orders,
        ),
        Operation(
            "POST", "/orders", "placeOrder", "orders", "Place an order", "orders:write", OrderOut,
            takes=NewOrder, write=_place, status=HTTPStatus.CREATED,
        ),
        Operation(
            "GET", order, "readOrder", "orders", "Read one order", "orders:read", OrderOut,
            read=_order,
        ),
        Operation(
            "PATCH", order, "changeOrder", "orders", "Change an order", "orders:write", OrderOut,
            takes=OrderChange, state=_locked_order, write=_change,
        ),
        Operation(
            "POST", order + "/cancel", "cancelOrder", "orders", "Cancel an order", "orders:write",
            OrderOut, takes=Cancelling, state=_locked_order, write=_cancel,
        ),
        Operation(
            "GET", "/deliveries", "listDeliveries", "deliveries", "Your parcels",
            "deliveries:read", Parcels, asks=ParcelSearch, read=_parcels,
        ),
        Operation(
            "GET", parcel, "readDelivery", "deliveries", "Where one is", "deliveries:read", Parcel,
            read=_parcel,
        ),
        Operation(
            "PATCH", parcel, "changeDelivery", "deliveries", "How it is to be brought",
            "deliveries:write", Parcel, takes=Preferences, state=_locked_parcel, write=_prefer,
        ),
    ]  # fmt: skip


def _agreements(connection: Connection, call: Call[Member]) -> Agreements:  # noqa: ARG001
    return Agreements(items=[_shown(one) for one in call.caller.customer.agreements])


def _agreement(connection: Connection, call: Call[Member]) -> Agreement:  # noqa: ARG001
    for one in call.caller.customer.agreements:
        if one.id == call.id:
            return _shown(one)
    raise Rejected("no_agreement", "There is no such agreement.", status=404)


def _orders(connection: Connection, call: Call[Member]) -> OrdersOut:
    return orders_page(connection, call.query, call.caller.parties)


def _place(connection: Connection, call: Call[Member]) -> Answer:
    body: NewOrder = call.body
    customer_id = call.caller.customer.id
    if not call.caller.may_order_under(body.agreement_id):
        refuse_right()
    order = ordering.place(
        connection,
        customer_id=customer_id,
        agreement_id=body.agreement_id,
        wanted=wanted_of(body.lines),
        channel=Channel.PORTAL,
        actor=customer_id,
        details=Details(reference=body.reference, address=body.address, note=body.note),
    )
    return Answer(shown_order(order), location=f"/orders/{order.id}")


def _order(connection: Connection, call: Call[Member]) -> OrderOut:
    return shown_order(_own_order(orders.by_ids(connection, [call.id]), call))


def _locked_order(connection: Connection, call: Call[Member]) -> OrderOut:
    order = _own_order(orders.lock(connection, [call.id]), call)
    if not call.caller.may_change(order):
        refuse_right()
    return shown_order(order)


def _change(connection: Connection, call: Call[Member]) -> Answer:
    body: OrderChange = call.body
    order = ordering.change(
        connection,
        call.id,
        version=_order(connection, call).version,
        actor=call.caller.customer.id,
        wanted=body.wanted(),
        details=body.details(),
    )
    return Answer(shown_order(order))


def _cancel(connection: Connection, call: Call[Member]) -> Answer:
    order = ordering.cancel(
        connection,
        call.id,
        version=_order(connection, call).version,
        actor=call.caller.customer.id,
        reason=call.body.reason,
    )
    return Answer(shown_order(order))


def _own_order(found: list[Order], call: Call[Member]) -> Order:
    if not found or found[0].customer_id not in call.caller.parties:
        raise Rejected("no_order", "This order does not exist.", status=404)
    return found[0]


def _parcels(connection: Connection, call: Call[Member]) -> Parcels:
    return parcels_page(connection, call.query, call.caller.parties)


def _parcel(connection: Connection, call: Call[Member]) -> Parcel:
    return _own_parcel(connection, deliveries.by_ids(connection, [call.id]), call)


def _locked_parcel(connection: Connection, call: Call[Member]) -> Parcel:
    found = deliveries.locked(connection, [call.id])
    shown = _own_parcel(connection, found, call)
    if not call.caller.may_receive(found[0].customer_id):
        refuse_right()
    return shown


def _prefer(connection: Connection, call: Call[Member]) -> Answer:
    parcel = tracking.prefer(
        connection,
        call.id,
        version=_parcel(connection, call).version,
        wishes=call.body.preferences,
        actor=call.caller.customer.id,
    )
    return Answer(with_events(connection, [parcel])[0])


def _own_parcel(connection: Connection, found: list[Delivery], call: Call[Member]) -> Parcel:
    if not found or found[0].customer_id not in call.caller.parties:
        raise Rejected("no_delivery", "This delivery does not exist.", status=404)
    return with_events(connection, found)[0]


def _shown(agreed: Agreed) -> Agreement:
    return Agreement(**{name: getattr(agreed, name) for name in Agreement.model_fields})
