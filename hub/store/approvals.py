"""What becomes of open approvals as the work that they are for goes on: it is done, or given to
another role, or not done after all. The conversation is locked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub import clock
from hub.store.agents import Agent
from hub.store.asked import APPROVAL
from hub.store.asking_colleagues import AGAIN, FINISHED, WITH_HOLDER, change, say_of
from hub.store.tables import asked_colleagues, work_items
from hub.store.work_items import WorkItem

PASSED = "passed"


def finish(connection: Connection, conversation_id: str, agent: Agent, at: datetime) -> None:
    """The work is done at this time: nobody is asked to approve anything for it."""
    values = {"answer": FINISHED, "answered_by": agent.id, "answered_at": at}
    for row in _open(connection, conversation_id):
        change(connection, row.id, is_over=True, **values)
        say_of(connection, row, FINISHED, agent)


def pass_on(connection: Connection, conversation_id: str, agent: Agent) -> None:
    """Another role has the work now, which may decide something else itself."""
    for row in _open(connection, conversation_id):
        change(connection, row.id, is_over=True)
        say_of(connection, row, PASSED, agent)


def resume(connection: Connection, item: WorkItem, agent: Agent) -> None:
    """The work is not done after all, and what ended with it is asked again, as if the time between
    had not been; call it while the work is still as it was done."""
    columns, now = asked_colleagues.c, clock.now()
    done_at = select(work_items.c.resolved_at).where(work_items.c.id == item.id).scalar_subquery()
    rows = connection.execute(
        WITH_HOLDER.where(
            columns.conversation_id == item.conversation_id,
            columns.answer == FINISHED,
            columns.answered_at == done_at,
        )
    ).all()
    for row in rows:
        between = now - row.answered_at
        times = {"asked_at": row.asked_at + between, "due_at": row.due_at and row.due_at + between}
        back = {"answer": "", "answered_by": None, "answered_at": None, "is_over": False}
        change(connection, row.id, **back, **times)
        say_of(connection, row, AGAIN, agent)


def _open(connection: Connection, conversation_id: str) -> Sequence[Any]:
    columns = asked_colleagues.c
    return connection.execute(
        WITH_HOLDER.where(
            columns.conversation_id == conversation_id,
            columns.kind == APPROVAL,
            columns.answer == "",
            columns.is_over.is_(False),
        )
    ).all()
