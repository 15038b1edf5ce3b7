"""Orders and deliveries for programs: the same rules as for who orders by hand."""

from collections.abc import Sequence
from http import HTTPStatus

from pydantic import Field
from sqlalchemy import Connection

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
from hub.store import customer_book, deliveries, ordering, orders, tracking
from hub.store.agents import Agent
from hub.store.ordering import Details


class OrdersOf(OrderSearch):
    customer_id: str = Field("", max_length=100)


class ParcelsOf(ParcelSearch):
    customer_id: str = Field("", max_length=100)


class NewOrder(Shape):
    """Under an agreement with the customer, at the prices of it."""

    customer_id: str = Field(min_length=1, max_length=100)
    agreement_id: str = Field(min_length=1, max_length=100)
    lines: list[WantedLine] = Field(min_length=1, max_length=MOST_LINES)
    reference: str = Field("", max_length=200)
    address: str = Field("", max_length=1000)
    note: str = Field("", max_length=2000)


def operations() -> Sequence[Operation[Agent]]:
    order, parcel = "/orders/{id}", "/deliveries/{id}"
    return [
        Operation(
            "GET", "/orders", "listOrders", "orders", "List orders", "orders:read", OrdersOut,
            asks=OrdersOf, read=_orders,
        ),
        Operation(
            "POST", "/orders", "placeOrder", "orders", "Place an order for a customer",
            "orders:write", OrderOut, takes=NewOrder, write=_place, status=HTTPStatus.CREATED,
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
            "GET", "/deliveries", "listDeliveries", "deliveries", "List parcels",
            "deliveries:read", Parcels, asks=ParcelsOf, read=_parcels,
        ),
        Operation(
            "GET", parcel, "readDelivery", "deliveries", "Read one parcel, with its events",
            "deliveries:read", Parcel, read=_parcel,
        ),
        Operation(
            "PATCH", parcel, "changeDelivery", "deliveries", "Set how it is to be brought",
            "deliveries:write", Parcel, takes=Preferences, state=_locked_parcel, write=_prefer,
        ),
    ]  # fmt: skip


def _orders(connection: Connection, call: Call[Agent]) -> OrdersOut:
    return orders_page(connection, call.query, _named(call.query.customer_id))


def _place(connection: Connection, call: Call[Agent]) -> Answer:
    body: NewOrder = call.body
    if customer_book.find(connection, body.customer_id) is None:
        raise Rejected("no_customer", "There is no such customer.", status=422)
    order = ordering.place(
        connection,
        customer_id=body.customer_id,
        agreement_id=body.agreement_id,
        wanted=wanted_of(body.lines),
        channel=Channel.MANUAL,
        actor=call.caller.id,
        details=Details(reference=body.reference, address=body.address, note=body.note),
    )
    return Answer(shown_order(order), location=f"/orders/{order.id}")


def _order(connection: Connection, call: Call[Agent]) -> OrderOut:
    return shown_order(_found(orders.by_ids(connection, [call.id])))


def _locked_order(connection: Connection, call: Call[Agent]) -> OrderOut:
    return shown_order(_found(orders.lock(connection, [call.id])))


def _change(connection: Connection, call: Call[Agent]) -> Answer:
    body: OrderChange = call.body
    order = ordering.change(
        connection,
        call.id,
        version=_order(connection, call).version,
        actor=call.caller.id,
        wanted=body.wanted(),
        details=body.details(),
    )
    return Answer(shown_order(order))


def _cancel(connection: Connection, call: Call[Agent]) -> Answer:
    order = ordering.cancel(
        connection,
        call.id,
        version=_order(connection, call).version,
        actor=call.caller.id,
        reason=call.body.reason,
    )
    return Answer(shown_order(order))


def _found(found: list[Order]) -> Order:
    if not found:
        raise Rejected("no_order", "This order does not exist.", status=404)
    return found[0]


def _parcels(connection: Connection, call: Call[Agent]) -> Parcels:
    return parcels_page(connection, call.query, _named(call.query.customer_id))


def _named(customer_id: str) -> list[str] | None:
    return [customer_id] if customer_id else None


def _parcel(connection: Connection, call: Call[Agent]) -> Parcel:
    return _one_parcel(connection, deliveries.by_ids(connection, [call.id]))


def _locked_parcel(connection: Connection, call: Call[Agent]) -> Parcel:
    return _one_parcel(connection, deliveries.locked(connection, [call.id]))


def _prefer(connection: Connection, call: Call[Agent]) -> Answer:
    parcel = tracking.prefer(
        connection,
        call.id,
        version=_parcel(connection, call).version,
        wishes=call.body.preferences,
        actor=call.caller.id,
    )
    return Answer(with_events(connection, [parcel])[0])


def _one_parcel(connection: Connection, found: list[Delivery]) -> Parcel:
    if not found:
        raise Rejected("no_delivery", "This delivery does not exist.", status=404)
    return with_events(connection, found)[0]
