"""Work items as agents see and change them: what waits for a role, and who holds what.

Every change compares the epoch that it read and adds one to it: of two agents who want the same
item one gets it, and the other is told who has it. Conversations are locked before work items,
here and in the router.
"""

import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Update, bindparam, func, select, update

from hub import clock
from hub.asking_colleagues import FINISHED, PASSED, end_approvals
from hub.errors import Rejected
from hub.events import WorkItemChanged
from hub.interaction import Channel
from hub.logs import correlation_id
from hub.promises import Event
from hub.store import (
    answers,
    audit,
    deadlines,
    decisions,
    former_decisions,
    in_hand,
    outbox,
    presence,
    queues,
    steps,
    tasks,
)
from hub.store.agents import Agent
from hub.store.among import among, among_named
from hub.store.former_decisions import CORRECTED, MOVED, Replaced
from hub.store.holding import hold
from hub.store.ranking import Place, goes_first, ranked
from hub.store.steps_done import BEFORE_END, refuse_undone
from hub.store.tables import agents, conversations, customers, interactions, work_items

SOURCE = "/loket/console"

WAITING = "waiting"
OFFERED = "offered"
ASSIGNED = "assigned"
SNOOZED = "snoozed"
DONE = "done"

NOT_PREFERRED = {"preferred_agent_id": None, "preferred_until": None, "preferred_why": ""}

_NOTHING: Mapping[str, Any] = {}
_TITLE_CHARACTERS = 160
_NOT_LISTED = frozenset({"decision", "skills"})
# So many agents may ask for the next item at the same moment and each get one.
_TRIED = 50


class Taken(Rejected):
    """Someone else has it; `holder` is their name, empty when it is done already."""

    def __init__(self, holder: str) -> None:
        detail = f"{holder} has it." if holder else "It is done already."
        super().__init__("taken", detail, status=409)
        self.holder = holder


@dataclass(frozen=True)
class WorkItem:
    """A work item with what a list shows of its conversation."""

    id: str
    conversation_id: str
    customer_id: str
    role: str
    state: str
    agent_id: str | None
    agent_name: str
    epoch: int
    channel: Channel
    topic: str
    priority_minutes: int
    waiting_since: datetime
    first_response_due: datetime | None
    first_response_at: datetime | None
    overdue: bool
    answer_due: datetime | None
    answer_warn: datetime | None
    urgency_minutes: int
    decision: dict[str, Any]
    """Empty in a list, which reads it of none."""
    number: int
    customer_name: str
    title: str
    rank: int
    """The lowest is first: see ranking.py."""
    preferred_agent_id: str | None
    snoozed_until: datetime | None
    callback_to: str
    """The number at which the customer asked to be called back; "" if they did not."""

    @property
    def is_on_the_line(self) -> bool:
        """Whether its customer holds the line; who asked to be called back keeps the place only."""
        return goes_first(self) and not self.callback_to

    def is_for(self, agent: Agent) -> bool:
        """Whether it is the agent's to work on: of a role that they hold, or assigned to them."""
        return self.role in agent.roles or self.agent_id == agent.id


@dataclass(frozen=True)
class WorkList:
    """What an agent holds and put aside, and the front of the queue of the roles they hold."""

    mine: list[WorkItem]
    queue: list[WorkItem]
    waiting: int
    aside: list[WorkItem] = field(default_factory=list)


def work_list(connection: Connection, agent: Agent, *, length: int) -> WorkList:
    """What the agent sees at the start: the first `length` of each part, and how many wait."""
    own = {"agent": agent.id, "most": length}
    return WorkList(
        mine=_lines(connection, _mine(), own),
        queue=in_queue(connection, agent, length=length),
        waiting=count_waiting(connection, agent),
        aside=_lines(connection, _aside(), own),
    )


def in_queue(
    connection: Connection, agent: Agent, *, length: int, after: Place | None = None
) -> list[WorkItem]:
    """The front of what waits for the agent's roles, or what comes after a place in it."""
    found = queues.first_ids(connection, agent.roles, length, after=after)
    return in_order(lines_of(connection, found))


def in_order(items: Sequence[WorkItem]) -> list[WorkItem]:
    return sorted(items, key=lambda item: (item.rank, item.id))


def count_waiting(connection: Connection, agent: Agent) -> int:
    """How much waits for the agent's roles."""
    return connection.execute(_WAITING, {"roles": agent.roles}).scalar_one()


def lines_of(connection: Connection, item_ids: Collection[str]) -> list[WorkItem]:
    """As a list shows them. Their decisions would be most of what is read of them."""
    return _lines(connection, _lines_by_ids(), {"ids": item_ids})


def by_ids(connection: Connection, item_ids: Collection[str]) -> list[WorkItem]:
    return _read(connection, _by_ids(), {"ids": item_ids})


