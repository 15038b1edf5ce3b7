"""What the contacts of an organisation may do for it in the portal, and who said so.

Everybody sees what they have with us themselves, and what the organisation ordered and agreed.
Beyond that a colleague with the right to manage decides, or an agent. Rights are of a person in one
organisation: who moves to another leaves them behind.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.store import audit, customer_keys
from hub.store.among import among
from hub.store.customers import Customer
from hub.store.tables import contact_points, customers, portal_rights

_COLUMNS = portal_rights.c


class Right(StrEnum):
    CONVERSATIONS = "conversations"
    """See what colleagues asked, and what we answered."""
    ORDER = "order"
    """Place, change and cancel orders of the organisation, and say how parcels are brought."""
    INVOICES = "invoices"
    """See the invoices of the organisation."""
    MANAGE = "manage"
    """See colleagues, invite them, and say what they may do."""


ALL = frozenset(Right)
AT_FIRST = frozenset({Right.ORDER})
"""Where nobody said anything."""


@dataclass(frozen=True)
class Colleague:
    id: str
    name: str
    addresses: tuple[str, ...]
    rights: frozenset[Right]


def organisation_of(who: Customer) -> str | None:
    """For whom they act: who they work for, or an organisation for itself."""
    return who.id if who.kind == "organisation" else who.organisation_id


def held(connection: Connection, who: Customer) -> frozenset[Right]:
    """Empty for who acts for no organisation."""
    organisation_id = organisation_of(who)
    if organisation_id is None:
        return frozenset()
    return _rights(connection, organisation_id, [who.id])[who.id]


def colleagues(connection: Connection, organisation_id: str) -> list[Colleague]:
    """Everybody who acts for the organisation, and itself where it has an address, by name."""
    columns = customers.c
    rows = connection.execute(
        select(columns.id, columns.name, columns.kind)
        .where(
            (columns.organisation_id == organisation_id) | (columns.id == organisation_id),
            columns.merged_into.is_(None),
        )
        .order_by(columns.name, columns.id)
    ).all()
    ids = [row.id for row in rows]
    rights = _rights(connection, organisation_id, ids)
    addresses: dict[str, list[str]] = {}
    points = contact_points.c
    for point in connection.execute(
        select(points.customer_id, points.value)
        .where(among(points.customer_id, ids), points.kind == "email")
        .order_by(points.created_at, points.value)
    ):
        addresses.setdefault(point.customer_id, []).append(point.value)
    return [
        Colleague(row.id, row.name, tuple(addresses.get(row.id, ())), rights[row.id])
        for row in rows
        if row.id != organisation_id or row.id in addresses
    ]


def colleague(connection: Connection, organisation_id: str, customer_id: str) -> Colleague:
    """Raises Rejected for somebody who is none."""
    for one in colleagues(connection, organisation_id):
        if one.id == customer_id:
            return one
    raise Rejected("no_colleague", "This colleague does not exist.", status=404)


def give(
    connection: Connection,
    organisation_id: str,
    customer_id: str,
    rights: Collection[Right],
    *,
    by: str,
    manager: bool = True,
) -> None:
    """These are the rights of somebody from now on. Raises Rejected for who is no colleague, and
    where a `manager` would leave nobody who manages."""
    _lock(connection, organisation_id)
    before = colleague(connection, organisation_id, customer_id).rights
    if manager and Right.MANAGE in before and Right.MANAGE not in rights:
        _refuse_last(connection, organisation_id, customer_id)
    row = {
        "customer_id": customer_id,
        "organisation_id": organisation_id,
        "rights": sorted(rights),
        "set_at": clock.now(),
        "set_by": by,
    }
    connection.execute(delete(portal_rights).where(_COLUMNS.customer_id == customer_id))
    connection.execute(insert(portal_rights), [row])
    audit.record(
        connection,
        actor=by,
        action="portal.rights_set",
        about=customer_id,
        details={"organisation": organisation_id, "before": sorted(before), "now": row["rights"]},
    )


def part(connection: Connection, organisation_id: str, customer_id: str, *, by: str) -> None:
    """Somebody does not work there any more: what is the organisation's is not theirs to see from
    now on; what they asked themselves stays. Raises Rejected."""
    _lock(connection, organisation_id)
    before = colleague(connection, organisation_id, customer_id).rights
    if customer_id == organisation_id:
        detail = "This is the organisation itself."
        raise Rejected("the_organisation", detail, status=409)
    if Right.MANAGE in before:
        _refuse_last(connection, organisation_id, customer_id)
    connection.execute(delete(portal_rights).where(_COLUMNS.customer_id == customer_id))
    connection.execute(
        update(customers).where(customers.c.id == customer_id).values(organisation_id=None)
    )
    customer_keys.refresh(connection, [customer_id])
    details = {"organisation": organisation_id}
    audit.record(connection, actor=by, action="portal.parted", about=customer_id, details=details)


def _lock(connection: Connection, organisation_id: str) -> None:
    """One at a time: two managers who take the right from each other would leave nobody."""
    row = select(customers.c.id).where(customers.c.id == organisation_id)
    connection.execute(row.with_for_update())


def _refuse_last(connection: Connection, organisation_id: str, customer_id: str) -> None:
    others = colleagues(connection, organisation_id)
    if not any(one.id != customer_id and Right.MANAGE in one.rights for one in others):
        detail = "Let somebody else manage first: nobody would be left."
        raise Rejected("last_manager", detail, status=409)


def _rights(
    connection: Connection, organisation_id: str, customer_ids: Sequence[str]
) -> dict[str, frozenset[Right]]:
    rows: Sequence[Any] = connection.execute(
        select(_COLUMNS.customer_id, _COLUMNS.rights).where(
            among(_COLUMNS.customer_id, customer_ids), _COLUMNS.organisation_id == organisation_id
        )
    ).all()
    said = {row.customer_id: frozenset(Right(one) for one in row.rights) for row in rows}
    return {one: said.get(one, AT_FIRST) for one in customer_ids}
