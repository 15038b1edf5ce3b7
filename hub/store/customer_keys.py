"""What is compared of customers, and the keys by which those worth comparing meet."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, select, union_all

from hub.alike import Traits, keys_of
from hub.interaction import PointKind
from hub.store.among import among, among_named
from hub.store.inserting import insert_new
from hub.store.tables import contact_points, customer_keys, customers

COMMON = 30
"""A key that more customers have tells nothing."""
_COMPARED = ("person", "organisation", "visitor")


def traits(connection: Connection, customer_ids: Iterable[str]) -> dict[str, Traits]:
    """By customer; without those who were merged."""
    customer_ids = list(customer_ids)
    if not customer_ids:
        return {}
    rows = connection.execute(_CUSTOMERS, {"ids": customer_ids}).all()
    points: dict[tuple[str, str], tuple[str, ...]] = {}
    for point in connection.execute(_OWN_POINTS, {"ids": [row.id for row in rows]}):
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
    """The other customers who share a key with this one, mostly in one query."""
    keys = sorted(keys_of(one))
    by_key: dict[str, list[str]] = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        some += [""] * (_AT_ONCE - len(some))  # no key is empty
        for row in connection.execute(_MEETING, {f"key_{n}": key for n, key in enumerate(some)}):
            by_key.setdefault(row.key, []).append(row.customer_id)
    telling = [ids for ids in by_key.values() if len(ids) <= COMMON]
    return {customer_id for ids in telling for customer_id in ids} - {one.id}


_AT_ONCE = 12
# Made once: making them takes longer than running them.
_CUSTOMERS = select(customers).where(
    among_named(customers.c.id, "ids"), customers.c.merged_into.is_(None)
)
_OWN_POINTS = select(
    contact_points.c.customer_id, contact_points.c.kind, contact_points.c.value
).where(among_named(contact_points.c.customer_id, "ids"), ~contact_points.c.shared)
# Of each key only so many are read as tell whether it is common.
_MEETING = union_all(
    *(
        select(
            select(customer_keys.c.key, customer_keys.c.customer_id)
            .where(customer_keys.c.key == bindparam(f"key_{n}"))
            .limit(COMMON + 1)
            .subquery()
        )
        for n in range(_AT_ONCE)
    )
)
