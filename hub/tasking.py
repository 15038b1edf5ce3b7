"""Asks another role for something from a conversation, and tells who asked when it is done.

The role gets a work item like any other: it is offered or taken, handed over, put aside, and late.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.interaction import Channel
from hub.logs import correlation_id
from hub.promises import WARN_AT, Promise, What
from hub.replies import add_event, add_note
from hub.store import audit, routing, tasks, work_items, working
from hub.store.agents import Agent
from hub.store.arrivals import insert_conversations
from hub.store.asking_colleagues import tell_done
from hub.store.deadlines import RUNNING, Deadline, happening
from hub.store.tables import roles
from hub.store.tables import tasks as table
from hub.store.tasks import DONE, OPEN, SKIPPED, Task
from hub.store.work_items import WorkItem

LONGEST = 2_000
_FURTHEST = timedelta(days=366)
_NOTHING_ELSE: dict[str, Any] = {
    "triage": False,
    "reasons": [],
    "rows": {},
    "lost": [],
    "required_information": [],
    "results": [],
    "authority": [],
    "steps": {"before": [], "during": [], "after": []},
    "first_response": None,
    "next_response": None,
    "resolution": None,
    "skills": {},
}
"""What the model says is about the customer's contact; here it is as the agent wrote it."""


def ask(
    connection: Connection,
    item_id: str,
    agent: Agent,
    *,
    role: str,
    what: str,
    due_at: datetime | None,
    backup_role: str,
) -> str:
    """The agent, who holds the work, asks the role to do this; gives the task's id.

    Raises Rejected.
    """
    item = work_items.held(connection, item_id, agent)
    what, now = what.replace("\r\n", "\n").strip()[:LONGEST], clock.now()
    if not what:
        raise Rejected("empty_task", "Write what is to be done.")
    if due_at is not None and not now < due_at <= now + _FURTHEST:
        raise Rejected("snooze_time", "Choose a time to come, within a year.")
    if tasks.done_in(connection, item.conversation_id):
        raise Rejected("task_in_task", "This is a task itself. Hand it over instead.", status=409)
    _must_be_other(connection, item, role)
    own_id = _open(connection, item, what, agent, now)
    work = _work(item, own_id, role, backup_role, now)
    clocks = (_clock(work, due_at, now),) if due_at else ()
    routing.save(connection, [work.but(deadlines=clocks, first_response_due=due_at)], ())
    row: dict[str, Any] = {
        "id": clock.new_id(),
        "conversation_id": item.conversation_id,
        "own_id": own_id,
        "role": role,
        "what": what,
        "by_agent_id": agent.id,
        "asked_at": now,
        "due_at": due_at,
        "state": OPEN,
        "reason": "",
    }
    connection.execute(insert(table), [row])
    _say(connection, item.conversation_id, agent, "task_asked", what)
    audit.record(
        connection,
        actor=agent.id,
        action="task.asked",
        about=row["id"],
        details={"conversation": item.conversation_id, "role": role},
    )
    return str(row["id"])


def was_resolved(connection: Connection, item: WorkItem, agent: Agent, remark: str) -> None:
    """Work is done; if it was a task, so is that, and who asked is told."""
    task = tasks.done_in(connection, item.conversation_id)
    if task is None or task.state != OPEN:
        return
    said = f"{task.what}: {remark}" if remark else task.what
    _end(connection, task, agent, DONE, "")
    _say(connection, task.conversation_id, agent, "task_done", said)
    if task.by_agent_id != agent.id:
        tell_done(
            connection,
            task.conversation_id,
            role=task.role,
            what=said,
            asked_by=task.by_agent_id,
            asked_at=task.asked_at,
            done_by=agent,
        )


