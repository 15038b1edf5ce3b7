"""A supervisor hands out work that is not theirs, and says for others whether they are there."""

from typing import Any

from sqlalchemy import Connection

from hub import clock
from hub.errors import Rejected
from hub.promises import Event
from hub.store import (
    agents,
    answers,
    approvals,
    deadlines,
    handing_over,
    offers,
    presence,
    steps,
    work_items,
)
from hub.store.agents import Agent
from hub.store.handing_over import Goal
from hub.store.work_items import ASSIGNED, DONE, NOT_PREFERRED, OFFERED, SNOOZED, WorkItem


def give(connection: Connection, item_id: str, supervisor: Agent, agent_id: str) -> WorkItem:
    """Put open work in the hands of one agent at once, whoever has it now. Raises Rejected."""
    item = _open(connection, item_id)
    agent = agents.find(connection, agent_id)
    if agent is None:
        raise Rejected("no_agent", "This colleague cannot sign in. Choose somebody else.")
    if item.state == ASSIGNED and item.agent_id == agent_id:
        return item
    values = _taken_from(connection, item, supervisor, to=agent.name)
    values |= {"state": ASSIGNED, "agent_id": agent_id, "look_again_at": None, **NOT_PREFERRED}
    changed = work_items.change(
        connection, item, supervisor, "work_item.given", values, to=agent_id
    )
    presence.got_work(connection, agent_id, clock.now())
    steps.add(connection, item_id, steps.GIVEN, agent_id, by=supervisor.id, by_name=supervisor.name)
    return changed


def move(
    connection: Connection, item_id: str, supervisor: Agent, role: str, *, backup_role: str
) -> WorkItem:
    """Let open work wait for a role, whoever has it now. Raises Rejected."""
    item = _open(connection, item_id)
    values = _taken_from(connection, item, supervisor)
    values |= handing_over.given(connection, item, supervisor, Goal(role), backup_role)
    if item.role != role:
        approvals.pass_on(connection, item.conversation_id, supervisor)
    changed = work_items.change(
        connection,
        item,
        supervisor,
        "work_item.moved",
        values,
        former_role=item.role if item.role != role else "",
        role=role,
    )
    steps.add(connection, item_id, steps.TRANSFERRED, supervisor.id, role=role, to="", to_name="")
    return changed


def say_presence(
    connection: Connection, agent_id: str, supervisor: Agent, state: str, reason: str
) -> None:
    """Another agent is in this state from now on; the audit log says who said so."""
    if agents.find(connection, agent_id) is None:
        raise Rejected("no_agent", "This colleague cannot sign in. Choose somebody else.")
    kept = reason if state == presence.AWAY else ""
    presence.say(connection, agent_id, state, reason=kept, changed_by=supervisor.id)
    if state != presence.AVAILABLE:
        offers.withdraw(connection, agent_id)


def _open(connection: Connection, item_id: str) -> WorkItem:
    item = work_items.lock(connection, item_id)
    if item.state == DONE:
        raise work_items.Taken("")
    return item


def _taken_from(
    connection: Connection, item: WorkItem, supervisor: Agent, *, to: str = ""
) -> dict[str, Any]:
    """End what it was before: an offer, somebody's work, or put aside until a time."""
    values: dict[str, Any] = {"snoozed_until": None}
    if item.state == OFFERED:
        answers.end(connection, item.id, answers.WITHDRAWN)
    if item.state == SNOOZED:
        values |= deadlines.happened(connection, item.id, Event.CONTINUED, clock.now())
    if item.state == ASSIGNED and item.agent_id:
        answers.gave_away(connection, item.id, item.agent_id)
        if to:
            steps.add(connection, item.id, steps.TRANSFERRED, supervisor.id, to_name=to)
    return values
