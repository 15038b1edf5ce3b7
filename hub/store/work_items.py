"""Work items as agents see them, and how one is changed.

Every change compares the epoch that it read and adds one to it: of two agents who want the same
item one gets it, and the other is told who has it. Conversations are locked before work items,
here and in the router.
"""

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Update, bindparam, func, select, update

from hub.errors import Rejected
from hub.events import WorkItemChanged
from hub.interaction import Channel
from hub.logs import correlation_id
from hub.store import (
    audit,
    decisions,
    in_hand,
    outbox,
)
from hub.store.agents import Agent
from hub.store.among import among, among_named
from hub.store.holding import hold
from hub.store.ranking import goes_first, ranked
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


def lines_of(connection: Connection, item_ids: Collection[str]) -> list[WorkItem]:
    """As a list shows them. Their decisions would be most of what is read of them."""
    return lines(connection, _lines_by_ids(), {"ids": item_ids})


def by_ids(connection: Connection, item_ids: Collection[str]) -> list[WorkItem]:
    return _read(connection, _by_ids(), {"ids": item_ids})


def latest_of(connection: Connection, conversation_ids: Collection[str]) -> dict[str, WorkItem]:
    """The open work item of each conversation, or else the last one it had."""
    found = _read(connection, _latest_of(), {"conversation_ids": conversation_ids})
    return {item.conversation_id: item for item in found}


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


# Making them takes longer than running them.


@functools.cache
def selection(*, whole: bool = True) -> Select[Any]:
    """Work items with what is read beside them; without what nobody needs of a list, unless it is
    to be `whole`."""
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
def _lines_by_ids() -> Select[Any]:
    return selection(whole=False).where(among_named(work_items.c.id, "ids"))


@functools.cache
def _by_ids() -> Select[Any]:
    return selection().where(among_named(work_items.c.id, "ids"))


@functools.cache
def _latest_of() -> Select[Any]:
    # Only one is open at a time. It is the newest, except where two conversations became one.
    is_open = work_items.c.state != DONE
    of_these = among_named(work_items.c.conversation_id, "conversation_ids")
    return selection().where(of_these).order_by(is_open, work_items.c.id)


def _read(
    connection: Connection, found: Select[Any], given: Mapping[str, Any] = _NOTHING
) -> list[WorkItem]:
    rows = connection.execute(found, given).all()
    whole = decisions.whole(connection, [row.decision for row in rows])
    return [_item(row, decision) for row, decision in zip(rows, whole, strict=True)]


def lines(connection: Connection, found: Select[Any], given: Mapping[str, Any]) -> list[WorkItem]:
    """Of a selection that is not whole."""
    return [_item(row, {}) for row in connection.execute(found, given)]


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
