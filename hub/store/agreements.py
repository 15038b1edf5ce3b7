"""What was agreed with customers, as far as it sets targets for answers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from hub.store.among import among, among_named
from hub.store.tables import agreements, customers


@dataclass(frozen=True)
class Agreed:
    """`targets` is written like the `sla` of a row of the model; who reads it checks it."""

    id: str
    title: str
    targets: dict[str, Any]


@dataclass(frozen=True)
class Term:
    """An agreement with the time in which it holds; without an end, still."""

    agreed: Agreed
    valid_from: datetime
    valid_until: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


def that_ever_held(connection: Connection, party_ids: Collection[str]) -> dict[str, list[Term]]:
    """By customer or organisation, the agreements with targets that they have or had."""
    rows = connection.execute(
        select(agreements)
        .where(among(agreements.c.customer_id, party_ids), agreements.c.targets.is_not(None))
        .order_by(agreements.c.id)
    )
    found: dict[str, list[Term]] = {}
    for row in rows:
        agreed = Agreed(row.id, row.title, row.targets)
        found.setdefault(row.customer_id, []).append(Term(agreed, row.valid_from, row.valid_until))
    return found


def with_targets(
    connection: Connection, customer_ids: Collection[str], at: datetime
) -> dict[str, list[Agreed]]:
    """By customer, the agreements in force then that set targets: their own and those of their
    organisation."""
    found: dict[str, list[Agreed]] = {}
    for row in connection.execute(_IN_FORCE, {"ids": customer_ids, "at": at}):
        found.setdefault(row.party, []).append(Agreed(row.id, row.title, row.targets))
    return found


_IN_FORCE = (
    select(customers.c.id.label("party"), agreements.c.id, agreements.c.title, agreements.c.targets)
    .join(
        agreements,
        or_(
            agreements.c.customer_id == customers.c.id,
            agreements.c.customer_id == customers.c.organisation_id,
        ),
    )
    .where(
        among_named(customers.c.id, "ids"),
        agreements.c.targets.is_not(None),
        agreements.c.valid_from <= bindparam("at"),
        or_(agreements.c.valid_until.is_(None), agreements.c.valid_until > bindparam("at")),
    )
    .order_by(agreements.c.id)
)
