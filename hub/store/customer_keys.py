"""What is compared of customers, and the keys by which those worth comparing meet."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, select, union_all

from hub.alike import Traits, keys_of
from hub.interaction import PointKind
from hub.store.among import among
from hub.store.inserting import insert_new
from hub.store.tables import contact_points, customer_keys, customers

COMMON = 30
"""A key that more customers have tells nothing."""
_COMPARED = ("person", "organisation", "visitor")


def traits(connection: Connection, customer_ids: Iterable[str]) -> dict[str, Traits]:
    """By customer; without those who were merged."""
    columns = customers.c
    rows = connection.execute(
        select(customers).where(among(columns.id, customer_ids), columns.merged_into.is_(None))
    ).all()
    of_these = among(contact_points.c.customer_id, [row.id for row in rows]) & ~(
        contact_points.c.shared
    )
    points: dict[tuple[str, str], tuple[str, ...]] = {}
    for point in connection.execute(select(contact_points).where(of_these)):
        key = point.customer_id, point.kind
        points[key] = (*points.get(key, ()), point.value)
    return {
        row.id: Traits(
            id=row.id,
            kind=row.kind,
            name=row.name,
            number=row.number or "",
            organisation_id=row.organisation_id or "",
            mails=points.get((row.id, PointKind.EMAIL), ()),
            phones=points.get((row.id, PointKind.PHONE), ()),
            attributes={name: str(value) for name, value in row.attributes.items()},
        )
        for row in rows
        if row.kind in _COMPARED
    }


def refresh(connection: Connection, customer_ids: Sequence[str]) -> dict[str, Traits]:
    """Keep the keys of these customers as they are now; gives what they were made of."""
    found = traits(connection, customer_ids)
    connection.execute(
        delete(customer_keys).where(among(customer_keys.c.customer_id, customer_ids))
    )
    rows = [{"key": key, "customer_id": one.id} for one in found.values() for key in keys_of(one)]
    insert_new(connection, customer_keys, rows)
    return found


def meeting(connection: Connection, one: Traits) -> set[str]:
    """The other customers who share a key with this one, in one query."""
    keys = sorted(keys_of(one))
    if not keys:
        return set()
    columns = customer_keys.c
    parts = [
        select(
            select(columns.key, columns.customer_id)
            .where(columns.key == key)
            .limit(COMMON + 1)
            .subquery()
        )
        for key in keys
    ]
    by_key: dict[str, list[str]] = {}
    for row in connection.execute(union_all(*parts)):
        by_key.setdefault(row.key, []).append(row.customer_id)
    telling = [ids for ids in by_key.values() if len(ids) <= COMMON]
    return {customer_id for ids in telling for customer_id in ids} - {one.id}
