"""Offers: a work item put before one agent, who accepts, declines, or lets it pass.

A work item has at most one live offer (a unique index holds that) and is then neither waiting nor
held. Who answers compares the epoch, so an answer that comes too late changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.events import WorkItemChanged, encode, wrap
from hub.interaction import Channel
from hub.store import answers, in_hand, outbox, presence, steps, work_items
from hub.store.agents import Agent
from hub.store.among import among
from hub.store.constants import constant
from hub.store.ranking import ranked
from hub.store.tables import assignment_steps, conversations, offers
from hub.store.tables import outbox as events
from hub.store.tables import presence as people
from hub.store.tables import work_items as items
from hub.store.together import Together
from hub.store.work_items import OFFERED, WAITING, WorkItem

SOURCE = "/loket/dispatcher"
MOST_AT_ONCE = 100
LONGEST_REASON = 500


@dataclass(frozen=True)
class Offer:
    """A live offer."""

    item: WorkItem
    offered_at: datetime
    expires_at: datetime


def lock_waiting(connection: Connection, item_id: str) -> Row[Any] | None:
    """The item, while it waits and nobody else is changing it; it is ours until the end."""
    return connection.execute(_LOCK_WAITING, {"item": item_id}).one_or_none()


def lock_both(
    connection: Connection, item_id: str, epoch: int, agent_id: str, idle_since: datetime
) -> Row[Any] | None:
    """The item as `lock_waiting` gives it and the agent, if both still are as they were seen.

    Whoever is given something is idle from then on: the same time means the same work in hand.
    """
    seen = {"item": item_id, "epoch": epoch, "agent": agent_id, "idle_since": idle_since}
    return connection.execute(_LOCK_BOTH, seen).one_or_none()


def make(
    connection: Connection,
    item: Row[Any],
    agent_id: str,
    *,
    expires_at: datetime,
    explanation: dict[str, Any],
) -> None:
    """Offer an item from `lock_waiting` to an agent whose presence is locked."""
    event = _event(item, state=OFFERED, agent_id=agent_id)
    envelope = wrap(event, subject=item.conversation_id, source=SOURCE)
    values = {
        "made_at": clock.now(),
        "made_offer": clock.new_id(),
        "made_step": clock.new_id(),
        "made_item": item.id,
        "made_for": agent_id,
        "made_until": expires_at,
        "made_epoch": event.epoch,
        "made_why": explanation,
        "made_event": envelope.id,
        "made_topic": envelope.topic,
        "made_subject": envelope.subject,
        "made_body": encode(envelope),
        **in_hand.add(Channel(item.channel), item.units),
    }
    _MAKE.execute(connection, values)


def live(connection: Connection, agent_id: str) -> list[Offer]:
    """What the agent is being offered, the one that ends first in front."""
    rows = connection.execute(
        select(offers)
        .where(
            _IS_LIVE,
            among(offers.c.work_item_id, _offered_to(connection, agent_id)),
        )
        .order_by(offers.c.expires_at, offers.c.id)
    ).all()
    found = {i.id: i for i in work_items.by_ids(connection, [row.work_item_id for row in rows])}
    return [
        Offer(found[row.work_item_id], row.offered_at, row.expires_at)
        for row in rows
        if row.work_item_id in found
    ]


def accept(connection: Connection, item_id: str, agent: Agent) -> WorkItem:
    """The agent takes what they are offered. Raises Rejected when it is not theirs any more."""
    _offered(connection, item_id, agent)
    return work_items.claim(connection, item_id, agent)


def decline(connection: Connection, item_id: str, agent: Agent, reason: str) -> WorkItem:
    """Somebody else is asked; the item keeps its age."""
    item = _offered(connection, item_id, agent)
    reason = reason.strip()[:LONGEST_REASON]
    answers.end(connection, item_id, answers.DECLINED, reason)
    changed = work_items.change(
        connection,
        item,
        agent,
        "work_item.declined",
        {"state": WAITING, "agent_id": None, **_no_longer(item, agent.id)},
        reason=reason,
    )
    steps.add(connection, item_id, steps.DECLINED, agent.id, reason=reason)
    return changed


def expire(connection: Connection, now: datetime) -> list[tuple[str, str]]:
    """End the offers that nobody answered in time; gives (work item, agent) of each."""
    over = connection.execute(
        select(offers.c.work_item_id, offers.c.agent_id)
        .where(_IS_LIVE, offers.c.expires_at <= now)
        .order_by(offers.c.expires_at)
        .limit(MOST_AT_ONCE)
    ).all()
    missed = []
    # In the order of the agents, as everywhere: who locks several in one order waits for nobody
    # who waits for them.
    for work_item_id, agent_id in sorted(over, key=lambda row: row.agent_id):
        if _take_back(connection, work_item_id, agent_id, answers.MISSED):
            presence.missed_an_offer(connection, agent_id)
            missed.append((work_item_id, agent_id))
    for agent_id in sorted({agent_id for _, agent_id in missed}):
        withdraw(connection, agent_id)
    return missed


def withdraw(connection: Connection, agent_id: str) -> None:
    """The agent takes no more work: what they are offered goes to somebody else."""
    for item_id in _offered_to(connection, agent_id):
        _take_back(connection, item_id, agent_id, answers.WITHDRAWN)


def withdraw_of_lost(connection: Connection, now: datetime) -> list[str]:
    """Who closed their console and said nothing is asked no more; gives who."""
    gone = presence.lost(connection, now)
    for agent_id in gone:
        withdraw(connection, agent_id)
    return gone


def following(connection: Connection) -> datetime | None:
    """When the next offer ends."""
    ends: datetime | None = connection.execute(
        select(offers.c.expires_at).where(_IS_LIVE).order_by(offers.c.expires_at).limit(1)
    ).scalar_one_or_none()
    return ends


def change(connection: Connection, item: Row[Any], values: dict[str, Any]) -> None:
    """Change an item that is locked and goes back from its agent, and tell who listens."""
    event = _event(item, **values)
    connection.execute(
        update(items).where(items.c.id == item.id).values(epoch=event.epoch, **ranked(item, values))
    )
    in_hand.recount(connection, [item.agent_id])
    outbox.add(connection, event, subject=item.conversation_id, source=SOURCE)


def _event(item: Row[Any], **values: Any) -> WorkItemChanged:
    return WorkItemChanged(
        work_item_id=item.id,
        conversation_id=item.conversation_id,
        role=item.role,
        state=values["state"],
        agent_id=values["agent_id"],
        former_agent_id=item.agent_id,
        preferred_agent_id=values.get("preferred_agent_id", item.preferred_agent_id),
        epoch=item.epoch + 1,
        overdue=item.overdue,
    )


def _take_back(connection: Connection, item_id: str, agent_id: str, state: str) -> bool:
    """End a live offer from our side, unless it was answered at this moment."""
    item = connection.execute(
        select(items)
        .join(conversations, conversations.c.id == items.c.conversation_id)
        .where(items.c.id == item_id, items.c.state == OFFERED, items.c.agent_id == agent_id)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if item is None:
        return False
    answers.end(connection, item_id, state)
    values = {"state": WAITING, "agent_id": None, **_no_longer(item, agent_id)}
    change(connection, item, values)
    steps.add(connection, item_id, state, agent_id)
    return True


def _offered(connection: Connection, item_id: str, agent: Agent) -> WorkItem:
    item = work_items.lock(connection, item_id)
    if item.state != OFFERED or item.agent_id != agent.id:
        if item.state == WAITING:
            detail = "This offer has ended: it waits for somebody else now."
            raise Rejected("offer_ended", detail, status=409)
        raise work_items.lost(item, agent)
    return item


def _no_longer(item: Row[Any] | WorkItem, agent_id: str) -> dict[str, Any]:
    """Who did not want it is not waited for either."""
    return work_items.NOT_PREFERRED if item.preferred_agent_id == agent_id else {}


def _offered_to(connection: Connection, agent_id: str) -> list[str]:
    found = select(items.c.id).where(items.c.agent_id == agent_id, items.c.state == OFFERED)
    return list(connection.execute(found.order_by(items.c.id)).scalars())


_IS_LIVE = offers.c.state == constant(OFFERED)
_LOCK_WAITING = (
    select(items, answers.REFUSED)
    .join(conversations, conversations.c.id == items.c.conversation_id)
    .where(items.c.id == bindparam("item"), items.c.state == constant(WAITING))
    .with_for_update(skip_locked=True)
)
_LOCK_BOTH = _LOCK_WAITING.join(people, people.c.agent_id == bindparam("agent")).where(
    items.c.epoch == bindparam("epoch"),
    people.c.state == constant(presence.AVAILABLE),
    people.c.idle_since == bindparam("idle_since"),
)
# An offer that a crash of the database took back is made again; whoever accepts one waits for the
# disk, and what is on disk then includes the offer.
_MAKE = Together(
    insert(offers).values(
        id=bindparam("made_offer"),
        work_item_id=bindparam("made_item"),
        agent_id=bindparam("made_for"),
        state=OFFERED,
        reason="",
        offered_at=bindparam("made_at"),
        expires_at=bindparam("made_until"),
    ),
    update(items)
    .where(items.c.id == bindparam("made_item"))
    .values(
        state=OFFERED,
        agent_id=bindparam("made_for"),
        epoch=bindparam("made_epoch"),
        look_again_at=None,
    ),
    update(people)
    .where(people.c.agent_id == bindparam("made_for"))
    .values(idle_since=bindparam("made_at"), **in_hand.ADDING),
    insert(assignment_steps).values(
        id=bindparam("made_step"),
        work_item_id=bindparam("made_item"),
        at=bindparam("made_at"),
        kind=steps.OFFERED,
        agent_id=bindparam("made_for"),
        details=bindparam("made_why"),
    ),
    insert(events).values(
        event_id=bindparam("made_event"),
        topic=bindparam("made_topic"),
        queue="",
        subject=bindparam("made_subject"),
        body=bindparam("made_body"),
        created_at=bindparam("made_at"),
    ),
    forced=False,
)
