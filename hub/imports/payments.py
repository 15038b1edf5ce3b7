"""Invoices and what was paid, known again by the number of the invoice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from hub import clock
from hub.imports import fields, whose
from hub.imports.fields import Reading
from hub.imports.kind import ACCEPTED, UNCHANGED, Cells, Column, Kind, Outcome, refused
from hub.imports.refusal import Refused
from hub.invoices import Invoice
from hub.orders import HIGHEST_AMOUNT
from hub.store import invoices, orders


@dataclass(frozen=True)
class Record:
    number: str
    customer: str
    order: str
    values: dict[str, Any]


def _read(rows: Sequence[Cells], reading: Reading) -> Record:
    cells = rows[0]
    currency = fields.currency(cells["currency"], "currency")
    if not cells["amount"]:
        raise Refused("empty", "amount")
    amount = fields.amount(cells["amount"], "amount", currency)
    if abs(amount) > HIGHEST_AMOUNT:
        raise Refused("amount", "amount", value=cells["amount"], currency=currency)
    return Record(
        number=fields.number(cells["number"], "number"),
        customer=whose.reference(cells["customer"], "customer", reading),
        order=fields.number(cells["order"], "order", required=False),
        values={
            "currency": currency,
            "amount": amount,
            "issued_on": fields.day(cells["issued_on"], "issued_on", reading),
            "due_on": fields.day(cells["due_on"], "due_on", reading),
            "paid_on": fields.day(cells["paid_on"], "paid_on", reading),
        },
    )


def _write(connection: Connection, records: Sequence[Record]) -> list[Outcome]:
    customers = whose.by_references(connection, {record.customer for record in records})
    known = invoices.by_numbers(connection, {record.number for record in records})
    sold = orders.by_numbers(connection, {record.order for record in records if record.order})
    outcomes, new, changed = [], [], []
    for record in records:
        customer, old = customers.get(record.customer), known.get(record.number)
        if customer is None:
            outcomes.append(refused("unknown_customer", "customer", value=record.customer))
        elif old is not None and old.customer_id != customer.id:
            outcomes.append(refused("other_customer", "customer"))
        elif record.order and record.order not in sold:
            outcomes.append(refused("unknown_order", "order", value=record.order))
        else:
            order_id = sold[record.order].id if record.order else None
            invoice = _invoice(record, old, customer.id, order_id)
            outcomes.append(UNCHANGED if invoice == old else ACCEPTED)
            if old is None:
                new.append(invoice)
            elif invoice != old:
                changed.append(invoice)
    invoices.add(connection, new)
    invoices.save(connection, changed)
    return outcomes


def _invoice(
    record: Record, old: Invoice | None, customer_id: str, order_id: str | None
) -> Invoice:
    """What is left empty stays as it is."""
    if old is None:
        own = {"id": clock.new_id(), "number": record.number, "customer_id": customer_id}
        return Invoice.model_validate(own | {"order_id": order_id} | record.values)
    given = {name: value for name, value in record.values.items() if value is not None}
    return old.model_copy(update=given | {"order_id": order_id or old.order_id})


PAYMENTS = Kind(
    name="payments",
    columns=(
        Column(
            "number",
            ("invoice number", "invoice", "factuurnummer", "factuur", "nummer"),
            required=True,
        ),
        Column("customer", ("klant", "klantnummer", "customer number"), required=True),
        Column("amount", ("bedrag", "total", "totaal"), required=True),
        Column("order", ("order number", "bestelnummer", "bestelling", "ordernummer")),
        Column("currency", ("valuta", "munt")),
        Column("issued_on", ("date", "datum", "invoice date", "factuurdatum", "issued")),
        Column("due_on", ("due", "due date", "vervaldatum", "uiterste betaaldatum")),
        Column("paid_on", ("paid", "payment date", "betaald op", "betaaldatum", "betaald")),
    ),
    read=_read,
    keys=lambda record: (record.number,),
    write=_write,
)
