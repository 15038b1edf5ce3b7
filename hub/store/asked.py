"""What agents ask of colleagues, as it stands: on the desk of each, and beside the conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select

from hub import clock
from hub.store.agents import Agent
from hub.store.tables import agents, asked_colleagues, conversations, customers

MENTION, APPROVAL, TASK, CONSULT = "mention", "approval", "task", "consult"
SEEN, YES, NO, DONE = "seen", "yes", "no", "done"
SHOWN = 50


@dataclass(frozen=True)
class Request:
    """`answer`: empty while nobody answered; then seen, yes or no. `role`: who was asked for it.
    `reason`: why it was not approved, if that was said."""

    id: str
    conversation_id: str
    title: str
    kind: str
    what: str
    by_agent_id: str
    by_name: str
    asked_at: datetime
    due_at: datetime | None
    answer: str
    answered_by: str
    role: str
    reason: str


def waiting_for(connection: Connection, agent: Agent) -> list[Request]:
    """What this agent is asked, and of what they asked: answers that they have not seen, and
    approvals that were not given in time."""
    columns = asked_colleagues.c
    asked = (columns.answer == "") & (columns.by_agent_id != agent.id)
    asked &= or_(columns.to_agent_id == agent.id, columns.to_role.in_(agent.roles))
    answered = (columns.answer.in_([YES, NO, DONE])) & (columns.by_agent_id == agent.id)
    missed = _waits_for(agent) & (columns.due_at <= clock.now())
    return _read(connection, or_(asked, answered, missed))


def approvals_of(connection: Connection, conversation_id: str) -> list[Request]:
    """Those that nobody gave or refused yet."""
    rows = connection.execute(_APPROVALS, {"conversation": conversation_id})
    return _requests(rows.all())


def next_due(connection: Connection, agent: Agent) -> datetime | None:
    """When the time is over of the next approval that this agent waits for."""
    due = asked_colleagues.c.due_at
    waits = _waits_for(agent) & asked_colleagues.c.is_over.is_(False) & (due > clock.now())
    found: datetime | None = connection.execute(select(func.min(due)).where(waits)).scalar_one()
    return found


def _waits_for(agent: Agent) -> ColumnElement[bool]:
    columns = asked_colleagues.c
    return (columns.kind == APPROVAL) & (columns.answer == "") & (columns.by_agent_id == agent.id)


def _read(connection: Connection, which: ColumnElement[bool]) -> list[Request]:
    return _requests(connection.execute(_REQUESTS.where(which)).all())


def _requests(rows: Sequence[Any]) -> list[Request]:
    return [
        Request(
            row.id,
            row.conversation_id,
            row.subject or row.customer,
            row.kind,
            row.what,
            row.by_agent_id,
            row.by_name,
            row.asked_at,
            row.due_at,
            row.answer,
            row.answerer or "",
            row.to_role,
            row.reason or "",
        )
        for row in rows
    ]


_BY, _ANSWERER = agents.alias("by_agent"), agents.alias("answerer")
_REQUESTS = (
    select(
        asked_colleagues,
        conversations.c.subject,
        customers.c.name.label("customer"),
        _BY.c.name.label("by_name"),
        _ANSWERER.c.name.label("answerer"),
    )
    .join(conversations, conversations.c.id == asked_colleagues.c.conversation_id)
    .join(customers, customers.c.id == conversations.c.customer_id)
    .join(_BY, _BY.c.id == asked_colleagues.c.by_agent_id)
    .outerjoin(_ANSWERER, _ANSWERER.c.id == asked_colleagues.c.answered_by)
    .where(asked_colleagues.c.is_over.is_(False))
    .order_by(asked_colleagues.c.asked_at)
    .limit(SHOWN)
)
_APPROVALS = _REQUESTS.where(
    asked_colleagues.c.conversation_id == bindparam("conversation"),
    asked_colleagues.c.kind == APPROVAL,
    asked_colleagues.c.answer == "",
)
"""Made once: making them takes longer than running them."""
