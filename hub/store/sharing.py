"""Addresses that several people use, such as a family's phone or `info@`: who it is, is asked.

A shared address is known as a customer of its own, who has no other, and to whom what comes from it
belongs until an agent says which of the people who use it this was. It joins nobody to anybody.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    String,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from hub import clock
from hub.errors import Rejected
from hub.interaction import Party, PointKind
from hub.store import audit, customer_keys, work_items
from hub.store.among import among
from hub.store.inserting import insert_new
from hub.store.tables import (
    agreements,
    contact_points,
    conversations,
    customers,
    interactions,
    portal_sessions,
    rating_requests,
    shared_people,
    work_facts,
)
from hub.store.tables import work_items as items

SHARED = "shared"
MOST_PEOPLE = 12
_LONGEST_NAME = 200
SHAREABLE = frozenset({PointKind.EMAIL.value, PointKind.PHONE.value})


@dataclass(frozen=True)
class Person:
    id: str
    name: str


@dataclass(frozen=True)
class OneOf:
    """Who a conversation from a shared address may be with. `chosen`: whether somebody said."""

    shared_id: str
    address: str
    people: tuple[Person, ...]
    chosen: bool


def share(connection: Connection, customer_id: str, point_key: str, *, by: str) -> str:
    """Others than this customer use this address of theirs too; gives the id of the shared address.
    What came from it until now stays whose it is; who had signed in by it is out, as that may have
    been any of them. Raises Rejected."""
    this = (contact_points.c.key == point_key) & (contact_points.c.customer_id == customer_id)
    point = connection.execute(select(contact_points).where(this).with_for_update()).one_or_none()
    if point is None or point.kind not in SHAREABLE:
        raise Rejected("no_point", "There is no such contact point.", status=404)
    if point.shared:
        raise Rejected("shared", "This is known as a shared address already.", status=409)
    owner = connection.execute(select(customers).where(customers.c.id == customer_id)).one()
    shared_id = clock.new_id()
    connection.execute(
        insert(customers).values(
            id=shared_id,
            kind=SHARED,
            name=point.value,
            organisation_id=_organisation(connection, owner, point.value),
            target_group="",
            language=owner.language,
            attributes={},
            created_at=clock.now(),
        )
    )
    connection.execute(
        update(contact_points).where(this).values(customer_id=shared_id, shared=True)
    )
    if point.kind == PointKind.EMAIL.value:
        entered = portal_sessions.c.address == point.value
        mine = portal_sessions.c.customer_id == customer_id
        connection.execute(delete(portal_sessions).where(entered, mine))
    if owner.kind == "person":
        _uses(connection, shared_id, owner.id)
    customer_keys.refresh(connection, [customer_id])
    details = {"point": point_key, "shared": shared_id}
    audit.record(
        connection, actor=by, action="contact_point.shared", about=customer_id, details=details
    )
    return shared_id


def uses(connection: Connection, shared_id: str, customer_id: str) -> None:
    """This customer is one of those who use a shared address."""
    _uses(connection, shared_id, customer_id)


def one_of(connection: Connection, conversation_id: str) -> OneOf | None:
    """Who it may be; None where the conversation did not come from a shared address."""
    shared = customers.alias("shared")
    row = connection.execute(
        select(conversations.c.customer_id, shared.c.id, shared.c.name, shared.c.organisation_id)
        .join(shared, shared.c.id == _shared_id())
        .where(
            conversations.c.id == conversation_id,
            shared.c.kind == SHARED,
            shared.c.merged_into.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    people = _people(connection, row.id, row.organisation_id)
    return OneOf(row.id, row.name, people, chosen=row.customer_id != row.id)


def addresses_of(connection: Connection, customer_id: str) -> list[str]:
    """The shared addresses that a customer is known to use."""
    return list(connection.execute(_ADDRESSES, {"customer": customer_id}).scalars())


def choose(connection: Connection, conversation_id: str, customer_id: str, *, by: str) -> None:
    """The conversation is with this person; the shared address itself takes that back. Raises
    Rejected."""
    asked = _asked(connection, conversation_id)
    if customer_id not in {asked.shared_id, *(one.id for one in asked.people)}:
        raise Rejected("no_customer", "There is no such customer.", status=404)
    _give(connection, conversation_id, asked.shared_id, customer_id, by=by)


def choose_new(connection: Connection, conversation_id: str, name: str, *, by: str) -> str:
    """The conversation is with somebody who is not known yet; gives their id. Raises Rejected."""
    asked = _asked(connection, conversation_id)
    name = " ".join(name.split())[:_LONGEST_NAME]
    if not name:
        raise Rejected("no_person", "Write who it is.", status=422)
    shared = select(customers).where(customers.c.id == asked.shared_id)
    organisation_id = connection.execute(shared).one().organisation_id
    customer_id = clock.new_id()
    connection.execute(
        insert(customers).values(
            id=customer_id,
            kind="person",
            name=name,
            organisation_id=organisation_id,
            target_group="",
            language="",
            attributes={},
            created_at=clock.now(),
        )
    )
    customer_keys.refresh(connection, [customer_id])
    _give(connection, conversation_id, asked.shared_id, customer_id, by=by)
    return customer_id


def _organisation(connection: Connection, owner: Any, address: str) -> str | None:
    """Whose address it is, by its mail domain: who shares a home has no part in the work of one."""
    if owner.kind == "organisation":
        return str(owner.id)
    domain = f"{PointKind.DOMAIN}:{address.rpartition('@')[2]}"
    theirs = (contact_points.c.key == domain) & (
        contact_points.c.customer_id == owner.organisation_id
    )
    known = select(contact_points.c.customer_id).where(theirs)
    return connection.execute(known).scalar_one_or_none()


def _asked(connection: Connection, conversation_id: str) -> OneOf:
    connection.execute(
        select(conversations.c.id).where(conversations.c.id == conversation_id).with_for_update()
    )
    asked = one_of(connection, conversation_id)
    if asked is None:
        raise Rejected("not_shared", "This did not come from a shared address.", status=409)
    return asked


def _give(
    connection: Connection, conversation_id: str, shared_id: str, customer_id: str, *, by: str
) -> None:
    """What of the conversation is whose it was, also work and promises, is this customer's now;
    what somebody wrote from an address of their own stays theirs."""
    here = conversations.c.id == conversation_id
    former = connection.execute(select(conversations.c.customer_id).where(here)).scalar_one()
    if former == customer_id:
        return
    if customer_id != shared_id:
        _uses(connection, shared_id, customer_id)
    connection.execute(
        update(conversations).where(here).values(customer_id=customer_id, shared_id=shared_id)
    )
    of_it = select(items.c.id).where(items.c.conversation_id == conversation_id)
    for table, which in (
        (items, items.c.conversation_id == conversation_id),
        (work_facts, work_facts.c.work_item_id.in_(of_it)),
        (rating_requests, rating_requests.c.work_item_id.in_(of_it)),
        (agreements, agreements.c.conversation_id == conversation_id),
        (interactions, among(interactions.c.id, _from_nobody(connection, conversation_id, former))),
    ):
        changed = update(table).where(which, table.c.customer_id == former)
        connection.execute(changed.values(customer_id=customer_id))
    work_items.tell_again(connection, [conversation_id])
    details = {"conversation": conversation_id, "from": former, "shared": shared_id}
    audit.record(
        connection,
        actor=by,
        action="conversation.person_chosen",
        about=customer_id,
        details=details,
    )


def _from_nobody(connection: Connection, conversation_id: str, former: str) -> list[str]:
    """The messages that are `former`'s, without those from an address of theirs alone."""
    own = select(contact_points.c.key).where(
        contact_points.c.customer_id == former, contact_points.c.shared.is_(False)
    )
    keys = set(connection.execute(own).scalars())
    columns = interactions.c
    rows = connection.execute(
        select(columns.id, columns.sender).where(
            columns.conversation_id == conversation_id, columns.customer_id == former
        )
    )
    return [row.id for row in rows if Party.model_validate(row.sender).key not in keys]


