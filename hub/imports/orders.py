"""Orders, one row for each line; the rows of one order stand below each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub import clock
from hub.imports import fields, whose
from hub.imports.fields import Reading
from hub.imports.kind import ACCEPTED, UNCHANGED, Cells, Column, Kind, Outcome, refused
from hub.imports.refusal import Refused
from hub.interaction import Channel
from hub.orders import HIGHEST_AMOUNT, MOST_LINES, Line, Order, OrderState, total_of
from hub.references import normal
from hub.store import orders, tracking
from hub.store.among import among
from hub.store.tables import agreements
from hub.store.tracking import Shipment

_STATES = {
    "placed": "placed", "geplaatst": "placed", "new": "placed", "nieuw": "placed",
    "confirmed": "confirmed", "bevestigd": "confirmed", "shipped": "shipped",
    "verzonden": "shipped", "sent": "shipped", "delivered": "delivered", "bezorgd": "delivered",
    "geleverd": "delivered", "returned": "returned", "retour": "returned",
    "cancelled": "cancelled", "canceled": "cancelled", "geannuleerd": "cancelled",
}  # fmt: skip
_CHANNELS = {channel.value: channel.value for channel in Channel} | {
    "web": "portal", "webshop": "portal", "telefoon": "phone", "mail": "email", "winkel": "manual",
}  # fmt: skip
_SAME = ("customer", "placed_on", "state", "currency", "agreement", "reference", "address", "note")
_KEPT = ("reference", "address", "note")
_MOST_QUANTITY = 100_000


@dataclass(frozen=True)
class Record:
    number: str
    customer: str
    agreement: str
    placed_at: datetime
    state: OrderState | None
    values: dict[str, Any]
    lines: tuple[Line, ...]
    shipments: tuple[Shipment, ...]


def _read(rows: Sequence[Cells], reading: Reading) -> Record:
    cells = rows[0]
    if len(rows) > MOST_LINES:
        raise Refused("many_lines", "number", most=MOST_LINES)
    for name in _SAME:
        if len({row[name] for row in rows if row[name]}) > 1:
            raise Refused("differs", name)
    given = {name: next((row[name] for row in rows if row[name]), "") for name in _SAME}
    placed_at = fields.moment(given["placed_on"], "placed_on", reading)
    if placed_at is None:
        raise Refused("empty", "placed_on")
    currency = fields.currency(given["currency"], "currency")
    state = fields.choice(given["state"], "state", _STATES, default=" ").strip()
    lines = tuple(_line(row, currency) for row in rows)
    return Record(
        number=fields.number(cells["number"], "number"),
        customer=whose.reference(given["customer"], "customer", reading),
        agreement=fields.number(given["agreement"], "agreement", required=False),
        placed_at=placed_at,
        state=OrderState(state) if state else None,
        values={
            "currency": currency,
            "channel": Channel(
                fields.choice(cells["channel"], "channel", _CHANNELS, default="manual")
            ),
            "reference": fields.text(given["reference"], "reference", 200),
            "address": fields.text(given["address"], "address", 1_000),
            "note": fields.text(given["note"], "note", 2_000),
        },
        lines=lines,
        shipments=tuple(dict.fromkeys(_shipments(rows))),
    )


def _line(row: Cells, currency: str) -> Line:
    price = fields.amount(row["unit_price"] or "0", "unit_price", currency)
    if not 0 <= price <= HIGHEST_AMOUNT:
        raise Refused("amount", "unit_price", value=row["unit_price"], currency=currency)
    description = fields.text(row["description"], "description", 500)
    sku = fields.text(row["sku"] or description[:100], "sku", 100, required=True)
    quantity = fields.whole(row["quantity"] or "1", "quantity", least=1, most=_MOST_QUANTITY)
    return Line(sku=sku, description=description, quantity=quantity, unit_price=price)


def _shipments(rows: Sequence[Cells]) -> list[Shipment]:
    return [
        Shipment(
            fields.number(row["tracking"], "tracking"), fields.text(row["carrier"], "carrier", 100)
        )
        for row in rows
        if row["tracking"]
    ]


def _write(connection: Connection, records: Sequence[Record]) -> list[Outcome]:
    customers = whose.by_references(connection, {record.customer for record in records})
    known = orders.by_numbers(connection, {record.number for record in records})
    locked = {one.id: one for one in orders.lock(connection, [one.id for one in known.values()])}
    agreed = _agreements(connection, {record.agreement for record in records})
    outcomes: list[Outcome] = []
    new: list[Order] = []
    changed: list[tuple[Order, Order]] = []
    shipped: list[tuple[Order, Shipment]] = []
    for record in records:
        old = locked[known[record.number].id] if record.number in known else None
        refusal, order = _order(record, old, customers, agreed)
        if order is None:
            outcomes.append(refusal)
            continue
        shipped += [(order, shipment) for shipment in record.shipments]
        if old is None:
            new.append(order)
        elif order != old:
            changed.append((old, order))
        outcomes.append(UNCHANGED if order == old else ACCEPTED)
    orders.add(connection, new)
    orders.save(connection, [old for old, _ in changed], [order for _, order in changed])
    tracking.shipped(connection, shipped)
    tracking.arrived(connection, new)
    return outcomes


def _order(
    record: Record,
    old: Order | None,
    customers: dict[str, whose.Known],
    agreed: dict[str, str],
) -> tuple[Outcome, Order | None]:
    """The order as it becomes, or why it does not."""
    customer = customers.get(record.customer)
    if customer is None:
        return refused("unknown_customer", "customer", value=record.customer), None
    if old is not None and old.customer_id != customer.id:
        return refused("other_customer", "customer"), None
    if record.agreement and record.agreement not in agreed:
        return refused("unknown_agreement", "agreement", value=record.agreement), None
    values = record.values | {
        "customer_id": customer.id,
        "agreement_id": agreed.get(record.agreement) or (old.agreement_id if old else None),
        "placed_at": record.placed_at,
        "lines": record.lines,
        "total": total_of(record.lines),
    }
    if old is not None:
        # What is left empty, and how it was ordered, stays as it is.
        kept = {
            name: values[name] or getattr(old, name) for name in ("reference", "address", "note")
        }
        state = record.state or old.state
        return ACCEPTED, old.model_copy(
            update=values | kept | {"state": state, "channel": old.channel}
        )
    return ACCEPTED, Order(
        id=clock.new_id(),
        number=record.number,
        state=record.state or OrderState.CONFIRMED,
        updated_at=clock.now(),
        **values,
    )


def _agreements(connection: Connection, numbers: set[str]) -> dict[str, str]:
    columns = agreements.c
    wanted = {normal(number) for number in numbers if number}
    rows = connection.execute(
        select(columns.number, columns.id).where(among(columns.number, wanted))
    )
    return {row.number: row.id for row in rows}


ORDERS = Kind(
    name="orders",
    columns=(
        Column(
            "number",
            ("order number", "order", "bestelnummer", "ordernummer", "nummer"),
            required=True,
        ),
        Column("customer", ("klant", "klantnummer", "customer number"), required=True),
        Column(
            "placed_on",
            ("placed at", "date", "datum", "order date", "besteldatum", "orderdatum"),
            required=True,
        ),
        Column("sku", ("article", "artikel", "artikelnummer", "article number")),
        Column("description", ("omschrijving", "product")),
        Column("quantity", ("aantal", "number of", "qty")),
        Column("unit_price", ("price", "prijs", "stukprijs")),
        Column("currency", ("valuta", "munt")),
        Column("state", ("status",)),
        Column("channel", ("kanaal",)),
        Column("agreement", ("afspraak", "contract", "contractnummer")),
        Column("reference", ("referentie", "kenmerk", "your reference", "uw kenmerk")),
        Column("address", ("adres", "delivery address", "afleveradres", "bezorgadres")),
        Column("note", ("opmerking", "remark")),
        Column(
            "tracking",
            ("tracking code", "tracking number", "volgcode", "track and trace", "zendingnummer"),
        ),
        Column("carrier", ("vervoerder", "partner")),
    ),
    read=_read,
    keys=lambda record: (record.number, *(f"#{one.tracking}" for one in record.shipments)),
    write=_write,
    grouped="number",
)
