"""What was agreed with customers, known again by the number of the agreement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, null, select, update

from hub import clock
from hub.imports import fields, whose
from hub.imports.fields import Reading
from hub.imports.kind import ACCEPTED, UNCHANGED, Cells, Column, Kind, Outcome, refused
from hub.imports.refusal import Refused
from hub.store.among import among
from hub.store.tables import agreements

_KINDS = {
    "contract": "contract", "sla": "sla", "service level": "sla", "price": "price",
    "prijs": "price", "promise": "promise", "belofte": "promise", "toezegging": "promise",
}  # fmt: skip
_COLUMNS = ("customer_id", "kind", "title", "terms", "valid_from", "valid_until", "due_at", "owner")
_CHANGE = (
    update(agreements)
    .where(agreements.c.id == bindparam("changed_id"))
    .values({name: bindparam(f"new_{name}") for name in (*_COLUMNS, "details")})
)


@dataclass(frozen=True)
class Record:
    number: str
    customer: str
    values: dict[str, Any]
    details: dict[str, Any]


def _read(rows: Sequence[Cells], reading: Reading) -> Record:
    cells = rows[0]
    begin = fields.moment(cells["from"], "from", reading)
    if begin is None:
        raise Refused("empty", "from")
    end = fields.moment(cells["until"], "until", reading)
    _after(begin, end)
    return Record(
        number=fields.number(cells["number"], "number"),
        customer=whose.reference(cells["customer"], "customer", reading),
        values={
            "kind": fields.choice(cells["kind"], "kind", _KINDS, default="contract"),
            "title": fields.text(cells["title"], "title", 500, required=True),
            "terms": fields.text(cells["terms"], "terms", 20_000),
            "valid_from": begin,
            "valid_until": end,
            "due_at": fields.moment(cells["due"], "due", reading),
            "owner": fields.text(cells["owner"], "owner", 100),
        },
        details={name: _detail(name, text) for name, text in cells.details.items()},
    )


def _after(begin: datetime, end: datetime | None) -> None:
    if end is not None and end < begin:
        raise Refused("order_of_days", "until", other="from")


def _detail(name: str, text: str) -> str | int:
    """What hub/orders.py reads is a number; all else stays as it is written."""
    match name:
        case "max_order_total":
            return fields.amount(text, name, "EUR")
        case "cancel_until":
            return fields.whole(text, name, least=0, most=100_000)
        case _:
            return fields.text(text, name, 2_000)


def _write(connection: Connection, records: Sequence[Record]) -> list[Outcome]:
    customers = whose.by_references(connection, {record.customer for record in records})
    numbers = {record.number for record in records}
    rows = connection.execute(select(agreements).where(among(agreements.c.number, numbers)))
    known = {row.number: row for row in rows}
    outcomes: list[Outcome] = []
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for record in records:
        customer = customers.get(record.customer)
        old = known.get(record.number)
        if customer is None:
            outcomes.append(refused("unknown_customer", "customer", value=record.customer))
            continue
        if old is not None and old.customer_id != customer.id:
            outcomes.append(refused("other_customer", "customer"))
            continue
        values = record.values | {"customer_id": customer.id}
        if old is None:
            own = {"id": clock.new_id(), "number": record.number}
            new.append(values | own | {"details": record.details or null()})
            outcomes.append(ACCEPTED)
            continue
        details = (old.details or {}) | record.details
        same = all(getattr(old, name) == values[name] for name in _COLUMNS)
        if same and details == (old.details or {}):
            outcomes.append(UNCHANGED)
            continue
        change = {f"new_{name}": values[name] for name in _COLUMNS}
        changed.append(change | {"changed_id": old.id, "new_details": details})
        outcomes.append(ACCEPTED)
    if new:
        connection.execute(insert(agreements), new)
    if changed:
        connection.execute(_CHANGE, changed)
    return outcomes


AGREEMENTS = Kind(
    name="agreements",
    columns=(
        Column("number", ("nummer", "contract number", "contractnummer"), required=True),
        Column("customer", ("klant", "klantnummer", "customer number"), required=True),
        Column("title", ("titel", "name", "naam"), required=True),
        Column("from", ("valid from", "van", "vanaf", "ingangsdatum", "start"), required=True),
        Column("kind", ("soort", "type")),
        Column("terms", ("voorwaarden", "text", "tekst", "description", "omschrijving")),
        Column("until", ("valid until", "tot", "einddatum", "end")),
        Column("due", ("due at", "klaar", "uiterlijk")),
        Column("owner", ("eigenaar", "role", "rol")),
    ),
    read=_read,
    keys=lambda record: (record.number,),
    write=_write,
    details=True,
)
