"""Orders and parcels a page at a time, the newest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, or_, select

from hub.deliveries import Delivery
from hub.errors import Rejected
from hub.orders import Order
from hub.store import deliveries, orders
from hub.store.among import among
from hub.store.tables import deliveries as parcels_table
from hub.store.tables import orders as orders_table


@dataclass(frozen=True)
class WantedOrders:
    """Of these customers, None for all."""

    customer_ids: Collection[str] | None = None
    number: str = ""


@dataclass(frozen=True)
class WantedParcels:
    """Of these customers, None for all."""

    customer_ids: Collection[str] | None = None
    order_id: str = ""
    tracking: str = ""


def orders_of(
    connection: Connection, wanted: WantedOrders, *, before: Sequence[str] | None, limit: int
) -> list[Order]:
    """`before`: the place of the last one seen."""
    columns = orders_table.c
    conditions = _before(columns.placed_at, columns.id, before)
    if wanted.customer_ids is not None:
        conditions.append(among(columns.customer_id, wanted.customer_ids))
    if wanted.number:
        conditions.append(columns.number == wanted.number)
    ids = _ids(connection, columns.id, columns.placed_at, conditions, limit)
    found = {one.id: one for one in orders.by_ids(connection, ids)}
    return [found[one] for one in ids]


def parcels_of(
    connection: Connection, wanted: WantedParcels, *, before: Sequence[str] | None, limit: int
) -> list[Delivery]:
    columns = parcels_table.c
    conditions = _before(columns.created_at, columns.id, before)
    if wanted.customer_ids is not None:
        conditions.append(among(columns.customer_id, wanted.customer_ids))
    if wanted.order_id:
        conditions.append(columns.order_id == wanted.order_id)
    if wanted.tracking:
        conditions.append(columns.tracking == wanted.tracking)
    ids = _ids(connection, columns.id, columns.created_at, conditions, limit)
    found = {one.id: one for one in deliveries.by_ids(connection, ids)}
    return [found[one] for one in ids]


def place_of_order(order: Order) -> tuple[str, str]:
    return order.placed_at.isoformat(), order.id


def place_of_parcel(parcel: Delivery) -> tuple[str, str]:
    return parcel.created_at.isoformat(), parcel.id


def _before(
    at: Column[Any], id_: Column[Any], place: Sequence[str] | None
) -> list[ColumnElement[bool]]:
    if place is None:
        return []
    moment, last = place
    try:
        seen = datetime.fromisoformat(moment)
        seen.astimezone()
    except (ValueError, OverflowError) as error:
        raise Rejected("cursor", "This cursor is none of ours.", status=422) from error
    if seen.tzinfo is None:
        raise Rejected("cursor", "This cursor is none of ours.", status=422)
    return [or_(at < seen, and_(at == seen, id_ < last))]


def _ids(
    connection: Connection,
    id_: Column[Any],
    at: Column[Any],
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
) -> list[str]:
    selection = select(id_).where(*conditions).order_by(at.desc(), id_.desc()).limit(limit)
    return list(connection.execute(selection).scalars())
