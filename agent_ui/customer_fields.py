"""The fields that administrators added, as an agent sees them beside a customer's work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from hub.custom_fields import Field
from hub.store import customer_fields
from hub.store.agents import Agent
from hub.store.customers import Customer


@dataclass(frozen=True)
class Shown:
    """`value`: as it is stored. `first`: the topic of the work asks for it."""

    field: Field
    customer_id: str
    value: str
    may_change: bool
    first: bool

    @property
    def matters(self) -> bool:
        return bool(self.value) or self.first or self.field.required


@dataclass(frozen=True)
class Fields:
    """`own`: of the customer; `house`: of the organisation that they belong to. `known`: all there
    are, by key, also those that are not shown."""

    own: Sequence[Shown]
    house: Sequence[Shown]
    known: Mapping[str, Field]


@dataclass(frozen=True)
class Attempt:
    """What somebody wrote that was not taken, and why."""

    customer_id: str
    field_id: str
    text: str
    problem: str


def read_fields(connection: Connection, customer: Customer, agent: Agent, topic: str) -> Fields:
    known = {one.key: one for one in customer_fields.listed(connection, archived=True)}
    seen = [
        one for one in known.values() if not one.archived and one.may_see(oversees=agent.oversees)
    ]

    def shown(customer_id: str, kind: str, values: Mapping[str, str]) -> list[Shown]:
        found = [
            Shown(
                one,
                customer_id,
                values.get(one.key, ""),
                may_change=one.may_change(oversees=agent.oversees),
                first=one.is_about(topic),
            )
            for one in seen
            if one.is_of(kind)
        ]
        return sorted(found, key=lambda one: not one.first)

    own = shown(customer.id, customer.kind, customer.own_attributes)
    house: list[Shown] = []
    if customer.organisation_id:
        house = shown(customer.organisation_id, "organisation", customer.organisation_attributes)
    return Fields([] if customer.kind == "shared" else own, house, known)


def without_hidden(customer: Customer, fields: Mapping[str, Field], agent: Agent) -> Customer:
    """The customer without what only supervisors see."""
    hidden = {key for key, one in fields.items() if not one.may_see(oversees=agent.oversees)}
    if not hidden:
        return customer

    def rest(values: Mapping[str, str]) -> dict[str, str]:
        return {key: text for key, text in values.items() if key not in hidden}

    return replace(
        customer,
        attributes=rest(customer.attributes),
        own_attributes=rest(customer.own_attributes),
        organisation_attributes=rest(customer.organisation_attributes),
    )
