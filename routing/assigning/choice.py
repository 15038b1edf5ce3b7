"""To whom one item is offered, of the agents who were looked at, with every reason kept.

The one it waits for goes first. Then the nearest circle, and in it who is idle longest, or who has
most room. Who just declined comes last: only when nobody else can take it, and not at once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from hub.store.ranking import goes_first
from routing.assigning.capacity import interrupts, spare, used
from routing.assigning.eligible import Obstacle, Verdict, through, verdict
from routing.assigning.rules import Rules
from routing.assigning.values import Agent, Refusal, Waiting
from routing.assigning.widening import CIRCLES, changes, fired

SHOWN = 20
"""Candidates that an explanation names; the rest is counted."""


class Because(StrEnum):
    """Why the chosen one; beside these, the reasons of `Preferred`."""

    LONGEST_IDLE = "longest-idle"
    MOST_CAPACITY = "most-capacity"
    ALONE = "alone"
    PULLED = "pulled"


@dataclass(frozen=True)
class Considered:
    agent: Agent
    verdict: Verdict


@dataclass(frozen=True)
class Choice:
    """`agent` is None when nobody can take it now; `again_at` is then when to look again.

    `interrupts`: it goes beyond the 100 units because it cannot wait. `passed`: what stood before
    it in the queue of an agent who had room, and was not for them.
    """

    item: Waiting
    agent: Agent | None
    because: str
    circle: int | None
    interrupts: bool
    considered: tuple[Considered, ...]
    again_at: datetime | None
    passed: tuple["Choice", ...] = ()

    def explanation(self, now: datetime, rules: Rules) -> dict[str, Any]:
        """What is kept with the work item: who was looked at, and what was in the way of whom."""
        counted = Counter(one.verdict.obstacle or "chosen_from" for one in self.considered)
        timers = fired(self.item, now, rules)
        return {
            "because": self.because,
            "circle": CIRCLES[self.circle] if self.circle is not None else "",
            "interrupts": self.interrupts,
            "waited": int((now - self.item.waiting_since).total_seconds()),
            "timers": {timer: at.isoformat() for timer, at in timers.items()},
            "counts": {str(key): number for key, number in sorted(counted.items())},
            "candidates": [_told(one, now) for one in self._shown()],
            **self._passed_over(),
        }

    def _passed_over(self) -> dict[str, Any]:
        """How much stood before it, and of the first what was in the way; nothing for nothing."""
        if not self.passed:
            return {}
        return {
            "passed": len(self.passed),
            "passed_over": [_told_passed(one) for one in self.passed[:SHOWN]],
        }

    def _shown(self) -> list[Considered]:
        chosen = [one for one in self.considered if one.agent is self.agent]
        others = [one for one in self.considered if one.agent is not self.agent]
        return [*chosen, *others][:SHOWN]


def choose(
    item: Waiting,
    agents: Iterable[Agent],
    now: datetime,
    rules: Rules,
    *,
    by: str = Because.LONGEST_IDLE,
) -> Choice:
    """The same item, agents and moment give the same choice, in whatever order the agents come."""
    looked = sorted(agents, key=lambda agent: agent.id)
    considered = tuple(Considered(one, verdict(item, one, now, rules)) for one in looked)
    free = [one for one in considered if one.verdict.obstacle is None]
    if free:
        first = min(free, key=lambda one: _order(item, one, now, by))
        return _chosen(item, first, considered, _why(item, first, by), now)
    if last := _alone(item, considered, now, rules):
        return _chosen(item, last, considered, Because.ALONE, now)
    return Choice(item, None, "", None, False, considered, _again_at(item, considered, now, rules))


def pull(
    items: Sequence[Waiting], agent: Agent, now: datetime, rules: Rules
) -> tuple[Choice | None, list[Choice]]:
    """What an agent who has room gets: the first of the items, in queue order, that they may take.

    Who holds the line goes before all other work. Then their own roles' work goes before what
    reached them by widening. Gives also what was passed over, with the reason.
    """
    passed: list[Choice] = []
    # Only as far as the first that they may take is it asked what is in the way.
    for item in sorted(items, key=lambda item: _pull_order(item, agent, now, rules)):
        one = Considered(agent, verdict(item, agent, now, rules))
        if one.verdict.obstacle is None:
            why = item.preferred.why if item.preferred and _is_mine(item, agent) else Because.PULLED
            return _chosen(item, one, (one,), why, now), passed
        passed.append(Choice(item, None, "", None, False, (one,), one.verdict.again_at))
    return None, passed


def _pull_order(
    item: Waiting, agent: Agent, now: datetime, rules: Rules
) -> tuple[bool, bool, int, int, str]:
    circle = through(item, agent, now, rules)
    nearness = len(CIRCLES) if circle is None else circle
    before_all = goes_first(item) and circle is not None
    return (not before_all, not _is_mine(item, agent), nearness, item.rank, item.id)


def _is_mine(item: Waiting, agent: Agent) -> bool:
    """Whether it waits for this agent in person."""
    return item.preferred is not None and item.preferred.agent_id == agent.id


def _order(
    item: Waiting, one: Considered, now: datetime, by: str
) -> tuple[bool, int, float, datetime, str]:
    agent = one.agent
    room = -spare(agent, now) if by == Because.MOST_CAPACITY else 0
    return (not _is_mine(item, agent), one.verdict.circle or 0, room, agent.idle_since, agent.id)


def _why(item: Waiting, one: Considered, by: str) -> str:
    if item.preferred and _is_mine(item, one.agent):
        return item.preferred.why
    return str(by)


def _alone(
    item: Waiting, considered: Sequence[Considered], now: datetime, rules: Rules
) -> Considered | None:
    """Of those who only declined or missed it, and not just now, the first who did."""
    refused = [
        (refusal.at, one.agent.id, one)
        for one in considered
        if one.verdict.obstacle is Obstacle.REFUSED
        for refusal in [_last_refusal(item, one.agent)]
        if now >= refusal.at + timedelta(seconds=rules.alone_seconds)
    ]
    return min(refused, key=lambda found: found[:2])[2] if refused else None


def _last_refusal(item: Waiting, agent: Agent) -> Refusal:
    own = (refusal for refusal in item.refusals if refusal.agent_id == agent.id)
    return max(own, key=lambda refusal: refusal.at)


def _chosen(
    item: Waiting, one: Considered, considered: tuple[Considered, ...], why: str, now: datetime
) -> Choice:
    beyond = interrupts(one.agent, item.channel, item.units, now)
    return Choice(item, one.agent, why, one.verdict.circle, beyond, considered, None)


def _again_at(
    item: Waiting, considered: Sequence[Considered], now: datetime, rules: Rules
) -> datetime | None:
    passing = [one.verdict.again_at for one in considered if one.verdict.again_at is not None]
    return min((at for at in [*changes(item, rules), *passing] if at > now), default=None)


def _told_passed(one: Choice) -> dict[str, Any]:
    [looked] = one.considered
    return {
        "item": one.item.id,
        "channel": one.item.channel.value,
        "since": one.item.waiting_since.isoformat(),
        "obstacle": str(looked.verdict.obstacle or ""),
        "details": looked.verdict.details,
    }


def _told(one: Considered, now: datetime) -> dict[str, Any]:
    return {
        "agent": one.agent.id,
        "name": one.agent.name,
        "obstacle": str(one.verdict.obstacle or ""),
        "details": one.verdict.details,
        "used": used(one.agent.held, now),
        "idle_since": one.agent.idle_since,
    }
