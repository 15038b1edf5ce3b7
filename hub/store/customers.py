"""What an agent reads about a customer: who they are, what was agreed, and what went before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, String, bindparam, func, or_, select, update

from hub import clock
from hub.interaction import Channel
from hub.membership import Membership
from hub.store import audit
from hub.store.among import among_named
from hub.store.constants import constant
from hub.store.tables import (
    agreements,
    contact_points,
    conversations,
    customers,
    interactions,
)
from hub.store.traits import ORGANISATION, traits_of
from hub.store.types import Instant

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
    row = connection.execute(_CUSTOMER, {"id": customer_id}).one()
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
    own = connection.execute(_WORKS_FOR, {"id": customer_id}).scalar_one_or_none()
    others = connection.execute(_HOUSEHOLD, {"organisation": own or customer_id})
    return sorted({customer_id, *others.scalars()})


def history(
    connection: Connection, who: Customer, *, besides: str, limit: int
) -> tuple[list[Past], list[Past]]:
    """Earlier interactions outside the conversation `besides`, newest first, on every channel:
    of this customer, and of others of the same organisation."""
    values = {"id": who.id, "besides": besides, "most": limit}
    own = [_past_of(row) for row in connection.execute(_OWN_PAST, values)]
    values |= {"organisation": who.organisation_id or who.id}
    if who.organisation_id is None and who.kind != ORGANISATION:
        return own, []
    return own, [_past_of(row) for row in connection.execute(_PAST_OF_COLLEAGUES, values)]


def _points(connection: Connection, customer_id: str) -> tuple[ContactPoint, ...]:
    rows = connection.execute(_POINTS, {"id": customer_id})
    return tuple(ContactPoint(*row) for row in rows)


def _agreements(
    connection: Connection, customer_id: str, organisation_id: str | None
) -> tuple[Agreement, ...]:
    parties = [customer_id] + ([organisation_id] if organisation_id else [])
    rows = connection.execute(_AGREEMENTS, {"ids": parties, "now": clock.now()})
    return tuple(_agreement(row, customer_id) for row in rows)


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


def _past_of(row: Sequence[Any]) -> Past:
    conversation_id, number, name, channel, direction, subject, text, at, state = row
    excerpt = " ".join(text[:_EXCERPT_CHARACTERS].split())
    return Past(
        conversation_id, number, name, Channel(channel), direction, subject, excerpt, at, state
    )


# Made once: making them takes longer than running them.
_ORGANISATION = customers.alias("organisation")
_CUSTOMER = (
    select(
        customers,
        _ORGANISATION.c.name.label("organisation_name"),
        _ORGANISATION.c.number.label("organisation_number"),
        _ORGANISATION.c.attributes.label("organisation_attributes"),
        _ORGANISATION.c.target_group.label("organisation_group"),
    )
    .outerjoin(_ORGANISATION, _ORGANISATION.c.id == customers.c.organisation_id)
    .where(customers.c.id == bindparam("id"))
)
_WORKS_FOR = select(customers.c.organisation_id).where(customers.c.id == bindparam("id"))
_THEIRS = bindparam("organisation", type_=String)
_HOUSEHOLD = select(customers.c.id).where(
    (customers.c.organisation_id == _THEIRS) | (customers.c.id == _THEIRS)
)
_POINTS = (
    select(
        contact_points.c.kind,
        contact_points.c.value,
        contact_points.c.verified,
        contact_points.c.shared,
    )
    .where(contact_points.c.customer_id == bindparam("id"))
    .order_by(contact_points.c.created_at)
)
_NOW = bindparam("now", type_=Instant)
_AGREEMENTS = (
    select(agreements)
    .where(
        among_named(agreements.c.customer_id, "ids"),
        agreements.c.valid_from <= _NOW,
        or_(agreements.c.valid_until.is_(None), agreements.c.valid_until > _NOW),
    )
    .order_by(agreements.c.due_at.asc().nulls_last(), agreements.c.valid_from.desc())
)
_PAST = (
    select(
        conversations.c.id,
        conversations.c.number,
        customers.c.name,
        interactions.c.channel,
        interactions.c.direction,
        interactions.c.subject,
        func.substr(interactions.c.text, 1, _EXCERPT_CHARACTERS).label("text"),
        interactions.c.occurred_at,
        conversations.c.state,
    )
    .join(conversations, conversations.c.id == interactions.c.conversation_id)
    .join(customers, customers.c.id == interactions.c.customer_id)
    .where(
        interactions.c.kind == constant("message"),
        interactions.c.conversation_id != bindparam("besides"),
    )
    .order_by(interactions.c.received_at.desc())
    .limit(bindparam("most"))
)
_OWN_PAST = _PAST.where(interactions.c.customer_id == bindparam("id"))


def _colleagues() -> Select[tuple[str]]:
    """The organisation, and all who work there, but for this one."""
    columns, organisation_id = customers.c, bindparam("organisation", type_=String)
    of_it = or_(columns.organisation_id == organisation_id, columns.id == organisation_id)
    return select(columns.id).where(of_it, columns.id != bindparam("id"))


_PAST_OF_COLLEAGUES = _PAST.where(interactions.c.customer_id.in_(_colleagues()))
