"""What became of what rules proposed: shown, taken up, put aside with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from hub import clock
from hub.errors import Rejected
from hub.rules.proposing import Proposal
from hub.store import audit
from hub.store.agents import Agent
from hub.store.inserting import insert_new
from hub.store.tables import agents, rule_proposals

LONGEST_REASON = 500


@dataclass(frozen=True)
class Fate:
    """Of one proposal for one piece of work: when it was taken up, or put aside, and by whom."""

    name: str = ""
    taken_at: datetime | None = None
    aside_at: datetime | None = None


def of_item(connection: Connection, item_id: str) -> Mapping[str, Fate]:
    """By rule."""
    columns = rule_proposals.c
    rows = connection.execute(
        select(columns.rule_id, columns.taken_at, columns.aside_at, agents.c.name)
        .outerjoin(agents, (agents.c.id == columns.aside_by) | (agents.c.id == columns.taken_by))
        .where(columns.work_item_id == item_id)
    )
    return {row.rule_id: Fate(row.name or "", row.taken_at, row.aside_at) for row in rows}


def show(connection: Connection, item_id: str, proposal: Proposal, agent: Agent) -> None:
    """That it was on the screen of who has the work; once."""
    row = shown(item_id, proposal, agent.id, clock.now()) | {"id": clock.new_id()}
    insert_new(connection, rule_proposals, [row])


def shown(item_id: str, proposal: Proposal, agent_id: str, at: datetime) -> dict[str, Any]:
    """What is kept of one that was on the screen, without its id."""
    return {
        "rule_id": proposal.id,
        "work_item_id": item_id,
        "rule_version": proposal.version,
        "action": proposal.rule.action.kind,
        "reasons": [one.model_dump(mode="json") for one in proposal.reasons],
        "shown_at": at,
        "shown_to": agent_id,
        "aside_reason": "",
    }


def taken(agent_id: str, at: datetime) -> dict[str, Any]:
    return {"taken_at": at, "taken_by": agent_id}


def aside(agent_id: str, at: datetime, reason: str) -> dict[str, Any]:
    return {
        "aside_at": at,
        "aside_by": agent_id,
        "aside_reason": reason,
        "taken_at": None,
        "taken_by": None,
    }


def take(connection: Connection, item_id: str, proposal: Proposal, agent: Agent) -> None:
    """The agent does it. The first time counts."""
    show(connection, item_id, proposal, agent)
    values = taken(agent.id, clock.now()) | {"action": proposal.rule.action.kind}
    untouched = rule_proposals.c.taken_at.is_(None) & rule_proposals.c.aside_at.is_(None)
    if _set(connection, item_id, proposal.id, values, untouched):
        _note(connection, agent, "proposal.taken", proposal.id, item_id)


def put_aside(
    connection: Connection, item_id: str, proposal: Proposal, agent: Agent, reason: str
) -> None:
    """It is not proposed for this work any more. Raises Rejected without a reason."""
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise Rejected("no_reason", "Say why not.")
    show(connection, item_id, proposal, agent)
    values = aside(agent.id, clock.now(), reason)
    if _set(connection, item_id, proposal.id, values, rule_proposals.c.aside_at.is_(None)):
        _note(connection, agent, "proposal.put_aside", proposal.id, item_id, reason=reason)


def _set(
    connection: Connection, item_id: str, rule_id: str, values: dict[str, Any], only: Any
) -> bool:
    columns = rule_proposals.c
    this = (columns.work_item_id == item_id) & (columns.rule_id == rule_id)
    return bool(
        connection.execute(update(rule_proposals).where(this, only).values(values)).rowcount
    )


def _note(
    connection: Connection, agent: Agent, action: str, rule_id: str, item_id: str, **details: Any
) -> None:
    audit.record(
        connection,
        actor=agent.id,
        action=action,
        about=rule_id,
        details={"work_item": item_id} | details,
    )
