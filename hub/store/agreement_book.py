"""Agreements as a book: looked up and entered. Which of them set targets is in `agreements`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, null, or_, select, update
from sqlalchemy.exc import IntegrityError

from hub import clock
from hub.errors import Rejected
from hub.references import normal
from hub.store import audit
from hub.store.tables import agreements, customers


@dataclass(frozen=True)
class Entered:
    id: str
    customer_id: str
    number: str
    kind: str
    title: str
    terms: str
    valid_from: datetime
    valid_until: datetime | None
    due_at: datetime | None
    owner: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Wanted:
    """`customer_id`: with them or with who they work for; `at`: what holds then, None for all."""

    customer_id: str = ""
    number: str = ""
    at: datetime | None = None


def listed(connection: Connection, wanted: Wanted, *, after: str = "", limit: int) -> list[Entered]:
    """By id; `after`: the last one seen."""
    columns = agreements.c
    conditions: list[ColumnElement[bool]] = [columns.id > after]
    if wanted.customer_id:
        works_for = select(customers.c.organisation_id).where(
            customers.c.id == wanted.customer_id, customers.c.organisation_id.is_not(None)
        )
        mine = columns.customer_id == wanted.customer_id
        conditions.append(or_(mine, columns.customer_id.in_(works_for)))
    if wanted.number:
        conditions.append(columns.number == normal(wanted.number))
    if wanted.at is not None:
        conditions.append(columns.valid_from <= wanted.at)
        conditions.append(or_(columns.valid_until.is_(None), columns.valid_until > wanted.at))
    selection = select(agreements).where(*conditions).order_by(columns.id).limit(limit)
    return [_entered(row) for row in connection.execute(selection)]


def find(connection: Connection, agreement_id: str, *, lock: bool = False) -> Entered | None:
    selection = select(agreements).where(agreements.c.id == agreement_id)
    if lock:
        selection = selection.with_for_update()
    row = connection.execute(selection).one_or_none()
    return None if row is None else _entered(row)


def add(connection: Connection, values: Mapping[str, Any], *, by: str) -> str:
    """Enter one; gives its id. Raises Rejected."""
    customer_id = values["customer_id"]
    known = select(customers.c.id).where(customers.c.id == customer_id)
    if connection.execute(known).one_or_none() is None:
        raise Rejected("no_customer", "There is no such customer.", status=422)
    agreement_id = clock.new_id()
    row = dict(values) | {
        "id": agreement_id,
        "number": normal(values["number"]) or None,
        "details": values["details"] or null(),
        "targets": null(),
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(agreements).values(row))
    except IntegrityError as error:
        detail = "Another agreement has this number."
        raise Rejected("number_taken", detail, status=409) from error
    details = {"customer": customer_id, "kind": values["kind"]}
    audit.record(
        connection, actor=by, action="agreement.added", about=agreement_id, details=details
    )
    return agreement_id


def change(
    connection: Connection, agreement_id: str, values: Mapping[str, Any], *, by: str
) -> None:
    """Change what is named; the audit log has what it was. What runs by it keeps the deadlines that
    it has. Raises Rejected for a promise that an agent made: that is kept, not rewritten."""
    this = agreements.c.id == agreement_id
    former = connection.execute(select(agreements).where(this)).one()
    if former.agent_id is not None:
        detail = "An agent promised this: say that it is kept, or promise something else."
        raise Rejected("is_promise", detail, status=409)
    row = dict(values)
    if "number" in row:
        row["number"] = normal(row["number"]) or None
    if "details" in row:
        row["details"] = row["details"] or null()
    changed = {
        name: [_plain(getattr(former, name)), _plain(value)]
        for name, value in values.items()
        if getattr(former, name) != value
    }
    if not changed:
        return
    try:
        with connection.begin_nested():
            connection.execute(update(agreements).where(this).values(row))
    except IntegrityError as error:
        detail = "Another agreement has this number."
        raise Rejected("number_taken", detail, status=409) from error
    audit.record(
        connection, actor=by, action="agreement.changed", about=agreement_id, details=changed
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _entered(row: Any) -> Entered:
    return Entered(
        id=row.id,
        customer_id=row.customer_id,
        number=row.number or "",
        kind=row.kind,
        title=row.title,
        terms=row.terms,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        due_at=row.due_at,
        owner=row.owner,
        details=row.details or {},
    )
