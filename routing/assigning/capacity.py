"""How much an agent has in hand, in units of 100, and whether one more item fits.

A customer on the phone or in a chat waits at the other end, so that work interrupts what can wait:
mails in hand leave room for a call. The other way round they do not.
"""

from collections.abc import Iterable
from datetime import datetime

from hub.interaction import LIVE, Channel
from routing.assigning.rules import Rules
from routing.assigning.values import Agent, Held, Waiting

RAMP_FROM = 0.4
"""The part of their room that whoever comes may have at once of what waited before."""


def used(held: Iterable[Held], now: datetime) -> int:
    """The units that this work takes; a quiet chat takes half, rounded up."""
    return sum(_units(one, now) for one in held)


def fits(agent: Agent, channel: Channel, units: int, now: datetime) -> bool:
    """Whether an item of so many units can be added to what counts beside it. With nothing beside
    it anything can: who has little room takes a call too."""
    beside = used(_beside(agent, channel), now)
    return beside == 0 or beside + units <= agent.capacity


def ramps_until(agent: Agent, item: Waiting, now: datetime, rules: Rules) -> datetime | None:
    """When an agent who came not long ago may take one more of what waited before they came; None:
    now. They always may have one such item, and whoever is on the line does not wait for this."""
    begun, waited = agent.since, item.channel in LIVE
    if begun is None or waited or item.waiting_since >= begun or not agent.held or not rules.ramp:
        return None
    needed = (used(agent.held, now) + item.units) / agent.capacity
    share = (min(needed, 1) - RAMP_FROM) / (1 - RAMP_FROM)
    at = begun + rules.ramp * share
    return at if at > now else None


def interrupts(agent: Agent, channel: Channel, units: int, now: datetime) -> bool:
    """Whether it fits only because it goes before work that can wait: the marked exception."""
    return (
        used(agent.held, now) + units > agent.capacity
        and used(agent.held, now) > 0
        and fits(agent, channel, units, now)
    )


def spare(agent: Agent, now: datetime) -> int:
    return agent.capacity - used(agent.held, now)


def _beside(agent: Agent, channel: Channel) -> Iterable[Held]:
    if channel not in LIVE:
        return agent.held
    return (one for one in agent.held if one.channel in LIVE)


def _units(held: Held, now: datetime) -> int:
    quiet = held.quiet_at is not None and held.quiet_at <= now
    return (held.units + 1) // 2 if quiet else held.units
