"""Tasks: what whoever handles a conversation asks of another role before it can be resolved.

A task is work of that role in a conversation of its own, which its customer never sees.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, bindparam, exists, or_, select

from hub.errors import Rejected
from hub.store.agents import Agent
from hub.store.among import among_named
from hub.store.tables import agents, conversations, tasks

OPEN, DONE, SKIPPED = "open", "done", "skipped"
SHOWN = 50


class TasksFirst(Rejected):
    """What was asked of other roles is not done."""

    def __init__(self, what: list[str]) -> None:
        said = "; ".join(what)
        super().__init__("tasks_first", f"This was asked and is not done yet: {said}.", status=409)
        self.what = tuple(what)


@dataclass(frozen=True)
class Task:
    """`conversation_id`: where it was asked; `own_id`: the conversation in which it is done.

    `reason`: why it was not needed. `ended_by`: the name of who did or skipped it.
    """

    id: str
    conversation_id: str
    number: int
    own_id: str
    role: str
    what: str
    by_agent_id: str
    by_name: str
    asked_at: datetime
    due_at: datetime | None
    state: str
    reason: str
    ended_by: str

    def may_be_skipped_by(self, agent: Agent) -> bool:
        """By who asked for it, and by who oversees the work."""
        return self.state == OPEN and (agent.id == self.by_agent_id or agent.oversees)


def asked_in(connection: Connection, conversation_id: str) -> list[Task]:
    """What was asked from this conversation, the oldest first."""
    return [one for one in of(connection, conversation_id) if one.own_id != conversation_id]


def done_in(connection: Connection, conversation_id: str) -> Task | None:
    """The task that this conversation is there for."""
    found = of(connection, conversation_id)
    return next((one for one in found if one.own_id == conversation_id), None)


def of(connection: Connection, conversation_id: str) -> list[Task]:
    """What was asked from this conversation, and the task that it is there for."""
    return _read(connection, _OF, conversation_id)


def is_there_for_one(connection: Connection, conversation_id: str) -> bool:
    """Whether this conversation is there for a task."""
    return connection.execute(_DONE_IN, {"own_id": conversation_id}).first() is not None


def find(connection: Connection, task_id: str) -> Task | None:
    return next(iter(_read(connection, _ONE, task_id)), None)


def refuse_open(connection: Connection, conversation_id: str) -> None:
    """Raise TasksFirst while something that was asked from here is not done or skipped."""
    left = connection.execute(
        select(tasks.c.what)
        .where(tasks.c.conversation_id == conversation_id, tasks.c.state == OPEN)
        .order_by(tasks.c.id)
    )
    if what := list(left.scalars()):
        raise TasksFirst(what)


def is_own(conversation_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a conversation is there for a task."""
    return exists().where(tasks.c.own_id == conversation_id)


def visible_ways() -> tuple[Select[Any], Select[Any]]:
    """Of the conversations `ids`: where something was asked of `roles`, and what came of what
    `agent` asked; a part of a statement with these parameters."""
    columns = tasks.c
    asked = select(columns.conversation_id).where(
        among_named(columns.conversation_id, "ids"), among_named(columns.role, "roles")
    )
    own = select(columns.own_id).where(
        among_named(columns.own_id, "ids"), columns.by_agent_id == bindparam("agent")
    )
    return asked, own


_DONE_IN = select(tasks.c.id).where(tasks.c.own_id == bindparam("own_id"))


def _read(connection: Connection, selection: Select[Any], named: str) -> list[Task]:
    rows = connection.execute(selection, {"named": named})
    return [
        Task(
            row.id,
            row.conversation_id,
            row.number,
            row.own_id,
            row.role,
            row.what,
            row.by_agent_id,
            row.by_name,
            row.asked_at,
            row.due_at,
            row.state,
            row.reason,
            row.ender or "",
        )
        for row in rows
    ]


def _selection(which: ColumnElement[bool]) -> Select[Any]:
    by, ender = agents.alias("by_agent"), agents.alias("ender")
    return (
        select(
            tasks,
            conversations.c.number,
            by.c.name.label("by_name"),
            ender.c.name.label("ender"),
        )
        .join(conversations, conversations.c.id == tasks.c.conversation_id)
        .join(by, by.c.id == tasks.c.by_agent_id)
        .outerjoin(ender, ender.c.id == tasks.c.ended_by)
        .where(which)
        .order_by(tasks.c.id)
        .limit(SHOWN)
    )


# Made once: making them takes longer than running them.
_NAMED = bindparam("named", type_=String)
_OF = _selection(or_(tasks.c.conversation_id == _NAMED, tasks.c.own_id == _NAMED))
_ONE = _selection(tasks.c.id == _NAMED)