def latest_of(connection: Connection, conversation_ids: Collection[str]) -> dict[str, WorkItem]:
    """The open work item of each conversation, or else the last one it had."""
    found = _read(connection, _latest_of(), {"conversation_ids": conversation_ids})
    return {item.conversation_id: item for item in found}


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
    """The agent goes on with work that was done, as its holder; what was promised stays met."""
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
    end_approvals(connection, item.conversation_id, agent, FINISHED)
    values = _over(connection, item)
    return change(connection, item, agent, "work_item.resolved", values, results=results)


def drop(connection: Connection, item: WorkItem, agent: Agent) -> WorkItem:
    """Nobody need do this any more, whoever has it, or is asked to; it is locked."""
    if item.state == OFFERED:
        answers.end(connection, item.id, answers.WITHDRAWN)
    end_approvals(connection, item.conversation_id, agent, FINISHED)
    values = {"snoozed_until": None, **NOT_PREFERRED, **_over(connection, item)}
    return change(connection, item, agent, "work_item.dropped", values)


def _over(connection: Connection, item: WorkItem) -> dict[str, Any]:
    """The conversation is resolved; the values of an item that is done."""
    now = clock.now()
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
        end_approvals(connection, item.conversation_id, agent, PASSED)
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


def held(connection: Connection, item_id: str, agent: Agent) -> WorkItem:
    """The item, locked, if the agent has it. Raises Rejected."""
    item = lock(connection, item_id)
    if item.state in (WAITING, SNOOZED) or (item.state == OFFERED and item.agent_id == agent.id):
        raise Rejected("not_held", "Take this item first.", status=409)
    if item.state != ASSIGNED or item.agent_id != agent.id:
        raise lost(item, agent)
    return item


def lost(item: WorkItem, agent: Agent) -> Rejected:
    """Why the agent cannot have it now."""
    if item.state == DONE:
        return Taken("")
    if item.state == ASSIGNED and item.agent_id != agent.id:
        return Taken(item.agent_name)
    if item.state == OFFERED and item.agent_id != agent.id:
        return Rejected("asked", "A colleague is being asked to take it.", status=409)
    return Rejected("changed", "It changed at the same moment. Try again.", status=409)


def lock(connection: Connection, item_id: str) -> WorkItem:
    """The item as it is now; whoever else changes its conversation waits until we are done."""
    hold(connection, _ITS_CONVERSATION, {"item_id": item_id})
    return _get(connection, item_id)


def _locked(connection: Connection, item_id: str) -> WorkItem:
    """The item as it is now and stays until we are done; who else wants it waits."""
    hold(connection, _ITSELF, {"item_id": item_id})
    return _get(connection, item_id)


def _get(connection: Connection, item_id: str) -> WorkItem:
    found = by_ids(connection, [item_id])
    if not found:
        raise Rejected("no_work_item", "This work item does not exist.", status=404)
    return found[0]


def change(
    connection: Connection,
    item: WorkItem,
    agent: Agent,
    action: str,
    values: dict[str, Any],
    *,
    former_role: str = "",
    **details: Any,
) -> WorkItem:
    """Compare and set, and tell: who reads the outbox, and who reads the audit log.

    Where only its clocks went on meanwhile, nobody was faster, and it is done all the same.
    """
    new = {"epoch": item.epoch + 1, **ranked(item, values)}
    given = {"item_id": item.id, "as_read": item.epoch}
    given |= {f"new_{name}": value for name, value in new.items()}
    result = connection.execute(_change(tuple(sorted(new))), given)
    if result.rowcount == 0:
        present = _locked(connection, item.id)
        if (present.state, present.agent_id, present.role) != (
            item.state,
            item.agent_id,
            item.role,
        ):
            raise lost(present, agent)
        return change(
            connection, present, agent, action, values, former_role=former_role, **details
        )
    changed = _changed(item, new, agent)
    if "state" in values:
        in_hand.recount(connection, {item.agent_id, changed.agent_id})
    outbox.add(
        connection,
        event(changed, former_role=former_role, former_agent_id=item.agent_id),
        subject=item.conversation_id,
        source=SOURCE,
        correlation_id=correlation_id(),
    )
    details |= {"conversation": item.conversation_id, "epoch": changed.epoch}
    audit.record(connection, actor=agent.id, action=action, about=item.id, details=details)
    return changed


