"""Others of the organisation of a customer, and what work is open for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, String, bindparam, func, or_, select

from hub.interaction import Channel
from hub.store.among import among_named
from hub.store.constants import constant
from hub.store.customers import Customer
from hub.store.tables import agents, contact_points, conversations, customers, work_items
from hub.store.work_items import DONE

SHOWN = 6
ORGANISATION = "organisation"


@dataclass(frozen=True)
class OpenWork:
    """Work that somebody else may have, in a line."""

    conversation_id: str
    number: int
    subject: str
    role: str
    state: str
    agent_name: str
    channel: Channel
    customer_id: str
    customer_name: str


@dataclass(frozen=True)
class Colleague:
    """`address`: by which they are reached first."""

    id: str
    name: str
    position: str
    address: str


def open_work(connection: Connection, customer: Customer, *, besides: str) -> list[OpenWork]:
    """Other open work for this customer, and for others of the organisation; theirs first."""
    given = {"customer": customer.id, "besides": besides}
    if _is_alone(customer):
        rows = connection.execute(_OPEN_OF_ONE, given)
    else:
        rows = connection.execute(_OPEN_OF_ALL, given | {"house": _organisation(customer)})
    return [
        OpenWork(*row[:5], row.agent_name or "", Channel(row.channel), row.customer_id, row.name)
        for row in rows
    ]


def colleagues(connection: Connection, customer: Customer) -> tuple[list[Colleague], int]:
    """Some of the others of the organisation, by name; and how many there are."""
    if _is_alone(customer):
        return [], 0
    given = {"house": _organisation(customer), "customer": customer.id}
    count = connection.execute(_COLLEAGUE_COUNT, given).scalar_one()
    rows = connection.execute(_COLLEAGUES, given).all()
    addresses: dict[str, str] = {}
    for point in connection.execute(_ADDRESSES, {"ids": [row.id for row in rows]}):
        addresses.setdefault(point.customer_id, point.value)
    people: Sequence[Colleague] = [
        Colleague(
            row.id, row.name, str(row.attributes.get("position", "")), addresses.get(row.id, "")
        )
        for row in rows
    ]
    return list(people), count


def _is_alone(customer: Customer) -> bool:
    return customer.organisation_id is None and customer.kind != ORGANISATION


def _organisation(customer: Customer) -> str:
    return customer.organisation_id or customer.id


# Made once: making them takes longer than running them. `house`: the organisation.
_CUSTOMER, _HOUSE = (bindparam(name, type_=String) for name in ("customer", "house"))
_THEIRS = work_items.c.customer_id == _CUSTOMER
_OPEN = (
    select(
        work_items.c.conversation_id,
        conversations.c.number,
        conversations.c.subject,
        work_items.c.role,
        work_items.c.state,
        agents.c.name.label("agent_name"),
        work_items.c.channel,
        work_items.c.customer_id,
        customers.c.name,
    )
    .join(conversations, conversations.c.id == work_items.c.conversation_id)
    .join(customers, customers.c.id == work_items.c.customer_id)
    .outerjoin(agents, agents.c.id == work_items.c.agent_id)
    .where(
        work_items.c.state != constant(DONE),
        work_items.c.conversation_id != bindparam("besides"),
    )
    .order_by(_THEIRS.desc(), work_items.c.waiting_since)
    .limit(SHOWN)
)
_ALL = select(customers.c.id).where(
    or_(customers.c.organisation_id == _HOUSE, customers.c.id == _HOUSE)
)
_OPEN_OF_ONE = _OPEN.where(_THEIRS)
_OPEN_OF_ALL = _OPEN.where(work_items.c.customer_id.in_(_ALL))
_COLLEAGUE = (
    (customers.c.organisation_id == _HOUSE)
    & (customers.c.id != _CUSTOMER)
    & (customers.c.kind == "person")
    & customers.c.merged_into.is_(None)
)
_COLLEAGUE_COUNT = select(func.count()).select_from(customers).where(_COLLEAGUE)
_COLLEAGUES = (
    select(customers.c.id, customers.c.name, customers.c.attributes)
    .where(_COLLEAGUE)
    .order_by(customers.c.name)
    .limit(SHOWN)
)
_ADDRESSES = (
    select(contact_points.c.customer_id, contact_points.c.value)
    .where(
        among_named(contact_points.c.customer_id, "ids"),
        contact_points.c.kind.in_(("email", "phone")),
    )
    .order_by(contact_points.c.verified.desc(), contact_points.c.created_at)
)
