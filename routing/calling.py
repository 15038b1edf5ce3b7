"""Work whose customer calls or chats about it: it waits as a call or a chat does."""

from datetime import datetime, timedelta
from typing import Any

from hub.interaction import Channel
from hub.promises import Promise
from hub.store.routing import WorkItem
from hub.store.unrouted import Unrouted
from hub.store.work_items import OFFERED, WAITING
from routing.decision import Decision
from routing.past import Past, awaited_on_the_line
from routing.tree import ANY, covers


def is_call_about(item: WorkItem, contact: Unrouted) -> bool:
    """Whether its customer waits at the other end, and did not when the work came, or waited there
    by phone, and hung up."""
    if not contact.is_waited_on or item.channel is contact.channel:
        return False
    return contact.channel is Channel.PHONE or not contact.is_called


def meant(item: WorkItem, chosen: str) -> str:
    """What the call is about: the narrower of what was chosen for it and what the work is about."""
    narrower = item.topic if covers(chosen or ANY, item.topic) else chosen
    return "" if narrower == ANY else narrower


def as_call(
    item: WorkItem, contact: Unrouted, decision: Decision, past: Past, **needs: Any
) -> WorkItem:
    """The item, waiting since the call. Its role is the one that is called about this, unless
    somebody moved it to another; its deadlines stay. Who has it, or had it last, goes first."""
    was_moved = item.role != item.decision["role"]
    stays = was_moved or decision.triage
    called = item.moved(
        state=WAITING,
        agent_id=None,
        former_agent_id=item.agent_id,
        snoozed_until=None,
        channel=contact.channel,
        waiting_since=contact.received_at,
        role=item.role if stays else decision.role,
        former_role="" if stays else item.role,
        topic=decision.topic,
        priority_minutes=decision.priority_minutes,
        decision=decision.as_json,
        correlation_id=contact.correlation_id,
        **needs,
    )
    return _waiting_for(called, item, _due(contact, decision), past)


def _waiting_for(called: WorkItem, item: WorkItem, due: datetime | None, past: Past) -> WorkItem:
    agent_id, why = item.agent_id, "called"
    if item.state == OFFERED or agent_id is None:
        preferred = item if item.preferred_agent_id else past.prefer(item, first=False, sticky=True)
        agent_id, why = preferred.preferred_agent_id, preferred.preferred_why
    if agent_id is None:
        return called
    return awaited_on_the_line(called, agent_id, why, due, past.rules)


def _due(contact: Unrouted, decision: Decision) -> datetime | None:
    """When a call like this is to be taken."""
    seconds = decision.as_json.get(Promise.FIRST_RESPONSE)
    return contact.received_at + timedelta(seconds=seconds) if seconds else None
