"""What an agent's desk shows beside the work: whether they take offers, how much they have in hand,
and what they are being offered, with the reason why it is them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from agent_ui.guidance import Guidance, guidance_of
from hub import clock
from hub.interaction import Channel
from hub.store import (
    agents,
    in_hand,
    offers,
    presence,
    steps,
    timeline,
    work_items,
    wrapping,
)
from hub.store.agents import Agent
from hub.store.asked import Request, next_due, waiting_for
from hub.store.offers import Offer
from hub.store.presence import Presence
from hub.store.work_items import WorkItem
from hub.store.wrapping import Wrapping


@dataclass(frozen=True)
class Asked:
    """A live offer. `why`: what was kept about the choice."""

    offer: Offer
    why: Mapping[str, Any]

    def seconds(self, now: datetime) -> int:
        """How long there is still to answer."""
        return max(0, round((self.offer.expires_at - now).total_seconds()))

    @property
    def all_seconds(self) -> int:
        return round((self.offer.expires_at - self.offer.offered_at).total_seconds())


@dataclass(frozen=True)
class WrapUp:
    """What the agent did last, on the phone or in a chat. `results`: what was said of it."""

    time: Wrapping
    item: WorkItem
    guidance: Guidance
    results: Mapping[str, str]

    def seconds(self, now: datetime) -> int:
        return max(0, round((self.time.until - now).total_seconds()))

    @property
    def all_seconds(self) -> int:
        return round((self.time.until - self.time.since).total_seconds())


@dataclass(frozen=True)
class Desk:
    """`phone`: where the agent wants to be called; "" for where the settings say. `turns_at`: when
    the time is over in which something that they asked for was to be answered."""

    presence: Presence
    used: int
    capacity: int
    asked: list[Asked]
    phone: str
    requests: list[Request]
    turns_at: datetime | None
    wrap_up: WrapUp | None


def read_desk(connection: Connection, agent: Agent, *, quiet: timedelta) -> Desk:
    """`quiet`: after so long without a word, a chat counts half."""
    loads = in_hand.loads(connection, [agent.id]).get(agent.id, ())
    here = presence.of(connection, agent.id)
    return Desk(
        presence=here,
        used=in_hand.units_in_use(loads, clock.now(), quiet),
        capacity=agents.capacity_of(connection, agent.id),
        asked=[
            Asked(offer, steps.last_details(connection, offer.item.id, steps.OFFERED) or {})
            for offer in offers.live(connection, agent.id)
        ],
        phone=agents.phone_of(connection, agent.id)[1],
        requests=waiting_for(connection, agent),
        turns_at=next_due(connection, agent),
        wrap_up=_wrap_up(connection, agent) if here.state == presence.WRAPPING else None,
    )


def _wrap_up(connection: Connection, agent: Agent) -> WrapUp | None:
    time = wrapping.of(connection, agent.id)
    found = work_items.by_ids(connection, [time.item_id]) if time else []
    if time is None or not found:
        return None
    results = timeline.results(connection, found[0].conversation_id)
    return WrapUp(time, found[0], guidance_of(found[0].decision), results)


def say_presence(
    connection: Connection,
    agent: Agent,
    state: str,
    reason: str = "",
    closed: Sequence[Channel] | None = None,
) -> None:
    """The agent says whether they take offers; who does not loses those that they have.

    `closed`: the channels that they take nothing on; None leaves them as they are.
    """
    kept = reason if state == presence.AWAY else ""
    presence.say(connection, agent.id, state, reason=kept, closed_channels=closed)
    if state != presence.AVAILABLE:
        offers.withdraw(connection, agent.id)


def leave(connection: Connection, agent: Agent) -> None:
    """The agent signs out: nothing more is offered to them."""
    if presence.of(connection, agent.id).state != presence.OFF:
        say_presence(connection, agent, presence.OFF)
