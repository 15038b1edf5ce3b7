"""Joins an anonymous chat visitor with the customer they prove to be. Reversible: the audit log
keeps which contact point and conversation moved, from whom to whom."""

from sqlalchemy import Connection, select, update

from hub import clock
from hub.interaction import Party, PointKind
from hub.store import audit
from hub.store.among import among
from hub.store.inserting import insert_new
from hub.store.tables import (
    contact_points,
    conversations,
    customers,
    interactions,
    work_items,
)


def name_visitor(connection: Connection, customer_id: str, party: Party) -> None:
    """The visitor turns out to be a person with this address, whom we did not know yet."""
    visitor = (customers.c.id == customer_id) & (customers.c.kind == "visitor")
    name = select(customers.c.name).where(customers.c.id == customer_id)
    known_name = connection.execute(name).scalar_one()
    values = {"kind": "person", "name": known_name or party.name or _shown(party)}
    connection.execute(update(customers).where(visitor).values(values))
    _audit(connection, customer_id, {"proved": party.key})


def identify(connection: Connection, *, conversation_id: str, party: Party) -> None:
    """The visitor of this chat turns out to be this party, whom a website vouches for."""
    known = connection.execute(
        select(contact_points.c.customer_id).where(contact_points.c.key == party.key)
    ).scalar_one_or_none()
    if known is not None:
        join_visitor(connection, conversation_id=conversation_id, customer_id=known)
        return
    customer_id = connection.execute(
        select(conversations.c.customer_id).where(conversations.c.id == conversation_id)
    ).scalar_one()
    point = {
        "id": clock.new_id(),
        "customer_id": customer_id,
        "key": party.key,
        "kind": party.kind.value,
        "value": party.value,
        "verified": True,
        "created_at": clock.now(),
    }
    insert_new(connection, contact_points, [point])
    name_visitor(connection, customer_id, party)


def join_visitor(connection: Connection, *, conversation_id: str, customer_id: str) -> None:
    """The visitor turns out to be a customer we know: their chat and its address move there."""
    visitor_id = connection.execute(
        select(conversations.c.customer_id).where(conversations.c.id == conversation_id)
    ).scalar_one()
    moved = connection.execute(
        select(contact_points.c.key).where(
            contact_points.c.customer_id == visitor_id, contact_points.c.kind == "visitor"
        )
    ).scalars()
    # The browser of one of those who share an address is not the others'.
    points = [] if _is_shared(connection, customer_id) else list(moved)
    connection.execute(
        update(contact_points)
        .where(among(contact_points.c.key, points))
        .values(customer_id=customer_id)
    )
    connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(customer_id=customer_id)
    )
    for table in (interactions, work_items):
        connection.execute(
            update(table)
            .where(table.c.conversation_id == conversation_id, table.c.customer_id == visitor_id)
            .values(customer_id=customer_id)
        )
    details = {"conversation": conversation_id, "from": visitor_id, "contact_points": points}
    _audit(connection, customer_id, details)


def _is_shared(connection: Connection, customer_id: str) -> bool:
    kind = select(customers.c.kind).where(customers.c.id == customer_id)
    return bool(connection.execute(kind).scalar_one() == "shared")


def _shown(party: Party) -> str:
    """An address that says something to people."""
    return "" if party.kind is PointKind.VISITOR else party.value


def _audit(connection: Connection, customer_id: str, details: dict[str, object]) -> None:
    audit.record(
        connection, actor="intake", action="customer.joined", about=customer_id, details=details
    )
