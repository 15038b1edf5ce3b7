"""What agents ask of colleagues, as it stands: on the desk of each, and beside the conversation.

An approval belongs to the work that it was asked for: who has that gets the answer, and asks again
or takes it back. While nobody has it, the answer waits for who takes it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, null, or_, select

from hub import clock
from hub.store.agents import Agent
from hub.store.among import among
from hub.store.tables import agents, asked_colleagues, conversations, customers, work_items
from hub.store.work_items import DONE as WORK_DONE
from hub.store.work_items import OFFERED, WAITING

MENTION, APPROVAL, TASK, CONSULT = "mention", "approval", "task", "consult"
SEEN, YES, NO, DONE = "seen", "yes", "no", "done"
SHOWN = 50


@dataclass(frozen=True)
class Request:
    """`answer`: empty while nobody answered; then seen, yes or no. `role`: who was asked for it.
    `reason`: why it was not approved, if that was said. `holder_id`: who has the work that it is
    about; empty while nobody has it."""

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
    to_agent_id: str
    role: str
    reason: str
    holder_id: str
    holder_name: str

    def is_for(self, agent: Agent) -> bool:
        """Whether the agent is asked it. Nobody approves what they asked for themselves."""
        is_theirs = self.to_agent_id == agent.id or self.role in agent.roles
        return not self.answer and self.by_agent_id != agent.id and is_theirs

    def is_late_for(self, agent: Agent) -> bool:
        """Whether the agent waits for the answer, and the time for it is over."""
        waits = self.kind == APPROVAL and not self.answer and self.holder_id == agent.id
        return waits and not self.is_for(agent)


def waiting_for(connection: Connection, agent: Agent) -> list[Request]:
    """What this agent is asked; of what was asked for their work, answers that they have not seen,
    and approvals that were not given in time; and tasks of theirs that are done."""
    columns = asked_colleagues.c
    asked = (columns.answer == "") & (columns.by_agent_id != agent.id)
    asked &= or_(columns.to_agent_id == agent.id, columns.to_role.in_(agent.roles))
    done = (columns.answer == DONE) & (columns.by_agent_id == agent.id)
    for_their_work = (columns.kind == APPROVAL) & (_HOLDER.c.id == agent.id)
    answered = for_their_work & columns.answer.in_([YES, NO])
    missed = for_their_work & (columns.answer == "") & (columns.due_at <= clock.now())
    rows = connection.execute(_REQUESTS.where(or_(asked, done, answered, missed)))
    return _requests(rows.all())


def approvals_of(connection: Connection, conversation_id: str) -> list[Request]:
    """Those that nobody gave or refused yet."""
    rows = connection.execute(_APPROVALS, {"conversation": conversation_id})
    return _requests(rows.all())


def next_due(connection: Connection, agent: Agent) -> datetime | None:
    """When the time is over of the next approval that this agent waits for."""
    columns = asked_colleagues.c
    is_open = columns.is_over.is_(False) & (columns.kind == APPROVAL) & (columns.answer == "")
    waits = is_open & (columns.due_at > clock.now()) & (agent.id == HOLDER_ID)
    found: datetime | None = connection.execute(
        select(func.min(columns.due_at)).where(waits)
    ).scalar_one()
    return found


def concerned(connection: Connection, conversation_ids: Collection[str]) -> dict[str, set[str]]:
    """The roles that were asked to approve something in these conversations, where it is open."""
    columns = asked_colleagues.c
    is_open = columns.is_over.is_(False) & (columns.kind == APPROVAL)
    rows = connection.execute(
        select(columns.conversation_id, columns.to_role)
        .where(among(columns.conversation_id, conversation_ids), is_open)
        .distinct()
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.conversation_id, set()).add(row.to_role)
    return found


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
            row.to_agent_id or "",
            row.to_role,
            row.reason or "",
            row.holder_id or "",
            row.holder_name or "",
        )
        for row in rows
    ]


def _holder_id() -> ColumnElement[Any]:
    """Who has the work of a conversation, or had it when it was done; null while nobody has."""
    items = work_items.c
    is_free = items.state.in_([WAITING, OFFERED])
    return (
        select(case((is_free, null()), else_=items.agent_id))
        .where(items.conversation_id == asked_colleagues.c.conversation_id)
        .order_by(items.state == WORK_DONE, items.id.desc())  # as `work_items.latest_of`
        .limit(1)
        .scalar_subquery()
    )


HOLDER_ID = _holder_id()
_BY, _ANSWERER = agents.alias("by_agent"), agents.alias("answerer")
_HOLDER = agents.alias("holder")
_REQUESTS = (
    select(
        asked_colleagues,
        conversations.c.subject,
        customers.c.name.label("customer"),
        _BY.c.name.label("by_name"),
        _ANSWERER.c.name.label("answerer"),
        _HOLDER.c.id.label("holder_id"),
        _HOLDER.c.name.label("holder_name"),
    )
    .join(conversations, conversations.c.id == asked_colleagues.c.conversation_id)
    .join(customers, customers.c.id == conversations.c.customer_id)
    .join(_BY, _BY.c.id == asked_colleagues.c.by_agent_id)
    .outerjoin(_ANSWERER, _ANSWERER.c.id == asked_colleagues.c.answered_by)
    .outerjoin(_HOLDER, _HOLDER.c.id == HOLDER_ID)
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