def _people(
    connection: Connection, shared_id: str, organisation_id: str | None
) -> tuple[Person, ...]:
    """Those who are known to use it, then others of the organisation whose address it is."""
    member = customers.alias("member")
    who = func.coalesce(member.c.merged_into, member.c.id)
    columns = customers.c
    named = (columns.merged_into.is_(None), columns.name != "")
    found = list(
        connection.execute(
            select(columns.id, columns.name)
            .join(member, who == columns.id)
            .join(shared_people, shared_people.c.customer_id == member.c.id)
            .where(shared_people.c.shared_id == shared_id, *named)
            .order_by(columns.name)
            .limit(MOST_PEOPLE)
        )
    )
    if organisation_id:
        works_there = (columns.organisation_id == organisation_id) & (columns.kind == "person")
        selection = select(columns.id, columns.name).where(works_there, *named)
        found += connection.execute(selection.order_by(columns.name).limit(MOST_PEOPLE))
    people = {row.id: Person(row.id, row.name) for row in found}
    return tuple(people.values())[:MOST_PEOPLE]


def _shared_id() -> Any:
    """Of a conversation: the shared address it came from, where it did."""
    columns = conversations.c
    return func.coalesce(columns.shared_id, columns.customer_id)


def _uses(connection: Connection, shared_id: str, customer_id: str) -> None:
    insert_new(connection, shared_people, [{"shared_id": shared_id, "customer_id": customer_id}])


def _addresses() -> Select[Any]:
    shared, member = customers.alias("shared"), customers.alias("member")
    customer_id = bindparam("customer", type_=String)
    return (
        select(shared.c.name)
        .join(shared_people, shared_people.c.shared_id == shared.c.id)
        .join(member, member.c.id == shared_people.c.customer_id)
        .where(
            or_(member.c.id == customer_id, member.c.merged_into == customer_id),
            shared.c.merged_into.is_(None),
        )
        .distinct()
        .order_by(shared.c.name)
    )


_ADDRESSES = _addresses()
"""Made once: making it takes longer than running it."""
