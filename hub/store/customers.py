"""What an agent reads about a customer: who they are, what was agreed, and what went before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, update

from hub import clock
from hub.interaction import Channel
from hub.membership import Membership
from hub.store import audit
from hub.store.among import among
from hub.store.tables import (
    agreements,
    contact_points,
    conversations,
    customers,
    interactions,
)
from hub.store.traits import traits_of

_EXCERPT_CHARACTERS = 200


@dataclass(frozen=True)
class ContactPoint:
    kind: str
    value: str
    verified: bool
    shared: bool = False
    """Several people use it."""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True)
class Agreement:
    """What was agreed. `with_organisation`: not with the person but with who they work for.

    `details`: what can be counted or looked up in it, such as a serial number.
    """

    id: str
    kind: str
    title: str
    terms: str
    valid_from: datetime
    valid_until: datetime | None
    due_at: datetime | None
    owner: str
    with_organisation: bool
    number: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Customer:
    """`number` and `attributes`: what a person lacks of their own is that of who they work for.
    `own_attributes`, `organisation_attributes`: what stands of each alone.
    `target_group`: as somebody said it of the customer, `organisation_group` of who they work for;
    `traits`: what says it where nobody did."""

    id: str
    kind: str
    name: str
    target_group: str
    language: str
    organisation_id: str | None
    organisation_name: str
    points: tuple[ContactPoint, ...]
    agreements: tuple[Agreement, ...]
    number: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    own_attributes: dict[str, str] = field(default_factory=dict)
    organisation_attributes: dict[str, str] = field(default_factory=dict)
    organisation_group: str = ""
    traits: dict[str, str] = field(default_factory=dict)

    @property
    def membership(self) -> Membership:
        return Membership(self.target_group or self.organisation_group, self.traits)


@dataclass(frozen=True)
class Past:
    """One earlier interaction, as a line of history."""

    conversation_id: str
    number: int
    customer_name: str
    channel: Channel
    direction: str
    subject: str
    excerpt: str
    occurred_at: datetime
    state: str


def customer(connection: Connection, customer_id: str) -> Customer:
    """The customer with contact points and the agreements in force, also their organisation's."""
    organisation = customers.alias("organisation")
    row = connection.execute(
        select(
            customers,
            organisation.c.name.label("organisation_name"),
            organisation.c.number.label("organisation_number"),
            organisation.c.attributes.label("organisation_attributes"),
            organisation.c.target_group.label("organisation_group"),
        )
        .outerjoin(organisation, organisation.c.id == customers.c.organisation_id)
        .where(customers.c.id == customer_id)
    ).one()
    return Customer(
        id=row.id,
        kind=row.kind,
        name=row.name,
        target_group=row.target_group,
        language=row.language,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation_name or "",
        points=_points(connection, customer_id),
        agreements=_agreements(connection, customer_id, row.organisation_id),
        number=row.number or row.organisation_number or "",
        attributes=_written({**(row.organisation_attributes or {}), **row.attributes}),
        own_attributes=_written(row.attributes),
        organisation_attributes=_written(row.organisation_attributes or {}),
        organisation_group=row.organisation_group or "",
        traits=traits_of(
            row.kind,
            row.name,
            row.language,
            row.attributes,
            row.organisation_name,
            organisation_attributes=row.organisation_attributes,
        ),
    )


def _written(attributes: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in attributes.items()}


def set_group(connection: Connection, customer_id: str, group: str, *, actor: str) -> None:
    """Say to which target group a customer belongs; "" leaves it to the organisation and to the
    rules of the model again. What is routed from now on follows it."""
    this = customers.c.id == customer_id
    former = connection.execute(
        select(customers.c.target_group).where(this).with_for_update()
    ).scalar_one()
    if former == group:
        return
    connection.execute(update(customers).where(this).values(target_group=group))
    audit.record(
        connection,
        actor=actor,
        action="customer.group_set",
        about=customer_id,
        details={"from": former, "to": group},
    )


def household(connection: Connection, customer_id: str) -> list[str]:
    """The customer, their organisation, and everybody else of it: what one of them ordered concerns
    them all."""
    own = select(customers.c.organisation_id).where(customers.c.id == customer_id)
    organisation_id = connection.execute(own).scalar_one_or_none() or customer_id
    others = select(customers.c.id).where(
        (customers.c.organisation_id == organisation_id) | (customers.c.id == organisation_id)
    )
    return sorted({customer_id, *connection.execute(others).scalars()})


def history(
    connection: Connection, who: Customer, *, besides: str, limit: int
) -> tuple[list[Past], list[Past]]:
    """Earlier interactions outside the conversation `besides`, newest first, on every channel:
    of this customer, and of others of the same organisation."""
    own = _past(connection, customers.c.id == who.id, besides, limit)
    organisation_id = who.organisation_id or who.id
    colleagues = or_(
        customers.c.organisation_id == organisation_id, customers.c.id == organisation_id
    )
    others = _past(connection, colleagues & (customers.c.id != who.id), besides, limit)
    return own, others


def _points(connection: Connection, customer_id: str) -> tuple[ContactPoint, ...]:
    selection = (
        select(
            contact_points.c.kind,
            contact_points.c.value,
            contact_points.c.verified,
            contact_points.c.shared,
        )
        .where(contact_points.c.customer_id == customer_id)
        .order_by(contact_points.c.created_at)
    )
    return tuple(ContactPoint(*row) for row in connection.execute(selection))


def _agreements(
    connection: Connection, customer_id: str, organisation_id: str | None
) -> tuple[Agreement, ...]:
    now = clock.now()
    parties = [customer_id] + ([organisation_id] if organisation_id else [])
    selection = (
        select(agreements)
        .where(
            among(agreements.c.customer_id, parties),
            agreements.c.valid_from <= now,
            or_(agreements.c.valid_until.is_(None), agreements.c.valid_until > now),
        )
        .order_by(agreements.c.due_at.asc().nulls_last(), agreements.c.valid_from.desc())
    )
    return tuple(_agreement(row, customer_id) for row in connection.execute(selection))


def _agreement(row: Any, customer_id: str) -> Agreement:
    return Agreement(
        id=row.id,
        kind=row.kind,
        title=row.title,
        terms=row.terms,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        due_at=row.due_at,
        owner=row.owner,
        with_organisation=row.customer_id != customer_id,
        number=row.number or "",
        details=row.details or {},
    )


def _past(
    connection: Connection, whose: ColumnElement[bool], besides: str, limit: int
) -> list[Past]:
    columns = interactions.c
    selection = (
        select(
            conversations.c.id,
            conversations.c.number,
            customers.c.name,
            columns.channel,
            columns.direction,
            columns.subject,
            columns.text,
            columns.occurred_at,
            conversations.c.state,
        )
        .join(conversations, conversations.c.id == columns.conversation_id)
        .join(customers, customers.c.id == columns.customer_id)
        .where(whose, columns.kind == "message", columns.conversation_id != besides)
        .order_by(columns.received_at.desc())
        .limit(limit)
    )
    return [_past_of(row) for row in connection.execute(selection)]


def _past_of(row: Sequence[Any]) -> Past:
    conversation_id, number, name, channel, direction, subject, text, at, state = row
    excerpt = " ".join(text[:_EXCERPT_CHARACTERS].split())
    return Past(
        conversation_id, number, name, Channel(channel), direction, subject, excerpt, at, state
    )
