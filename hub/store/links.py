"""Which orders, deliveries and invoices a conversation is about, found by the numbers in it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Select, bindparam, literal, select, union_all

from hub import clock
from hub.references import Reference
from hub.store.among import among
from hub.store.inserting import insert_new
from hub.store.tables import (
    conversation_links,
    conversations,
    customers,
    deliveries,
    invoices,
    orders,
)

Number = tuple[Reference, str]
"""What a number refers to, and the number as `normal` writes it."""

TABLES = {
    Reference.ORDER: (orders, orders.c.number),
    Reference.TRACKING: (deliveries, deliveries.c.tracking),
    Reference.INVOICE: (invoices, invoices.c.number),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a number refers to. Without a customer it is a parcel that nobody knows the order of."""

    object_id: str
    customer_id: str | None
    organisation_id: str | None

    def belongs_to(self, customer_id: str, organisation_id: str | None) -> bool:
        """Whether it is theirs, their organisation's, or that of somebody else of it."""
        house = {customer_id, organisation_id} - {None}
        return not house.isdisjoint({self.customer_id, self.organisation_id} - {None})


@dataclass(frozen=True, slots=True)
class Link:
    conversation_id: str
    reference: Reference
    object_id: str


def look_up(connection: Connection, numbers: Collection[Number]) -> dict[Number, list[Found]]:
    """What there is of these numbers, in one query. Two carriers may use the same one."""
    if not numbers:
        return {}
    wanted: dict[Reference, list[str]] = {}
    for reference, number in numbers:
        wanted.setdefault(reference, []).append(number)
    found: dict[Number, list[Found]] = {}
    parts = [
        _selection(reference, wanted[reference]) for reference in Reference if reference in wanted
    ]
    for row in connection.execute(union_all(*parts)):
        key = Reference(row.reference), row.number
        found.setdefault(key, []).append(Found(row.id, row.customer_id, row.organisation_id))
    return found


def add(connection: Connection, links: Iterable[Link], *, by: str) -> None:
    """Link what is not linked yet."""
    now = clock.now()
    rows = [
        {
            "conversation_id": link.conversation_id,
            "kind": link.reference.value,
            "object_id": link.object_id,
            "linked_at": now,
            "linked_by": by,
        }
        for link in links
    ]
    insert_new(connection, conversation_links, rows)


def of_conversation(connection: Connection, conversation_id: str) -> dict[Reference, list[str]]:
    """The ids of what it is about, in the order in which they were linked."""
    found: dict[Reference, list[str]] = {}
    for row in connection.execute(_OF_CONVERSATION, {"conversation": conversation_id}):
        found.setdefault(Reference(row.kind), []).append(row.object_id)
    return found


def concerned(
    connection: Connection, object_ids: Collection[str], customer_ids: Collection[str]
) -> set[str]:
    """The conversations that are about these things, and those that are open with these customers.

    Serves whoever shows a conversation beside what its customer ordered.
    """
    linked = select(conversation_links.c.conversation_id).where(
        among(conversation_links.c.object_id, object_ids)
    )
    running = select(conversations.c.id).where(
        among(conversations.c.customer_id, customer_ids), conversations.c.state == "open"
    )
    return set(connection.execute(union_all(linked, running)).scalars())


def _selection(reference: Reference, numbers: Collection[str]) -> Select[tuple[str, str, str]]:
    table, number = TABLES[reference]
    return (
        select(
            literal(reference.value).label("reference"),
            table.c.id.label("id"),
            number.label("number"),
            table.c.customer_id.label("customer_id"),
            customers.c.organisation_id.label("organisation_id"),
        )
        .outerjoin_from(table, customers, customers.c.id == table.c.customer_id)
        .where(among(number, numbers))
    )


# Made once: making it takes longer than running it.
_OF_CONVERSATION = (
    select(conversation_links.c.kind, conversation_links.c.object_id)
    .where(conversation_links.c.conversation_id == bindparam("conversation"))
    .order_by(conversation_links.c.linked_at, conversation_links.c.object_id)
)