def skip(connection: Connection, task_id: str, agent: Agent, reason: str) -> Task:
    """Go on without it. Raises Rejected, also for no reason."""
    task, reason = tasks.find(connection, task_id), reason.strip()[:LONGEST]
    if task is None:
        raise Rejected("no_task", "There is no such task.", status=404)
    item = work_items.latest_of(connection, [task.own_id])[task.own_id]
    item = work_items.lock(connection, item.id)
    task = tasks.find(connection, task_id) or task
    if task.state != OPEN:
        raise Rejected("task_over", "This task is over already.", status=409)
    if not task.may_be_skipped_by(agent):
        raise Rejected("not_yours", "Only who asked, or a supervisor, can do this.", status=403)
    if not reason:
        raise Rejected("no_skip_reason", "Say in a few words why it is not needed.")
    working.drop(connection, item, agent)
    _end(connection, task, agent, SKIPPED, reason)
    _say(connection, task.conversation_id, agent, "task_skipped", f"{task.what}: {reason}")
    return task


def _must_be_other(connection: Connection, item: WorkItem, role: str) -> None:
    known = connection.execute(select(roles.c.name).where(roles.c.name == role)).first()
    if known is None or role == item.role:
        raise Rejected("no_role", "This role does not exist. Choose another one.")


def _open(connection: Connection, item: WorkItem, what: str, agent: Agent, now: datetime) -> str:
    """The conversation in which the task is done: with what is asked as its first note."""
    row: dict[str, Any] = {
        "id": clock.new_id(),
        "customer_id": item.customer_id,
        "subject": what.splitlines()[0][:200],
        "channel": Channel.MANUAL.value,
        "state": "open",
        "linked_id": None,
        "interaction_count": 0,
        "created_at": now,
        "last_at": now,
        "resolved_at": None,
    }
    insert_conversations(connection, [row])
    add_note(
        connection,
        conversation_id=row["id"],
        text=what,
        agent_id=agent.id,
        agent_name=agent.name,
    )
    return str(row["id"])


def _work(
    item: WorkItem, own_id: str, role: str, backup_role: str, now: datetime
) -> routing.WorkItem:
    return routing.WorkItem(
        id=clock.new_id(),
        conversation_id=own_id,
        customer_id=item.customer_id,
        role=role,
        state=work_items.WAITING,
        agent_id=None,
        epoch=1,
        channel=Channel.MANUAL,
        topic=item.topic,
        priority_minutes=0,
        waiting_since=now,
        first_response_due=None,
        decision=item.decision | _NOTHING_ELSE | {"role": role, "priority_minutes": 0},
        backup_role=backup_role,
        correlation_id=correlation_id(),
    )


def _clock(work: routing.WorkItem, due_at: datetime, now: datetime) -> Deadline:
    seconds = max(1, round((due_at - now).total_seconds()))
    warn_at = now + timedelta(seconds=seconds * WARN_AT)
    return Deadline(
        id=clock.new_id(),
        work_item_id=work.id,
        conversation_id=work.conversation_id,
        promise=Promise.NEXT_RESPONSE,
        target=seconds,
        clock="calendar",
        source="",
        state=RUNNING,
        history=(happening(now, What.STARTED),),
        due_at=due_at,
        warn_at=warn_at,
        next_at=warn_at,
    )


def _end(connection: Connection, task: Task, agent: Agent, state: str, reason: str) -> None:
    values = {"state": state, "reason": reason, "ended_by": agent.id, "ended_at": clock.now()}
    connection.execute(update(table).where(table.c.id == task.id).values(values))
    audit.record(
        connection,
        actor=agent.id,
        action=f"task.{state}",
        about=task.id,
        details={"conversation": task.conversation_id, "reason": reason},
    )


def _say(connection: Connection, conversation_id: str, agent: Agent, event: str, what: str) -> None:
    """In the timeline; and whoever has the conversation on their screen sees that it changed."""
    add_event(
        connection,
        conversation_id=conversation_id,
        details={"event": event, "what": what},
        agent_id=agent.id,
        agent_name=agent.name,
    )
    item = work_items.latest_of(connection, [conversation_id]).get(conversation_id)
    if item is not None and item.state != work_items.DONE:
        item = work_items.lock(connection, item.id)
        work_items.change(connection, item, agent, f"work_item.{event}", {})
