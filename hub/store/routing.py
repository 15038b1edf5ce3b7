"""The work items of a router: those that it finds, and those that it makes of contacts."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    String,
    bindparam,
    literal_column,
    select,
    update,
)

from hub import clock
from hub.events import Envelope, WorkItemChanged, wrap
from hub.interaction import Channel
from hub.store import deadlines, decisions, outbox
from hub.store.among import among, among_named
from hub.store.deadlines import Deadline
from hub.store.inserting import insert_all
from hub.store.ranking import goes_first, rank
from hub.store.tables import conversations, work_items

SOURCE = "/loket/router"


# Nobody changes these, but they are not frozen: to make a frozen one takes five times as long, and
# one is made for every contact.


@dataclass
class WorkItem:
    """One conversation's open work, as far as routing is concerned.

    `deadlines` are those not met, as they are to be; `stored` as they are in the store.
    `goes_first`: it stands before all that can wait.
    """

    id: str
    conversation_id: str
    customer_id: str
    role: str
    state: str
    agent_id: str | None
    epoch: int
    channel: Channel
    topic: str
    priority_minutes: int
    waiting_since: datetime
    first_response_due: datetime | None
    decision: dict[str, Any]
    first_response_at: datetime | None = None
    deadlines: tuple[Deadline, ...] = ()
    units: int = 20
    skills: dict[str, int] = field(default_factory=dict)
    backup_role: str = ""
    preferred_agent_id: str | None = None
    preferred_until: datetime | None = None
    preferred_why: str = ""
    snoozed_until: datetime | None = None
    former_role: str = ""
    former_agent_id: str | None = None
    correlation_id: str = ""
    overdue: bool = False
    goes_first: bool = False
    new: bool = field(default=True, compare=False)
    stored: tuple[Deadline, ...] = field(default=(), compare=False)

    def but(self, **changes: Any) -> "WorkItem":
        """Another one like this with these changes. `dataclasses.replace` looks at each field."""
        other = object.__new__(WorkItem)
        vars(other).update(vars(self), **changes)
        return other

    def moved(self, **changes: Any) -> "WorkItem":
        return self.but(epoch=self.epoch + 1, **changes)


def open_items(connection: Connection, conversation_ids: Sequence[str]) -> dict[str, WorkItem]:
    """The open work item of each of these conversations, by conversation."""
    rows = connection.execute(_OPEN_ITEMS, {"ids": conversation_ids}).all()
    if not rows:
        return {}
    running: dict[str, tuple[Deadline, ...]] = {}
    for one in deadlines.open_of(connection, [row.id for row in rows]):
        running[one.work_item_id] = (*running.get(one.work_item_id, ()), one)
    items = (_item(row, one, running.get(row.id, ())) for row, one in _decided(connection, rows))
    return {item.conversation_id: item for item in items}


def last_item(connection: Connection, conversation_id: str) -> WorkItem | None:
    """The work item, open or done, that this conversation had last."""
    rows = connection.execute(
        select(work_items)
        .where(work_items.c.conversation_id == conversation_id)
        .order_by(work_items.c.created_at.desc())
        .limit(1)
    ).all()
    return next((_item(row, decision) for row, decision in _decided(connection, rows)), None)


@dataclass(frozen=True)
class Handled:
    """Who ended a piece of work last, and when."""

    agent_id: str
    at: datetime


def last_handled_for(
    connection: Connection, customer_ids: Collection[str], since: datetime
) -> dict[str, Handled]:
    """Who ended the last work item of each of these customers, if that was since then."""
    rows = connection.execute(_HANDLED_FOR, {"ids": customer_ids, "since": since})
    return {row.customer_id: Handled(row.agent_id, row.resolved_at) for row in rows}


def last_handled_in(
    connection: Connection, conversation_ids: Collection[str], since: datetime
) -> dict[str, Handled]:
    """Who ended the last work item of each of these conversations, if that was since then."""
    rows = connection.execute(_HANDLED_IN, {"ids": conversation_ids, "since": since})
    return {row.conversation_id: Handled(row.agent_id, row.resolved_at) for row in rows}


def save(
    connection: Connection,
    items: Sequence[WorkItem],
    closed: Collection[str],
    known: Collection[str] = (),
) -> set[str]:
    """Write new and changed work items and tell the bus.

    Of conversations that are `closed`, those with new work are opened again. For `known` and what
    comes back see `decisions.keep_shared`.
    """
    shared = decisions.keep_shared(connection, (item.decision for item in items), known)
    if new := [item for item in items if item.new]:
        now = clock.now()
        insert_all(connection, work_items, [_row(item, now) for item in new])
        _open(connection, {item.conversation_id for item in new}.intersection(closed))
    if changed := [item for item in items if not item.new]:
        connection.execute(_CHANGE, [_change(item) for item in changed])
    deadlines.save(
        connection, [one for item in items for one in item.deadlines if one not in item.stored]
    )
    outbox.add_envelopes(connection, [_told(item) for item in items])
    return shared


def _open(connection: Connection, conversation_ids: Collection[str]) -> None:
    if conversation_ids:
        connection.execute(
            update(conversations)
            .where(among(conversations.c.id, conversation_ids))
            .values(state="open", resolved_at=None)
        )


# Made once: see `among`. Done is written out, not a parameter: only then is it plain that the index
# of such rows will do.
_DONE = literal_column("'done'", String)
_OPEN_ITEMS = (
    select(work_items)
    .where(among_named(work_items.c.conversation_id, "ids"), work_items.c.state != _DONE)
    .order_by(work_items.c.id)
    .with_for_update()
)
_HANDLED = (
    select(
        work_items.c.customer_id,
        work_items.c.conversation_id,
        work_items.c.agent_id,
        work_items.c.resolved_at,
    )
    .where(work_items.c.state == _DONE, work_items.c.agent_id.is_not(None))
    .where(work_items.c.resolved_at >= bindparam("since"))
    .order_by(work_items.c.resolved_at)
)
_HANDLED_FOR = _HANDLED.where(among_named(work_items.c.customer_id, "ids"))
_HANDLED_IN = _HANDLED.where(among_named(work_items.c.conversation_id, "ids"))
_CHANGE = (
    update(work_items)
    .where(work_items.c.id == bindparam("changed_id"))
    .values(
        state=bindparam("new_state"),
        agent_id=bindparam("new_agent"),
        channel=bindparam("new_channel"),
        waiting_since=bindparam("new_waiting_since"),
        role=bindparam("new_role"),
        rank=bindparam("new_rank"),
        units=bindparam("new_units"),
        skills=bindparam("new_skills"),
        backup_role=bindparam("new_backup"),
        preferred_agent_id=bindparam("new_preferred"),
        preferred_until=bindparam("new_preferred_until"),
        preferred_why=bindparam("new_preferred_why"),
        snoozed_until=bindparam("new_snoozed_until"),
        epoch=bindparam("new_epoch"),
        topic=bindparam("new_topic"),
        priority_minutes=bindparam("new_priority"),
        first_response_due=bindparam("new_due"),
        answer_due=bindparam("new_answer_due"),
        answer_warn=bindparam("new_answer_warn"),
        overdue=bindparam("new_overdue"),
        urgency_minutes=bindparam("new_urgency"),
        decision=bindparam("new_decision"),
    )
)


def _change(item: WorkItem) -> dict[str, Any]:
    standing = deadlines.standing(item.deadlines)
    return {
        "new_answer_due": standing["answer_due"],
        "new_answer_warn": standing["answer_warn"],
        "new_overdue": standing["overdue"],
        "new_urgency": standing["urgency_minutes"],
        "changed_id": item.id,
        "new_state": item.state,
        "new_agent": item.agent_id,
        "new_channel": item.channel.value,
        "new_waiting_since": item.waiting_since,
        "new_role": item.role,
        "new_rank": _rank(item, standing),
        "new_units": item.units,
        "new_skills": item.skills,
        "new_backup": item.backup_role,
        "new_preferred": item.preferred_agent_id,
        "new_preferred_until": item.preferred_until,
        "new_preferred_why": item.preferred_why,
        "new_snoozed_until": item.snoozed_until,
        "new_epoch": item.epoch,
        "new_topic": item.topic,
        "new_priority": item.priority_minutes,
        "new_due": item.first_response_due,
        "new_decision": decisions.kept(item.decision),
    }


def _row(item: WorkItem, now: datetime) -> dict[str, Any]:
    standing = deadlines.standing(item.deadlines)
    return {
        "id": item.id,
        "conversation_id": item.conversation_id,
        "customer_id": item.customer_id,
        "role": item.role,
        "state": item.state,
        "agent_id": item.agent_id,
        "epoch": item.epoch,
        "channel": item.channel.value,
        "topic": item.topic,
        "priority_minutes": item.priority_minutes,
        "waiting_since": item.waiting_since,
        "first_response_due": item.first_response_due,
        "first_response_at": None,
        "decision": decisions.kept(item.decision),
        "created_at": now,
        "resolved_at": None,
        **standing,
        "rank": _rank(item, standing),
        "units": item.units,
        "skills": item.skills,
        "backup_role": item.backup_role,
        "preferred_agent_id": item.preferred_agent_id,
        "preferred_until": item.preferred_until,
        "preferred_why": item.preferred_why,
        "snoozed_until": None,
        "look_again_at": None,
    }


def _rank(item: WorkItem, standing: dict[str, Any]) -> int:
    return rank(
        item.waiting_since,
        item.priority_minutes,
        standing["urgency_minutes"],
        goes_first=item.goes_first,
    )


def _told(item: WorkItem) -> Envelope:
    event = WorkItemChanged(
        work_item_id=item.id,
        conversation_id=item.conversation_id,
        role=item.role,
        former_role=item.former_role,
        state=item.state,
        agent_id=item.agent_id,
        former_agent_id=item.former_agent_id,
        preferred_agent_id=item.preferred_agent_id,
        epoch=item.epoch,
        overdue=item.overdue,
    )
    return wrap(
        event, subject=item.conversation_id, source=SOURCE, correlation_id=item.correlation_id
    )


def _decided(
    connection: Connection, rows: Sequence[Row[Any]]
) -> Iterator[tuple[Row[Any], dict[str, Any]]]:
    """Each work item with its whole decision."""
    return zip(rows, decisions.whole(connection, [row.decision for row in rows]), strict=True)


def _item(row: Row[Any], decision: dict[str, Any], running: tuple[Deadline, ...] = ()) -> WorkItem:
    return WorkItem(
        id=row.id,
        conversation_id=row.conversation_id,
        customer_id=row.customer_id,
        role=row.role,
        state=row.state,
        agent_id=row.agent_id,
        epoch=row.epoch,
        channel=Channel(row.channel),
        topic=row.topic,
        priority_minutes=row.priority_minutes,
        waiting_since=row.waiting_since,
        first_response_due=row.first_response_due,
        decision=decision,
        first_response_at=row.first_response_at,
        deadlines=running,
        overdue=row.overdue,
        units=row.units,
        skills=row.skills,
        backup_role=row.backup_role,
        preferred_agent_id=row.preferred_agent_id,
        preferred_until=row.preferred_until,
        preferred_why=row.preferred_why,
        snoozed_until=row.snoozed_until,
        goes_first=goes_first(row),
        new=False,
        stored=running,
    )
