"""What agents found out for the work that they hold, and what of it is proposed for the customer.

A proposal changes nothing about the customer until somebody keeps it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, bindparam, delete, func, insert, or_, select, update

from hub import clock
from hub.custom_fields import Field, Typed, read
from hub.errors import Rejected
from hub.store import audit, customer_fields, customer_keys, field_values, searchable
from hub.store import work_items as items
from hub.store.agents import Agent
from hub.store.tables import agents, customer_proposals, customers, work_information

LONGEST = 2_000

OPEN = "open"
KEPT = "kept"
DROPPED = "dropped"


@dataclass(frozen=True)
class Entered:
    """What an agent entered for something that the work asks to know."""

    value: str
    agent_name: str
    at: datetime


@dataclass(frozen=True)
class Proposal:
    id: str
    customer_id: str
    field: str
    value: str
    proposed_by: str


def of_item(connection: Connection, item_id: str) -> dict[str, Entered]:
    """By the name of what it answers."""
    rows = connection.execute(_ENTERED, {"item": item_id})
    return {row.name: Entered(row.value, row.agent_name, row.at) for row in rows}


def enter(
    connection: Connection,
    item_id: str,
    agent: Agent,
    values: Mapping[str, str],
    *,
    of_customer: Mapping[str, str],
    typed: Typed,
) -> None:
    """Keep what the agent who holds the work entered; what they emptied is gone.

    `of_customer`: which of these say something about the customer, and which field it is; `typed`:
    how a value is read where administrators added that field. Raises Rejected, also for a field
    that this agent does not see.
    """
    item = items.held(connection, item_id, agent)
    former = of_item(connection, item_id)
    fields = customer_fields.by_key(connection) if of_customer else {}
    asked = (fields.get(of_customer.get(name, "")) for name in values)
    if not all(one is None or one.may_see(oversees=agent.oversees) for one in asked):
        raise _not_supervisor()
    given = {
        name: read(fields[of_customer[name]], text, typed)
        if of_customer.get(name) in fields
        else " ".join(text.split(" ")).strip()[:LONGEST]
        for name, text in values.items()
    }
    was = {name: former[name].value if name in former else "" for name in given}
    changed = {name: text for name, text in given.items() if text != was[name]}
    for name, text in changed.items():
        _write(connection, item_id, agent, name, text)
        if text and name in of_customer:
            _propose(connection, item.customer_id, of_customer[name], text, agent)
    if changed:
        audit.record(
            connection,
            actor=agent.id,
            action="work_item.information",
            about=item_id,
            details={"names": sorted(changed)},
        )


def _write(connection: Connection, item_id: str, agent: Agent, name: str, text: str) -> None:
    columns = work_information.c
    this = (columns.work_item_id == item_id) & (columns.name == name)
    connection.execute(delete(work_information).where(this))
    if text:
        row = {"work_item_id": item_id, "name": name, "value": text, "agent_id": agent.id}
        connection.execute(insert(work_information), [row | {"at": clock.now()}])


def proposals(connection: Connection, customer_id: str) -> list[Proposal]:
    """What nobody decided about yet."""
    rows = connection.execute(_OPEN_PROPOSALS, {"customer": customer_id})
    return [Proposal(*row[:4], proposed_by=row.name or "") for row in rows]


def customer_of(connection: Connection, proposal_id: str) -> str | None:
    """Whom a proposal is about; None when there is no such proposal."""
    selection = (
        select(func.coalesce(customers.c.merged_into, customers.c.id))
        .join(customer_proposals, customer_proposals.c.customer_id == customers.c.id)
        .where(customer_proposals.c.id == proposal_id)
    )
    return connection.execute(selection).scalar_one_or_none()


def decide(connection: Connection, proposal_id: str, agent: Agent, *, keep: bool) -> None:
    """Keep a proposal with the customer, or drop it. Raises Rejected when somebody did already, or
    when it is not for this agent to change."""
    columns = customer_proposals.c
    row = connection.execute(
        select(customer_proposals).where(columns.id == proposal_id).with_for_update()
    ).one_or_none()
    if row is None or row.state != OPEN:
        raise Rejected("changed", "It changed at the same moment. Try again.", status=409)
    of = customer_fields.by_key(connection).get(row.field)
    if of is not None and not of.may_change(oversees=agent.oversees):
        raise _not_supervisor()
    decided = {"decided_by": agent.id, "decided_at": clock.now()}
    connection.execute(
        update(customer_proposals)
        .where(columns.id == proposal_id)
        .values(state=KEPT if keep else DROPPED, **decided)
    )
    if keep:
        _keep(connection, row, of, agent)


def _not_supervisor() -> Rejected:
    return Rejected("not_supervisor", "Only a supervisor can do this.", status=403)


def _keep(connection: Connection, proposal: Any, of: Field | None, agent: Agent) -> None:
    """With the customer, or, what only organisations have, with who they belong to. `of`: the field
    when administrators added it."""
    field, value = proposal.field, proposal.value
    this = _locked(connection, customer_of(connection, proposal.id) or proposal.customer_id)
    if of is not None:
        value = read(of, value, field_values.BY_PROGRAM)
        if not of.is_of(this.kind) and this.organisation_id:
            this = _locked(connection, this.organisation_id)
    if field != "name":
        field_values.keep(connection, this, field, value, by=agent.id)
        return
    connection.execute(update(customers).where(customers.c.id == this.id).values(name=value))
    customer_keys.refresh(connection, [this.id])
    searchable.refresh_customers(connection, [this.id])
    details = {"field": field, "from": this.name, "to": value}
    audit.record(
        connection, actor=agent.id, action="customer.changed", about=this.id, details=details
    )


def _locked(connection: Connection, customer_id: str) -> Any:
    return connection.execute(
        select(customers).where(customers.c.id == customer_id).with_for_update()
    ).one()


def _propose(
    connection: Connection, customer_id: str, field: str, value: str, agent: Agent
) -> None:
    """A newer proposal for the same field takes the place of the one before."""
    columns = customer_proposals.c
    before = (columns.customer_id == customer_id) & (columns.field == field)
    connection.execute(
        update(customer_proposals)
        .where(before, columns.state == OPEN)
        .values(state=DROPPED, decided_by=agent.id, decided_at=clock.now())
    )
    row = {
        "id": clock.new_id(),
        "customer_id": customer_id,
        "field": field,
        "value": value,
        "proposed_by": agent.id,
        "proposed_at": clock.now(),
        "state": OPEN,
        "decided_by": "",
    }
    connection.execute(insert(customer_proposals), [row])


# Made once: making them takes longer than running them.
_ENTERED = (
    select(
        work_information.c.name,
        work_information.c.value,
        work_information.c.at,
        agents.c.name.label("agent_name"),
    )
    .join(agents, agents.c.id == work_information.c.agent_id)
    .where(work_information.c.work_item_id == bindparam("item"))
)
_CUSTOMER = bindparam("customer", type_=String)
_ALSO = select(customers.c.id).where(
    or_(customers.c.id == _CUSTOMER, customers.c.merged_into == _CUSTOMER)
)
"""The customer, and who turned out to be the same."""
_OPEN_PROPOSALS = (
    select(
        customer_proposals.c.id,
        customer_proposals.c.customer_id,
        customer_proposals.c.field,
        customer_proposals.c.value,
        agents.c.name,
    )
    .outerjoin(agents, agents.c.id == customer_proposals.c.proposed_by)
    .where(customer_proposals.c.customer_id.in_(_ALSO), customer_proposals.c.state == OPEN)
    .order_by(customer_proposals.c.id)
)
