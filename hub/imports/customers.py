"""Persons and organisations, known again by their number or by an address that only they use.

Nobody is merged: an address that belongs to somebody else refuses the row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from hub import clock
from hub.imports import fields, whose
from hub.imports.fields import Reading
from hub.imports.kind import ACCEPTED, UNCHANGED, Cells, Column, Kind, Outcome, refused
from hub.imports.whose import Known
from hub.interaction import Party, PointKind
from hub.store import customer_keys, searchable
from hub.store.among import among
from hub.store.inserting import insert_all
from hub.store.tables import contact_points, customers

PERSON = "person"
ORGANISATION = "organisation"
_ATTRIBUTES = ("address", "postcode", "city", "country", "position")
_LANGUAGES = {
    "nl": "nl", "nederlands": "nl", "dutch": "nl", "en": "en", "engels": "en", "english": "en",
    "de": "de", "duits": "de", "german": "de", "fr": "fr", "frans": "fr", "french": "fr",
}  # fmt: skip


@dataclass(frozen=True)
class Point:
    """`column`: where it stood in the file."""

    column: str
    party: Party


@dataclass(frozen=True)
class Record:
    kind: str
    number: str
    name: str
    organisation: str
    values: Mapping[str, str]
    attributes: Mapping[str, str]
    points: tuple[Point, ...]

    @property
    def keys(self) -> list[str]:
        return [point.party.key for point in self.points]


def _read(cells: Cells, reading: Reading, kind: str) -> Record:
    values = {
        "target_group": fields.text(cells["target_group"], "target_group", 100),
        "language": fields.choice(cells["language"], "language", _LANGUAGES, default=" ").strip(),
    }
    attributes = {name: fields.text(cells[name], name, 500) for name in _ATTRIBUTES}
    attributes |= {name: fields.text(text, name, 2_000) for name, text in cells.details.items()}
    return Record(
        kind=kind,
        number=fields.number(cells["number"], "number"),
        name=fields.text(cells["name"], "name", 500, required=True),
        organisation=fields.number(cells["organisation"], "organisation", required=False),
        values={name: text for name, text in values.items() if text},
        attributes={name: text for name, text in attributes.items() if text},
        points=tuple(_points(cells, reading)),
    )


def _points(cells: Cells, reading: Reading) -> list[Point]:
    found = []
    if text := cells["email"]:
        found.append((PointKind.EMAIL, "email", fields.mail(text, "email")))
    if text := cells["phone"]:
        found.append((PointKind.PHONE, "phone", fields.phone(text, "phone", reading)))
    if text := cells["domain"]:
        found.append((PointKind.DOMAIN, "domain", fields.domain(text, "domain")))
    return [Point(column, Party(kind=kind, value=value)) for kind, column, value in found]


class _Writing:
    """A batch of customers: what of it is known, and what is to be written."""

    def __init__(self, connection: Connection, records: Sequence[Record]) -> None:
        numbers = {record.number for record in records}
        numbers |= {record.organisation for record in records}
        self._by_number = whose.by_numbers(connection, numbers)
        self._by_key = whose.by_keys(connection, {key for record in records for key in record.keys})
        known = {one.id for one in (*self._by_number.values(), *self._by_key.values())}
        rows = connection.execute(
            select(customers)
            .where(among(customers.c.id, known))
            .order_by(customers.c.id)
            .with_for_update()
        )
        self._rows = {row.id: row for row in rows}
        self._now = clock.now()
        self.new: list[dict[str, Any]] = []
        self.changed: list[dict[str, Any]] = []
        self.points: list[dict[str, Any]] = []

    def take(self, record: Record) -> Outcome:
        known = self._by_number.get(record.number)
        if known is not None and known.kind != record.kind:
            return refused("other_kind", "number", kind=known.kind)
        refusal, match = self._match(record, known)
        if refusal is not None:
            return refusal
        organisation = self._by_number.get(record.organisation)
        if record.organisation and organisation is None:
            return refused("unknown_customer", "organisation", value=record.organisation)
        if organisation is not None and organisation.kind != ORGANISATION:
            return refused("not_organisation", "organisation", value=record.organisation)
        return self._put(record, match, organisation.id if organisation else None)

    def _match(self, record: Record, known: Known | None) -> tuple[Outcome | None, Known | None]:
        """Who it is: by the number, or, for who has none yet, by an address of theirs."""
        owners: dict[str, tuple[Point, Known]] = {}
        for point in record.points:
            owner = self._by_key.get(point.party.key)
            if owner is not None:
                owners.setdefault(owner.id, (point, owner))
        if known is None and len(owners) > 1:
            one, other = (owner.called for _, owner in list(owners.values())[:2])
            return refused("two_customers", "email", owner=one, other=other), None
        for point, owner in owners.values():
            is_theirs = owner.id == known.id if known else _may_be(record, owner, point)
            if not is_theirs:
                value = point.party.value
                return refused("point_taken", point.column, value=value, owner=owner.called), None
            known = owner
        return None, known

    def _put(self, record: Record, known: Known | None, organisation_id: str | None) -> Outcome:
        customer_id = known.id if known else clock.new_id()
        fresh = [point for point in record.points if point.party.key not in self._by_key]
        self.points += [self._point(point.party, customer_id) for point in fresh]
        if known is None:
            self.new.append(self._row(record, customer_id, organisation_id))
            return ACCEPTED
        old = self._rows[known.id]
        values = {
            "kind": record.kind,
            "number": old.number or record.number,  # another: of who turned out to be the same
            "name": record.name,
            "target_group": record.values.get("target_group", old.target_group),
            "language": record.values.get("language", old.language),
            "organisation_id": organisation_id or old.organisation_id,
            "attributes": old.attributes | dict(record.attributes),
        }
        if any(getattr(old, name) != value for name, value in values.items()):
            self.changed.append({f"new_{name}": value for name, value in values.items()})
            self.changed[-1]["changed_id"] = known.id
            return ACCEPTED
        return ACCEPTED if fresh else UNCHANGED

    def _row(self, record: Record, customer_id: str, organisation_id: str | None) -> dict[str, Any]:
        return {
            "id": customer_id,
            "kind": record.kind,
            "number": record.number,
            "name": record.name,
            "organisation_id": organisation_id,
            "target_group": record.values.get("target_group", ""),
            "language": record.values.get("language", ""),
            "attributes": dict(record.attributes),
            "created_at": self._now,
        }

    def _point(self, party: Party, customer_id: str) -> dict[str, Any]:
        return point_row(party, customer_id, self._now)


def point_row(party: Party, customer_id: str, now: Any) -> dict[str, Any]:
    """Not verified: a file is no proof that an address is theirs."""
    return {
        "id": clock.new_id(),
        "customer_id": customer_id,
        "key": party.key,
        "kind": party.kind.value,
        "value": party.value,
        "verified": False,
        "created_at": now,
    }


def _may_be(record: Record, owner: Known, point: Point) -> bool:
    """Whether somebody without a number, known by this address, is who the row is about. An address
    may be shared, so their names must not differ."""
    if owner.number or owner.kind not in (record.kind, "visitor"):
        return False
    return owner.name.casefold() in ("", point.party.value.casefold(), record.name.casefold())


_CHANGED = (
    "kind", "number", "name", "target_group", "language", "organisation_id", "attributes",
)  # fmt: skip
_CHANGE = (
    update(customers)
    .where(customers.c.id == bindparam("changed_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGED})
)


def _write(connection: Connection, records: Sequence[Record]) -> list[Outcome]:
    writing = _Writing(connection, records)
    outcomes = [writing.take(record) for record in records]
    if writing.new:
        connection.execute(insert(customers), writing.new)
    if writing.changed:
        connection.execute(_CHANGE, writing.changed)
    insert_all(connection, contact_points, writing.points)
    if changed := [row["changed_id"] for row in writing.changed]:
        customer_keys.refresh(connection, changed)
        searchable.refresh_customers(connection, changed)
    return outcomes


_COMMON = (
    Column("number", ("customer number", "klantnummer", "nummer", "customer", "id"), required=True),
    Column("name", ("naam", "full name", "volledige naam", "company", "bedrijf"), required=True),
    Column("email", ("e mail", "mail", "e mailadres", "mailadres", "email address")),
    Column("phone", ("telefoon", "telefoonnummer", "phone number", "mobile", "mobiel")),
    Column("target_group", ("group", "doelgroep", "groep")),
    Column("language", ("taal",)),
    Column("address", ("adres", "street", "straat")),
    Column("postcode", ("postal code", "zip", "zip code")),
    Column("city", ("plaats", "woonplaats", "stad", "town")),
    Column("country", ("land",)),
)

PERSONS = Kind(
    name="persons",
    columns=(
        *_COMMON,
        Column("organisation", ("organisatie", "organisation number", "organisatienummer")),
        Column("position", ("functie", "job title", "role", "rol")),
    ),
    read=lambda rows, reading: _read(rows[0], reading, PERSON),
    keys=lambda record: (record.number, *record.keys),
    write=_write,
    details=True,
)
ORGANISATIONS = Kind(
    name="organisations",
    columns=(*_COMMON, Column("domain", ("mail domain", "maildomein", "domein"))),
    read=lambda rows, reading: _read(rows[0], reading, ORGANISATION),
    # A row may name another one of the batch as its organisation, so no two may be the same.
    keys=lambda record: (record.number, *record.keys),
    write=_write,
    details=True,
)
