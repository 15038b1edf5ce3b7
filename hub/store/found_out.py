"""What agents found out for the work that they hold, and what of it is proposed for the customer.

A proposal changes nothing about the customer until somebody keeps it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, or_, select, update

from hub import clock
from hub.errors import Rejected
from hub.store import audit, customer_keys
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
    columns = work_information.c
    rows = connection.execute(
        select(columns.name, columns.value, columns.at, agents.c.name.label("agent_name"))
        .join(agents, agents.c.id == columns.agent_id)
        .where(columns.work_item_id == item_id)
    )
    return {row.name: Entered(row.value, row.agent_name, row.at) for row in rows}


def enter(
    connection: Connection,
    item_id: str,
    agent: Agent,
    values: Mapping[str, str],
    *,
    of_customer: Mapping[str, str],
) -> None:
    """Keep what the agent who holds the work entered; what they emptied is gone.

    `of_customer`: which of these say something about the customer, and which field it is. Raises
    Rejected.
    """
    item = items.held(connection, item_id, agent)
    former = of_item(connection, item_id)
    given = {name: " ".join(text.split(" ")).strip()[:LONGEST] for name, text in values.items()}
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
    columns = customer_proposals.c
    rows = connection.execute(
        select(columns.id, columns.customer_id, columns.field, columns.value, agents.c.name)
        .outerjoin(agents, agents.c.id == columns.proposed_by)
        .where(columns.customer_id.in_(_also(customer_id)), columns.state == OPEN)
        .order_by(columns.id)
    )
    return [Proposal(*row[:4], proposed_by=row.name or "") for row in rows]


def customer_of(connection: Connection, proposal_id: str) -> str | None:
    """Whom a proposal is about; None when there is no such proposal."""
    selection = (
        select(func.coalesce(customers.c.merged_into, customers.c.id))
        .join(customer_proposals, customer_proposals.c.customer_id == customers.c.id)
        .where(customer_proposals.c.id == proposal_id)
    )
    return connection.execute(selection).scalar_one_or_none()


def _also(customer_id: str) -> Select[tuple[str]]:
    """The customer, and who turned out to be the same."""
    columns = customers.c
    return select(columns.id).where(
        or_(columns.id == customer_id, columns.merged_into == customer_id)
    )


def decide(connection: Connection, proposal_id: str, *, keep: bool, actor: str) -> None:
    """Keep a proposal with the customer, or drop it. Raises Rejected when somebody did already."""
    columns = customer_proposals.c
    row = connection.execute(
        select(customer_proposals).where(columns.id == proposal_id).with_for_update()
    ).one_or_none()
    if row is None or row.state != OPEN:
        raise Rejected("changed", "It changed at the same moment. Try again.", status=409)
    decided = {"decided_by": actor, "decided_at": clock.now()}
    connection.execute(
        update(customer_proposals)
        .where(columns.id == proposal_id)
        .values(state=KEPT if keep else DROPPED, **decided)
    )
    if keep:
        who = customer_of(connection, proposal_id) or row.customer_id
        former = _set(connection, who, row.field, row.value)
        customer_keys.refresh(connection, [who])
        details = {"field": row.field, "from": former, "to": row.value}
        audit.record(
            connection,
            actor=actor,
            action="customer.changed",
            about=who,
            details=details,
        )


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


def _set(connection: Connection, customer_id: str, field: str, value: str) -> str:
    """Gives what it was."""
    this = customers.c.id == customer_id
    row = connection.execute(select(customers).where(this).with_for_update()).one()
    if field == "name":
        connection.execute(update(customers).where(this).values(name=value))
        return str(row.name)
    attributes: dict[str, Any] = row.attributes
    values = {"attributes": attributes | {field: value}}
    connection.execute(update(customers).where(this).values(values))
    return str(attributes.get(field, ""))
