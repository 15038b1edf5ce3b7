"""An agent gives work to somebody else, or puts it aside for later. It keeps its place."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from hub import clock
from hub.errors import Rejected
from hub.promises import Event
from hub.store import agents, answers, approvals, deadlines, offers, steps, work_items
from hub.store.agents import Agent
from hub.store.tables import conversations, roles
from hub.store.tables import work_items as items
from hub.store.work_items import NOT_PREFERRED, SNOOZED, WAITING, WorkItem

GIVEN_WAITS = timedelta(minutes=15)
"""For so long, work that was given to one agent, or that they had put aside, waits for them."""
HELD_WAITS = timedelta(seconds=30)
"""The same for work whose customer holds the line meanwhile."""
LONGEST_SNOOZE = timedelta(days=366)
MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Goal:
    """A role, or one agent in it when `agent_id` is set."""

    role: str
    agent_id: str = ""


def transfer(
    connection: Connection, item_id: str, agent: Agent, goal: Goal, *, backup_role: str = ""
) -> WorkItem:
    """Give work that the agent holds to another role or agent. Raises Rejected.

    `backup_role`: who takes over for the new role when nobody of it does.
    """
    item = work_items.held(connection, item_id, agent)
    values = given(connection, item, agent, goal, backup_role)
    changed = _give(connection, item, agent, "work_item.transferred", values)
    details = {"role": goal.role, "to": goal.agent_id, "to_name": _name(connection, goal.agent_id)}
    steps.add(connection, item_id, steps.TRANSFERRED, agent.id, **details)
    return changed


def escalate(
    connection: Connection, item_id: str, agent: Agent, role: str, *, reason: str, minutes: int
) -> WorkItem:
    """Give work that the agent holds to the role of who decides what they may not, or cannot. It
    counts as waiting for so many minutes more, and comes back to its role if nobody takes it there.

    Raises Rejected.
    """
    item = work_items.held(connection, item_id, agent)
    if item.role == role:
        detail = "This is the highest role already. Hand it over instead."
        raise Rejected("highest_role", detail, status=409)
    goal = Goal(role)
    values = given(connection, item, agent, goal, item.role)
    values |= {"priority_minutes": item.priority_minutes + minutes}
    changed = _give(connection, item, agent, "work_item.escalated", values)
    reason = reason.strip()[: offers.LONGEST_REASON]
    steps.add(connection, item_id, steps.ESCALATED, agent.id, role=role, reason=reason)
    return changed


def given(
    connection: Connection, item: WorkItem, agent: Agent, goal: Goal, backup_role: str
) -> dict[str, Any]:
    """The values of work that waits for the goal from then on. Raises Rejected."""
    _must_exist(connection, goal, agent)
    values: dict[str, Any] = {"state": WAITING, "agent_id": None, "role": goal.role}
    values |= NOT_PREFERRED
    if goal.role != item.role:
        values["backup_role"] = backup_role
        values |= deadlines.happened(connection, item.id, Event.MOVED, clock.now(), role=goal.role)
    if goal.agent_id:
        waits = HELD_WAITS if item.is_on_the_line else GIVEN_WAITS
        values |= _preferred(goal.agent_id, "transferred", waits)
    return values


def _give(
    connection: Connection, item: WorkItem, agent: Agent, action: str, values: dict[str, Any]
) -> WorkItem:
    """The one who gives it is not offered it at once."""
    answers.gave_away(connection, item.id, agent.id)
    role = values["role"]
    former = item.role if item.role != role else ""
    if former:
        approvals.pass_on(connection, item.conversation_id, agent)
    to = values["preferred_agent_id"] or ""
    return work_items.change(
        connection, item, agent, action, values, former_role=former, role=role, to=to
    )


def snooze(
    connection: Connection, item_id: str, agent: Agent, until: datetime | None = None
) -> WorkItem:
    """Put work that the agent holds aside until the customer writes, but no longer than until then;
    None: for as long as they do not."""
    now = clock.now()
    if until is not None and not now < until <= now + LONGEST_SNOOZE:
        raise Rejected("snooze_time", "Choose a time to come, within a year.")
    item = work_items.held(connection, item_id, agent)
    values = deadlines.happened(connection, item_id, Event.PENDING, now)
    values |= {"state": SNOOZED, "snoozed_until": until}
    said = until.isoformat() if until else ""
    changed = work_items.change(connection, item, agent, "work_item.snoozed", values, until=said)
    steps.add(connection, item_id, steps.SNOOZED, agent.id, until=said)
    return changed


def wake_due(connection: Connection, now: datetime) -> list[str]:
    """What was put aside until now waits again, at the place it had; gives the items."""
    found = connection.execute(
        select(items)
        .join(conversations, conversations.c.id == items.c.conversation_id)
        .where(items.c.state == SNOOZED, items.c.snoozed_until <= now)
        .order_by(items.c.snoozed_until)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for item in found:
        values = deadlines.happened(connection, item.id, Event.CONTINUED, now)
        values |= {"state": WAITING, "agent_id": None, "snoozed_until": None}
        if item.agent_id:
            values |= _preferred(item.agent_id, "snoozed", GIVEN_WAITS)
        offers.change(connection, item, values)
        steps.add(connection, item.id, steps.WOKEN, item.agent_id)
    return [item.id for item in found]


def _preferred(agent_id: str, why: str, waits: timedelta) -> dict[str, Any]:
    return {
        "preferred_agent_id": agent_id,
        "preferred_until": clock.now() + waits,
        "preferred_why": why,
    }


def _must_exist(connection: Connection, goal: Goal, agent: Agent) -> None:
    known = connection.execute(select(roles.c.name).where(roles.c.name == goal.role)).one_or_none()
    if known is None:
        raise Rejected("no_role", "This role does not exist. Choose another one.")
    if goal.agent_id == agent.id:
        raise Rejected("own_work", "You have it already.")
    if goal.agent_id and agents.find(connection, goal.agent_id) is None:
        raise Rejected("no_agent", "This colleague cannot sign in. Choose somebody else.")


def _name(connection: Connection, agent_id: str) -> str:
    return agents.names(connection, [agent_id]).get(agent_id, "") if agent_id else ""
