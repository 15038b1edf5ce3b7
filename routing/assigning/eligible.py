"""Whether an agent may be offered an item now, and if not, what is in the way."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from hub.interaction import LIVE
from routing.assigning.capacity import fits, ramps_until
from routing.assigning.rules import Rules
from routing.assigning.values import Agent, Waiting
from routing.assigning.widening import circle, levels

AVAILABLE = "available"


class Obstacle(StrEnum):
    """Why an agent is not offered an item; the console has a sentence for each."""

    WRAPPING = "wrapping"
    AWAY = "away"
    NOT_RESPONDING = "not_responding"
    ROLE = "role"
    OFF_DUTY = "off_duty"
    CHANNEL = "channel"
    SKILL = "skill"
    FULL = "full"
    RAMP = "ramp"
    ASKED = "asked"
    RETURNED = "returned"
    REFUSED = "refused"
    RESERVED = "reserved"


@dataclass(frozen=True)
class Verdict:
    """About one agent. `circle`: see `through`.

    `again_at`: when the obstacle goes by itself, where that is known.
    """

    obstacle: Obstacle | None
    circle: int | None = None
    details: dict[str, str] = field(default_factory=dict)
    again_at: datetime | None = None


def verdict(item: Waiting, agent: Agent, now: datetime, rules: Rules) -> Verdict:
    """The first obstacle, from the most lasting to the most passing one."""
    circle_of = through(item, agent, now, rules)
    for look in (_about_them, _about_skills, _about_room, _about_the_past):
        found = look(item, agent, now, rules)
        if found is not None:
            return Verdict(found.obstacle, circle_of, found.details, found.again_at)
    return Verdict(None, circle_of)


def through(item: Waiting, agent: Agent, now: datetime, rules: Rules) -> int | None:
    """The circle through which an agent may be looked at for an item; None for none."""
    given = item.preferred
    if given and given.personal and given.agent_id == agent.id:
        return 0
    return circle(item, agent.roles - agent.off_duty, now, rules)


def _about_them(item: Waiting, agent: Agent, now: datetime, rules: Rules) -> Verdict | None:
    if agent.state != AVAILABLE:
        said = agent.state in (Obstacle.NOT_RESPONDING, Obstacle.WRAPPING)
        return Verdict(Obstacle(agent.state) if said else Obstacle.AWAY)
    if through(item, agent, now, rules) is None:
        closed = circle(item, agent.roles, now, rules) is not None
        return Verdict(Obstacle.OFF_DUTY if closed else Obstacle.ROLE)
    if item.channel in agent.closed_channels:
        return Verdict(Obstacle.CHANNEL, details={"channel": item.channel.value})
    return None


def _about_skills(item: Waiting, agent: Agent, now: datetime, rules: Rules) -> Verdict | None:
    for skill, level in levels(item, now, rules).items():
        has = agent.skills.get(skill, 0)
        if has < level:
            details = {"skill": skill, "level": str(level), "has": str(has)}
            return Verdict(Obstacle.SKILL, details=details)
    return None


def _about_room(item: Waiting, agent: Agent, now: datetime, rules: Rules) -> Verdict | None:
    if not fits(agent, item.channel, item.units, now):
        quiet = [one.quiet_at for one in agent.held if one.quiet_at and one.quiet_at > now]
        return Verdict(Obstacle.FULL, again_at=min(quiet, default=None))
    if later := ramps_until(agent, item, now, rules):
        return Verdict(Obstacle.RAMP, again_at=later)
    if any(one.offered and _holds_up(one.channel in LIVE, item) for one in agent.held):
        return Verdict(Obstacle.ASKED)
    return None


def _holds_up(offer_is_live: bool, item: Waiting) -> bool:
    """One question at a time; only a customer who waits on the line does not wait for a mail."""
    return offer_is_live or item.channel not in LIVE


def _about_the_past(item: Waiting, agent: Agent, now: datetime, rules: Rules) -> Verdict | None:
    for refusal in item.refusals:
        seconds = rules.returned_seconds if refusal.returned else rules.cool_down_seconds
        ends = refusal.at + timedelta(seconds=seconds)
        if refusal.agent_id == agent.id and now < ends:
            if refusal.returned:
                return Verdict(Obstacle.RETURNED, again_at=ends)
            alone_at = refusal.at + timedelta(seconds=rules.alone_seconds)
            return Verdict(Obstacle.REFUSED, again_at=alone_at if now < alone_at else ends)
    waits_for = item.preferred
    if waits_for and waits_for.present and waits_for.agent_id != agent.id and now < waits_for.until:
        return Verdict(
            Obstacle.RESERVED, details={"agent": waits_for.agent_id}, again_at=waits_for.until
        )
    return None
