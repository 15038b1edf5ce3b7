"""What agents do with work: take it, put it back, answer, resolve it, and say what it is about."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, update

from hub import clock
from hub.errors import Rejected
from hub.promises import Event
from hub.store import (
    answers,
    approvals,
    deadlines,
    former_decisions,
    presence,
    queues,
    steps,
    tasks,
)
from hub.store.agents import Agent
from hub.store.former_decisions import CORRECTED, MOVED, Replaced
from hub.store.steps_done import BEFORE_END, refuse_undone
from hub.store.tables import conversations
from hub.store.work_items import (
    ASSIGNED,
    DONE,
    NOT_PREFERRED,
    OFFERED,
    SNOOZED,
    WAITING,
    Taken,
    WorkItem,
    change,
    held,
    latest_of,
    lock,
    lost,
)

_TRIED = 50
"""So many agents may ask for the next item at the same moment and each get one."""


def take_next(
    connection: Connection, agent: Agent, *, offered_only: Collection[str] = ()
) -> WorkItem | None:
    """Assign the first waiting item of the agent's roles to the agent; None when nothing waits.

    Work of roles that are `offered_only` is not for taking.
    """
    for item_id in queues.first_ids(connection, agent.roles.difference(offered_only), _TRIED):
        try:
            return claim(connection, item_id, agent)
        except Taken:
            continue  # someone was faster; the one behind it is next
    return None


def claim(connection: Connection, item_id: str, agent: Agent) -> WorkItem:
    """Assign a waiting item to the agent, or one that they are offered, or that is put aside.

    Raises Taken when someone else was first.
    """
    return take(connection, lock(connection, item_id), agent)


def take(connection: Connection, item: WorkItem, agent: Agent) -> WorkItem:
    """The same with an item of a conversation that is locked already."""
    if item.agent_id == agent.id and item.state == ASSIGNED:
        return item
    asked = item.state == OFFERED and item.agent_id == agent.id
    if item.state not in (WAITING, SNOOZED) and not asked:
        raise lost(item, agent)
    answers.end(connection, item.id, answers.ACCEPTED)
    presence.got_work(connection, agent.id, clock.now())
    values = {
        "state": ASSIGNED,
        "agent_id": agent.id,
        "snoozed_until": None,
        "look_again_at": None,
        **NOT_PREFERRED,
    }
    action = "work_item.accepted" if asked else "work_item.claimed"
    changed = change(connection, item, agent, action, values)
    steps.add(connection, item.id, steps.ACCEPTED if asked else steps.TAKEN, agent.id)
    return changed


def release(connection: Connection, item_id: str, agent: Agent) -> WorkItem:
    """Put an item that the agent holds back in the queue; it keeps its age."""
    item = held(connection, item_id, agent)
    answers.gave_away(connection, item_id, agent.id)
    values = {"state": WAITING, "agent_id": None}
    changed = change(connection, item, agent, "work_item.released", values)
    steps.add(connection, item_id, steps.RETURNED, agent.id)
    return changed


def answered(connection: Connection, item_id: str, agent: Agent) -> WorkItem:
    """The agent answered: that meets the promise of an answer which waited for one."""
    return answered_by_holder(connection, held(connection, item_id, agent), agent)


def answered_by_holder(connection: Connection, item: WorkItem, agent: Agent) -> WorkItem:
    """The same with an item that is locked, and that the agent has."""
    waiting = any(one.is_answer for one in deadlines.open_of(connection, [item.id]))
    if item.first_response_at is not None and not waiting:
        return item
    now = clock.now()
    values = deadlines.happened(connection, item.id, Event.ANSWER, now)
    values |= {"first_response_at": item.first_response_at or now}
    return change(connection, item, agent, "work_item.answered", values)


def was_answered(connection: Connection, conversation_id: str, agent: Agent) -> None:
    """What the agent wrote before has left now, whoever has the work by this time."""
    latest = latest_of(connection, [conversation_id]).get(conversation_id)
    if latest is None:
        return
    item = lock(connection, latest.id)
    waiting = any(one.is_answer for one in deadlines.open_of(connection, [item.id]))
    if item.first_response_at is None or waiting:
        now = clock.now()
        values = deadlines.happened(connection, item.id, Event.ANSWER, now)
        values |= {"first_response_at": item.first_response_at or now}
        change(connection, item, agent, "work_item.answered", values)


def reopen(connection: Connection, item_id: str, agent: Agent) -> WorkItem:
    """The agent goes on with work that was done, as its holder; what was promised stays met, and
    what waited for approval waits for it again."""
    item = lock(connection, item_id)
    if item.state != DONE:
        raise Rejected("not_done", "This is open already.", status=409)
    latest = latest_of(connection, [item.conversation_id])[item.conversation_id]
    if latest.id != item.id:
        raise Rejected("not_done", "This is open already.", status=409)
    connection.execute(
        update(conversations)
        .where(conversations.c.id == item.conversation_id)
        .values(state="open", resolved_at=None)
    )
    approvals.resume(connection, item, agent)
    presence.got_work(connection, agent.id, clock.now())
    values = {"state": ASSIGNED, "agent_id": agent.id, "resolved_at": None}
    changed = change(connection, item, agent, "work_item.reopened", values)
    steps.add(connection, item_id, steps.TAKEN, agent.id)
    return changed


def resolve(
    connection: Connection, item_id: str, agent: Agent, results: dict[str, str]
) -> WorkItem:
    """The agent is done with an item that they hold, and with its conversation. Raises StepsFirst
    when a step that blocks is not done, TasksFirst when another role has yet to do something."""
    item = held(connection, item_id, agent)
    refuse_undone(connection, item_id, item.decision, BEFORE_END)
    tasks.refuse_open(connection, item.conversation_id)
    values = _over(connection, item, agent)
    return change(connection, item, agent, "work_item.resolved", values, results=results)


def drop(connection: Connection, item: WorkItem, agent: Agent) -> WorkItem:
    """Nobody need do this any more, whoever has it, or is asked to; it is locked."""
    if item.state == OFFERED:
        answers.end(connection, item.id, answers.WITHDRAWN)
    values = {"snoozed_until": None, **NOT_PREFERRED, **_over(connection, item, agent)}
    return change(connection, item, agent, "work_item.dropped", values)


def _over(connection: Connection, item: WorkItem, agent: Agent) -> dict[str, Any]:
    """The conversation is resolved; the values of an item that is done."""
    now = clock.now()
    approvals.finish(connection, item.conversation_id, agent, now)
    connection.execute(
        update(conversations)
        .where(conversations.c.id == item.conversation_id)
        .values(state="resolved", resolved_at=now)
    )
    met = deadlines.happened(connection, item.id, Event.RESOLVED, now)
    return met | {"state": DONE, "resolved_at": now}


def retopic(
    connection: Connection, item_id: str, agent: Agent, *, decision: dict[str, Any], move: bool
) -> tuple[WorkItem, WorkItem]:
    """Give an item the topic, the handling and, if it is to move, the role of another decision.

    What moves waits for its new role and keeps its age; the former decision is kept. Gives the item
    as it was and as it is.
    """
    item = lock(connection, item_id)
    somebody_has_it = item.state in (ASSIGNED, OFFERED, SNOOZED) and item.agent_id != agent.id
    if item.state == DONE or somebody_has_it:
        raise lost(item, agent)
    if not item.is_for(agent):
        raise Rejected("other_role", "Another role handles this.", status=409)
    why = CORRECTED if decision["topic"] != item.topic else MOVED
    former_decisions.keep(connection, [Replaced(item.id, why, item.decision)])
    moves = move and decision["role"] != item.role
    role = decision["role"] if moves else item.role
    values = {
        "topic": decision["topic"],
        "decision": decision,
        "priority_minutes": decision["priority_minutes"],
        "skills": decision["skills"],
        **deadlines.repromised(connection, item.id, decision, role, clock.now()),
    }
    if moves:
        answers.end(connection, item_id, answers.WITHDRAWN)
        approvals.pass_on(connection, item.conversation_id, agent)
        values |= {"role": role, "backup_role": decision["backup_role"] or ""}
        values |= {"state": WAITING, "agent_id": None, "snoozed_until": None, **NOT_PREFERRED}
    changed = change(
        connection,
        item,
        agent,
        "work_item.topic_corrected",
        values,
        former_role=item.role if moves else "",
        **{"from": item.topic, "to": decision["topic"], "moved": moves},
    )
    return item, changed
