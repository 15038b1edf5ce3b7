"""Addresses at which customers are reached: more of them than fit in a row about the customer."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from hub import clock
from hub.imports import fields, whose
from hub.imports.customers import point_row
from hub.imports.fields import Reading
from hub.imports.kind import ACCEPTED, UNCHANGED, Cells, Column, Kind, Outcome, refused
from hub.interaction import Party, PointKind
from hub.store.inserting import insert_all
from hub.store.tables import contact_points

_KINDS = {
    "email": "email", "e mail": "email", "mail": "email", "mailadres": "email",
    "phone": "phone", "telefoon": "phone", "mobile": "phone", "mobiel": "phone",
    "domain": "domain", "domein": "domain", "maildomein": "domain",
}  # fmt: skip


@dataclass(frozen=True)
class Record:
    customer: str
    party: Party


def _read(rows: Sequence[Cells], reading: Reading) -> Record:
    cells = rows[0]
    value = fields.text(cells["value"], "value", 512, required=True)
    guess = "email" if "@" in value.strip("@") else "phone"
    kind = PointKind(fields.choice(cells["kind"], "kind", _KINDS, default=guess))
    if kind is PointKind.EMAIL:
        value = fields.mail(value, "value")
    elif kind is PointKind.PHONE:
        value = fields.phone(value, "value", reading)
    else:
        value = fields.domain(value, "value")
    customer = whose.reference(cells["customer"], "customer", reading)
    return Record(customer, Party(kind=kind, value=value))


def _write(connection: Connection, records: Sequence[Record]) -> list[Outcome]:
    customers = whose.by_references(connection, {record.customer for record in records})
    owners = whose.by_keys(connection, {record.party.key for record in records})
    now = clock.now()
    outcomes, new = [], []
    for record in records:
        customer = customers.get(record.customer)
        owner = owners.get(record.party.key)
        if customer is None:
            outcomes.append(refused("unknown_customer", "customer", value=record.customer))
        elif owner is None:
            new.append(point_row(record.party, customer.id, now))
            outcomes.append(ACCEPTED)
        elif owner.id == customer.id:
            outcomes.append(UNCHANGED)
        else:
            value = record.party.value
            outcomes.append(refused("point_taken", "value", value=value, owner=owner.called))
    insert_all(connection, contact_points, new)
    return outcomes


CONTACTS = Kind(
    name="contacts",
    columns=(
        Column("customer", ("klant", "klantnummer", "customer number"), required=True),
        Column("value", ("address", "adres", "waarde", "contact"), required=True),
        Column("kind", ("soort", "type")),
    ),
    read=_read,
    keys=lambda record: (record.party.key,),
    write=_write,
)
