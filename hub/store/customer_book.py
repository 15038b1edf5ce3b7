"""Customers as a book: looked up, entered and changed by hand or by other systems.

What an agent reads beside a conversation is in `customers`; what comes in by file, in
`hub.imports`; who turned out to be one, in `merging`. An address that is somebody else's is
refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from hub import clock
from hub.errors import Rejected
from hub.interaction import Party
from hub.references import normal
from hub.store import audit, customer_keys, field_values, searchable, sharing
from hub.store.among import among
from hub.store.tables import contact_points, customers

PERSON = "person"
ORGANISATION = "organisation"
MOST_POINTS = 100


@dataclass(frozen=True)
class Point:
    id: str
    kind: str
    value: str
    verified: bool


@dataclass(frozen=True)
class Card:
    """What stands about one customer themselves, without what they inherit. `merged_into`: who they
    turned out to be."""

    id: str
    kind: str
    name: str
    number: str
    organisation_id: str | None
    target_group: str
    language: str
    attributes: Mapping[str, str]
    points: tuple[Point, ...]
    created_at: datetime
    merged_into: str | None = None


@dataclass(frozen=True)
class Wanted:
    """`text`: a part of the name, or the whole of a number or of an address."""

    text: str = ""
    kind: str = ""
    organisation_id: str = ""


def listed(connection: Connection, wanted: Wanted, *, after: str = "", limit: int) -> list[Card]:
    """Who fits, by id; `after`: the id of the last one seen."""
    selection = select(customers).where(*_conditions(wanted), customers.c.id > after)
    rows = connection.execute(selection.order_by(customers.c.id).limit(limit)).all()
    return _cards(connection, rows)


def find(connection: Connection, customer_id: str, *, lock: bool = False) -> Card | None:
    """`lock`: whoever else changes them waits until the end of the transaction."""
    selection = select(customers).where(customers.c.id == customer_id)
    rows = connection.execute(selection.with_for_update() if lock else selection).all()
    return next(iter(_cards(connection, rows)), None)


def add(
    connection: Connection, values: Mapping[str, Any], points: Sequence[Party], *, by: str
) -> str:
    """Enter a customer; gives their id. Raises Rejected."""
    customer_id = clock.new_id()
    row = {"id": customer_id, "created_at": clock.now()} | _checked(connection, values)
    _write(connection, insert(customers).values(row), _number_taken())
    for party in points:
        add_point(connection, customer_id, party, by=by)
    customer_keys.refresh(connection, [customer_id])
    audit.record(connection, actor=by, action="customer.added", about=customer_id, details={})
    return customer_id


def change(connection: Connection, customer_id: str, values: Mapping[str, Any], *, by: str) -> None:
    """Write these values; attributes that are not named stay. Raises Rejected."""
    _refuse_merged(connection, customer_id)
    new = _checked(connection, values)
    if new.get("organisation_id") == customer_id:
        raise Rejected("organisation", "Nobody works for themselves.", status=422)
    if "attributes" in new:
        of_them = select(customers.c.attributes).where(customers.c.id == customer_id)
        merged = connection.execute(of_them).scalar_one() | new["attributes"]
        new["attributes"] = {name: text for name, text in merged.items() if text}
    if new:
        changed = update(customers).where(customers.c.id == customer_id).values(new)
        _write(connection, changed, _number_taken())
    customer_keys.refresh(connection, [customer_id])
    searchable.refresh_customers(connection, [customer_id])
    details = {"fields": sorted(new)}
    audit.record(
        connection, actor=by, action="customer.changed", about=customer_id, details=details
    )


def add_point(connection: Connection, customer_id: str, party: Party, *, by: str) -> None:
    """A way to reach them, not verified: that somebody says so is no proof. Of an address that is
    shared they become one who uses it. Raises Rejected."""
    _refuse_merged(connection, customer_id)
    of_it = select(contact_points.c.customer_id, contact_points.c.shared)
    point = connection.execute(of_it.where(contact_points.c.key == party.key)).one_or_none()
    owner = point.customer_id if point is not None else None
    if point is not None and point.shared:
        sharing.uses(connection, point.customer_id, customer_id)
        return
    if owner == customer_id:
        return
    if owner is not None:
        detail = f"{party.value} is known as another customer's ({owner})."
        raise Rejected("point_taken", detail, status=409)
    count = select(func.count()).where(contact_points.c.customer_id == customer_id)
    if connection.execute(count).scalar_one() >= MOST_POINTS:
        raise Rejected("too_many_points", f"At most {MOST_POINTS} for one customer.", status=409)
    row = {
        "id": clock.new_id(),
        "customer_id": customer_id,
        "key": party.key,
        "kind": party.kind.value,
        "value": party.value,
        "verified": False,
        "created_at": clock.now(),
    }
    taken = Rejected("point_taken", f"{party.value} is another customer's.", status=409)
    _write(connection, insert(contact_points).values(row), taken)
    customer_keys.refresh(connection, [customer_id])
    details = {"point": party.key}
    audit.record(
        connection, actor=by, action="customer.point_added", about=customer_id, details=details
    )


def remove_point(connection: Connection, customer_id: str, point_id: str, *, by: str) -> None:
    """They are not reached there any more. Raises Rejected."""
    of_it = (contact_points.c.id == point_id) & (contact_points.c.customer_id == customer_id)
    key = connection.execute(select(contact_points.c.key).where(of_it)).scalar_one_or_none()
    if key is None:
        raise Rejected("no_point", "There is no such contact point.", status=404)
    connection.execute(delete(contact_points).where(of_it))
    customer_keys.refresh(connection, [customer_id])
    details = {"point": key}
    audit.record(
        connection, actor=by, action="customer.point_removed", about=customer_id, details=details
    )


def _refuse_merged(connection: Connection, customer_id: str) -> None:
    now = select(customers.c.merged_into).where(customers.c.id == customer_id)
    if (kept := connection.execute(now).scalar_one_or_none()) is not None:
        detail = f"They turned out to be another customer ({kept}). Change that one."
        raise Rejected("merged", detail, status=409)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [customers.c.merged_into.is_(None)]
    if wanted.kind:
        found.append(customers.c.kind == wanted.kind)
    if wanted.organisation_id:
        found.append(customers.c.organisation_id == wanted.organisation_id)
    if text := wanted.text.strip():
        part = func.lower(customers.c.name).contains(text.lower(), autoescape=True)
        has_point = exists().where(
            contact_points.c.customer_id == customers.c.id,
            contact_points.c.value.in_({text, text.lower()}),
        )
        found.append(or_(part, customers.c.number == normal(text), has_point))
    return found


def _checked(connection: Connection, values: Mapping[str, Any]) -> dict[str, Any]:
    new = dict(values)
    organisation_id = new.get("organisation_id")
    if organisation_id is not None:
        kind = select(customers.c.kind).where(
            customers.c.id == organisation_id, customers.c.merged_into.is_(None)
        )
        if connection.execute(kind).scalar_one_or_none() != ORGANISATION:
            raise Rejected("organisation", "There is no such organisation.", status=422)
    if "attributes" in new:
        new["attributes"] = field_values.checked(connection, new["attributes"])
    return new


def _write(connection: Connection, statement: Any, refusal: Rejected) -> None:
    """`refusal`: when somebody else has what must be one's own, also since a moment ago."""
    try:
        with connection.begin_nested():
            connection.execute(statement)
    except IntegrityError as error:
        raise refusal from error


def _number_taken() -> Rejected:
    return Rejected("number_taken", "Another customer has this number.", status=409)


def _cards(connection: Connection, rows: Sequence[Any]) -> list[Card]:
    points: dict[str, list[Point]] = {}
    of_these = among(contact_points.c.customer_id, [row.id for row in rows])
    for row in connection.execute(
        select(contact_points).where(of_these).order_by(contact_points.c.id)
    ):
        point = Point(row.id, row.kind, row.value, row.verified)
        points.setdefault(row.customer_id, []).append(point)
    return [
        Card(
            id=row.id,
            kind=row.kind,
            name=row.name,
            number=row.number or "",
            organisation_id=row.organisation_id,
            target_group=row.target_group,
            language=row.language,
            attributes={name: str(value) for name, value in row.attributes.items()},
            points=tuple(points.get(row.id, ())),
            created_at=row.created_at,
            merged_into=row.merged_into,
        )
        for row in rows
    ]
