"""Invoices as they are kept, and what was paid."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, insert, select, update

from hub import clock
from hub.events import Envelope, InvoiceChanged, wrap
from hub.invoices import Invoice
from hub.logs import correlation_id
from hub.store import outbox
from hub.store.among import among, among_named
from hub.store.tables import invoices

SOURCE = "/loket/invoices"


def by_ids(connection: Connection, invoice_ids: Collection[str]) -> list[Invoice]:
    return _read(connection, among(invoices.c.id, invoice_ids)) if invoice_ids else []


def by_numbers(connection: Connection, numbers: Collection[str]) -> dict[str, Invoice]:
    """Those that exist of these numbers, which must be `normal`."""
    return {one.number: one for one in _read(connection, among(invoices.c.number, numbers))}


def of_orders(connection: Connection, order_ids: Collection[str]) -> list[Invoice]:
    return _read(connection, among(invoices.c.order_id, order_ids))


def of_customers(
    connection: Connection, customer_ids: Collection[str], *, limit: int
) -> list[Invoice]:
    """Those still open, the longest due first, and then the last paid."""
    given = {"ids": customer_ids, "most": limit}
    return [_invoice(row) for row in connection.execute(_OF_CUSTOMERS, given)]


def add(connection: Connection, new: Sequence[Invoice]) -> None:
    """Write invoices whose numbers are new."""
    if not new:
        return
    connection.execute(insert(invoices), [_row(one) for one in new])
    outbox.add_envelopes(connection, [_told(one) for one in new])


def save(connection: Connection, changed: Sequence[Invoice]) -> None:
    if not changed:
        return
    connection.execute(_CHANGE, [_change(one) for one in changed])
    outbox.add_envelopes(connection, [_told(one) for one in changed])


_CHANGEABLE = (
    "customer_id", "order_id", "currency", "amount", "issued_on", "due_on", "paid_on", "updated_at",
)  # fmt: skip
_CHANGE = (
    update(invoices)
    .where(invoices.c.id == bindparam("changed_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGEABLE})
)


def _change(invoice: Invoice) -> dict[str, Any]:
    row = _row(invoice)
    return {"changed_id": invoice.id} | {f"new_{name}": row[name] for name in _CHANGEABLE}


def _row(invoice: Invoice) -> dict[str, Any]:
    return dict(invoice) | {"updated_at": clock.now()}


def _told(invoice: Invoice) -> Envelope:
    event = InvoiceChanged(
        invoice_id=invoice.id,
        invoice_number=invoice.number,
        customer_id=invoice.customer_id,
        order_id=invoice.order_id,
        paid=not invoice.is_open,
    )
    return wrap(event, subject=invoice.id, source=SOURCE, correlation_id=correlation_id())


def _read(connection: Connection, condition: ColumnElement[bool]) -> list[Invoice]:
    rows = connection.execute(select(invoices).where(condition).order_by(invoices.c.id))
    return [_invoice(row) for row in rows]


def _invoice(row: Row[Any]) -> Invoice:
    values = row._asdict()
    values.pop("updated_at")
    return Invoice.model_validate(values)


# Made once: making it takes longer than running it.
_OF_CUSTOMERS = (
    select(invoices)
    .where(among_named(invoices.c.customer_id, "ids"))
    .order_by(
        invoices.c.paid_on.desc().nulls_first(),
        invoices.c.due_on.asc().nulls_last(),
        invoices.c.id,
    )
    .limit(bindparam("most"))
)
