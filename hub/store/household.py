"""Others of the organisation of a customer, and what work is open for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from hub.interaction import Channel
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
    columns = work_items.c
    theirs = columns.customer_id == customer.id
    rows = connection.execute(
        select(
            columns.conversation_id,
            conversations.c.number,
            conversations.c.subject,
            columns.role,
            columns.state,
            agents.c.name.label("agent_name"),
            columns.channel,
            columns.customer_id,
            customers.c.name,
        )
        .join(conversations, conversations.c.id == columns.conversation_id)
        .join(customers, customers.c.id == columns.customer_id)
        .outerjoin(agents, agents.c.id == columns.agent_id)
        .where(
            columns.state != constant(DONE),
            columns.conversation_id != besides,
            theirs if _is_alone(customer) else columns.customer_id.in_(_all(customer)),
        )
        .order_by(theirs.desc(), columns.waiting_since)
        .limit(SHOWN)
    )
    return [
        OpenWork(*row[:5], row.agent_name or "", Channel(row.channel), row.customer_id, row.name)
        for row in rows
    ]


def colleagues(connection: Connection, customer: Customer) -> tuple[list[Colleague], int]:
    """Some of the others of the organisation, by name; and how many there are."""
    whose = _colleague(customer)
    if whose is None:
        return [], 0
    columns = customers.c
    counting = select(func.count()).select_from(customers).where(whose)
    count = connection.execute(counting).scalar_one()
    found = (
        select(columns.id, columns.name, columns.attributes)
        .where(whose)
        .order_by(columns.name)
        .limit(SHOWN)
    )
    rows = connection.execute(found).all()
    points = contact_points.c
    addresses: dict[str, str] = {}
    for point in connection.execute(
        select(points.customer_id, points.value)
        .where(
            points.customer_id.in_([row.id for row in rows]), points.kind.in_(("email", "phone"))
        )
        .order_by(points.verified.desc(), points.created_at)
    ):
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


def _all(customer: Customer) -> Any:
    """The ids of the organisation and of all who work there, this customer too."""
    organisation_id = _organisation(customer)
    columns = customers.c
    return select(columns.id).where(
        or_(columns.organisation_id == organisation_id, columns.id == organisation_id)
    )


def _colleague(customer: Customer) -> ColumnElement[bool] | None:
    if _is_alone(customer):
        return None
    columns = customers.c
    return (
        (columns.organisation_id == _organisation(customer))
        & (columns.id != customer.id)
        & (columns.kind == "person")
        & columns.merged_into.is_(None)
    )


def _organisation(customer: Customer) -> str:
    return customer.organisation_id or customer.id
