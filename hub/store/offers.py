"""Offers: a work item put before one agent, who accepts, declines, or lets it pass.

A work item has at most one live offer (a unique index holds that) and is then neither waiting nor
held. Who answers compares the epoch, so an answer that comes too late changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from hub.errors import Rejected
from hub.events import WorkItemChanged
from hub.store import answers, in_hand, outbox, presence, steps, work_items, working
from hub.store.agents import Agent
from hub.store.among import among
from hub.store.constants import constant
from hub.store.ranking import ranked
from hub.store.tables import conversations, offers
from hub.store.tables import work_items as items
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
    return working.claim(connection, item_id, agent)


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
    news = event(item, **values)
    connection.execute(
        update(items).where(items.c.id == item.id).values(epoch=news.epoch, **ranked(item, values))
    )
    in_hand.recount(connection, [item.agent_id])
    outbox.add(connection, news, subject=item.conversation_id, source=SOURCE)


def event(item: Row[Any], **values: Any) -> WorkItemChanged:
    """What is told when these values of an item change, its state and agent among them."""
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
