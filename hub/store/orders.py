"""Orders as they are kept. Every change is told on the bus in the same transaction.

Who may change what is in `ordering`; where the parcels of an order are, in `tracking`.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, insert, select, update

from hub import clock
from hub.events import Envelope, OrderChanged, wrap
from hub.logs import correlation_id
from hub.orders import Order
from hub.store import outbox
from hub.store.among import among, among_named
from hub.store.tables import order_numbers, orders

SOURCE = "/loket/orders"
PREFIX = "LK-"
"""What the numbers that we give begin with."""


def by_ids(connection: Connection, order_ids: Collection[str]) -> list[Order]:
    return _read(connection, among(orders.c.id, order_ids)) if order_ids else []


def by_numbers(connection: Connection, numbers: Collection[str]) -> dict[str, Order]:
    """Those that exist of these numbers, which must be `normal`."""
    return {one.number: one for one in _read(connection, among(orders.c.number, numbers))}


def of_customers(
    connection: Connection, customer_ids: Collection[str], *, limit: int
) -> list[Order]:
    """Their last orders, newest first."""
    given = {"ids": customer_ids, "most": limit}
    return [_order(row) for row in connection.execute(_OF_CUSTOMERS, given)]


def lock(connection: Connection, order_ids: Collection[str]) -> list[Order]:
    """The orders as they are now; whoever else changes one waits until we are done."""
    these = select(orders).where(among(orders.c.id, order_ids)).order_by(orders.c.id)
    return [_order(row) for row in connection.execute(these.with_for_update())]


def next_number(connection: Connection) -> tuple[str, int]:
    """A number that nobody else gets, and how many we had given before it, more or less."""
    if connection.dialect.name == "postgresql":
        counted: int = connection.execute(select(order_numbers.next_value())).scalar_one()
    else:
        highest = connection.execute(select(func.max(orders.c.counted))).scalar()
        counted = (highest or (order_numbers.start or 1) - 1) + 1
    return f"{PREFIX}{counted}", counted


def add(connection: Connection, new: Sequence[Order], *, counted: int | None = None) -> None:
    """Write orders whose numbers are new. `counted`: of the one to which we gave its number."""
    if not new:
        return
    connection.execute(insert(orders), [_row(one) | {"counted": counted} for one in new])
    outbox.add_envelopes(connection, [_told(one, "") for one in new])


def save(connection: Connection, former: Sequence[Order], changed: Sequence[Order]) -> list[Order]:
    """Write changed orders, which the caller has locked, each beside what it was.

    Gives them with their new version.
    """
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
    "customer_id", "agreement_id", "placed_at", "channel", "state", "currency", "lines", "total",
    "reference", "address", "note", "version", "updated_at",
)  # fmt: skip
_CHANGE = (
    update(orders)
    .where(orders.c.id == bindparam("changed_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGEABLE})
)


def _change(order: Order) -> dict[str, Any]:
    row = _row(order)
    return {"changed_id": order.id} | {f"new_{name}": row[name] for name in _CHANGEABLE}


def _row(order: Order) -> dict[str, Any]:
    return dict(order) | {
        "channel": order.channel.value,
        "state": order.state.value,
        "lines": [line.model_dump(mode="json") for line in order.lines],
    }


def _told(order: Order, former_state: str) -> Envelope:
    event = OrderChanged(
        order_id=order.id,
        order_number=order.number,
        customer_id=order.customer_id,
        state=order.state,
        former_state=former_state,
        revision=order.version,
    )
    return wrap(event, subject=order.id, source=SOURCE, correlation_id=correlation_id())


def _read(connection: Connection, condition: ColumnElement[bool]) -> list[Order]:
    rows = connection.execute(select(orders).where(condition).order_by(orders.c.id))
    return [_order(row) for row in rows]


def _order(row: Row[Any]) -> Order:
    values = row._asdict()
    values.pop("counted")
    return Order.model_validate(values)


# Made once: making it takes longer than running it.
_OF_CUSTOMERS = (
    select(orders)
    .where(among_named(orders.c.customer_id, "ids"))
    .order_by(orders.c.placed_at.desc(), orders.c.id.desc())
    .limit(bindparam("most"))
)