@functools.cache  # a handful: what happens to work always writes the same columns
def _change(names: tuple[str, ...]) -> Update:
    return (
        update(work_items)
        .where(work_items.c.id == bindparam("item_id"), work_items.c.epoch == bindparam("as_read"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def tell_again(connection: Connection, conversation_ids: Collection[str]) -> None:
    """Something else about these conversations changed: who shows their open work looks again."""
    columns = work_items.c
    theirs = among(columns.conversation_id, conversation_ids) & (columns.state != DONE)
    ids = list(connection.execute(select(columns.id).where(theirs)).scalars())
    connection.execute(
        update(work_items).where(among(columns.id, ids)).values(epoch=columns.epoch + 1)
    )
    for item in by_ids(connection, ids):
        outbox.add(
            connection,
            event(item),
            subject=item.conversation_id,
            source=SOURCE,
            correlation_id=correlation_id(),
        )


def _changed(item: WorkItem, new: dict[str, Any], agent: Agent) -> WorkItem:
    """The item with these values, which `agent` wrote: nobody gets work but by themselves."""
    known = {name: value for name, value in new.items() if name in _FIELDS}
    name = agent.name if known.get("agent_id", item.agent_id) == agent.id else ""
    return replace(item, **known, agent_name=name)


_ITSELF = select(work_items.c.id).where(work_items.c.id == bindparam("item_id"))
_ITS_CONVERSATION = select(conversations.c.id).where(
    conversations.c.id
    == select(work_items.c.conversation_id)
    .where(work_items.c.id == bindparam("item_id"))
    .scalar_subquery()
)
_FIELDS = frozenset(one.name for one in fields(WorkItem))


def event(item: WorkItem, **changes: Any) -> WorkItemChanged:
    """That an item is now so; with `changes`, that it will be once this is written."""
    values = {
        "work_item_id": item.id,
        "conversation_id": item.conversation_id,
        "role": item.role,
        "state": item.state,
        "agent_id": item.agent_id,
        "preferred_agent_id": item.preferred_agent_id,
        "epoch": item.epoch,
        "overdue": item.overdue,
    }
    return WorkItemChanged.model_validate(values | changes)


_WAITING = (
    select(func.count())
    .select_from(work_items)
    .where(work_items.c.state == WAITING, among_named(work_items.c.role, "roles"))
)


# Making them takes longer than running them.


@functools.cache
def _selection(*, whole: bool = True) -> Select[Any]:
    """Without what nobody needs of a list, unless it is to be `whole`."""
    first = interactions.alias("first")
    title = func.coalesce(
        func.nullif(conversations.c.subject, ""), func.substr(first.c.text, 1, _TITLE_CHARACTERS)
    )
    return (
        select(
            *(one for one in work_items.c if whole or one.name not in _NOT_LISTED),
            conversations.c.number,
            customers.c.name.label("customer_name"),
            title.label("title"),
            agents.c.name.label("agent_name"),
        )
        .join(conversations, conversations.c.id == work_items.c.conversation_id)
        .join(customers, customers.c.id == work_items.c.customer_id)
        .outerjoin(agents, agents.c.id == work_items.c.agent_id)
        .outerjoin(
            first,
            (first.c.conversation_id == work_items.c.conversation_id) & (first.c.sequence == 1),
        )
    )


@functools.cache
def _mine() -> Select[Any]:
    columns = work_items.c
    mine = (columns.state == ASSIGNED) & (columns.agent_id == bindparam("agent"))
    listed = _selection(whole=False).where(mine)
    return listed.order_by(columns.rank, columns.id).limit(bindparam("most"))


@functools.cache
def _aside() -> Select[Any]:
    columns = work_items.c
    aside = (columns.state == SNOOZED) & (columns.agent_id == bindparam("agent"))
    listed = _selection(whole=False).where(aside)
    return listed.order_by(columns.snoozed_until.nulls_last(), columns.id).limit(bindparam("most"))


@functools.cache
def _lines_by_ids() -> Select[Any]:
    return _selection(whole=False).where(among_named(work_items.c.id, "ids"))


@functools.cache
def _by_ids() -> Select[Any]:
    return _selection().where(among_named(work_items.c.id, "ids"))


@functools.cache
def _latest_of() -> Select[Any]:
    # Only one is open at a time. It is the newest, except where two conversations became one.
    is_open = work_items.c.state != DONE
    of_these = among_named(work_items.c.conversation_id, "conversation_ids")
    return _selection().where(of_these).order_by(is_open, work_items.c.id)


def _read(
    connection: Connection, selection: Select[Any], given: Mapping[str, Any] = _NOTHING
) -> list[WorkItem]:
    rows = connection.execute(selection, given).all()
    whole = decisions.whole(connection, [row.decision for row in rows])
    return [_item(row, decision) for row, decision in zip(rows, whole, strict=True)]


def _lines(
    connection: Connection, selection: Select[Any], given: Mapping[str, Any]
) -> list[WorkItem]:
    return [_item(row, {}) for row in connection.execute(selection, given)]


def _item(row: Any, decision: dict[str, Any]) -> WorkItem:
    return WorkItem(
        id=row.id,
        conversation_id=row.conversation_id,
        customer_id=row.customer_id,
        role=row.role,
        state=row.state,
        agent_id=row.agent_id,
        agent_name=row.agent_name or "",
        epoch=row.epoch,
        channel=Channel(row.channel),
        topic=row.topic,
        priority_minutes=row.priority_minutes,
        waiting_since=row.waiting_since,
        first_response_due=row.first_response_due,
        first_response_at=row.first_response_at,
        overdue=row.overdue,
        answer_due=row.answer_due,
        answer_warn=row.answer_warn,
        urgency_minutes=row.urgency_minutes,
        decision=decision,
        number=row.number,
        customer_name=row.customer_name,
        title=_first_line(row.title or ""),
        rank=row.rank,
        preferred_agent_id=row.preferred_agent_id,
        snoozed_until=row.snoozed_until,
        callback_to=row.callback_to,
    )


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
