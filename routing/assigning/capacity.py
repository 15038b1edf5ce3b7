"""How much an agent has in hand, in units of 100, and whether one more item fits.

A customer on the phone or in a chat waits at the other end, so that work interrupts what can wait:
mails in hand leave room for a call. The other way round they do not.
"""

from collections.abc import Iterable
from datetime import datetime

from hub.interaction import LIVE, Channel
from routing.assigning.values import FULL, Agent, Held


def used(held: Iterable[Held], now: datetime) -> int:
    """The units that this work takes; a quiet chat takes half, rounded up."""
    return sum(_units(one, now) for one in held)


def fits(agent: Agent, channel: Channel, units: int, now: datetime) -> bool:
    """Whether an item of so many units can be added to what counts beside it."""
    return used(_beside(agent, channel), now) + units <= FULL


def interrupts(agent: Agent, channel: Channel, units: int, now: datetime) -> bool:
    """Whether it fits only because it goes before work that can wait: the marked exception."""
    return used(agent.held, now) + units > FULL and fits(agent, channel, units, now)


def spare(agent: Agent, now: datetime) -> int:
    return FULL - used(agent.held, now)


def _beside(agent: Agent, channel: Channel) -> Iterable[Held]:
    if channel not in LIVE:
        return agent.held
    return (one for one in agent.held if one.channel in LIVE)


def _units(held: Held, now: datetime) -> int:
    quiet = held.quiet_at is not None and held.quiet_at <= now
    return (held.units + 1) // 2 if quiet else held.units
