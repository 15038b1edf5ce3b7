"""People needed per role and half hour, from what arrives over each channel."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import Field

from hub.interaction import Channel, Frozen
from routing.staffing.backlog import work_per_slot
from routing.staffing.erlang import Demand, agents_needed, rostered

SLOT = timedelta(minutes=30)
_SECONDS = SLOT.total_seconds()

Open = Callable[[str, datetime], bool]
"""Whether a role is there in the half hour that begins then, or in a part of it."""


class Goal(Frozen):
    """This share of the contacts is answered within so many seconds; an agent has `at_once` of them
    in hand at the same time."""

    share: float = Field(0.8, gt=0, lt=1)
    seconds: float = Field(ge=0)
    at_once: int = Field(1, ge=1)


class Rules(Frozen):
    """`live`: the channels on which customers wait for an answer at once. `occupancy`: the part of
    their time in which people can work on what may wait. `shrinkage`: the part of those planned who
    are on leave, ill or in training."""

    live: dict[Channel, Goal] = Field(
        default_factory=lambda: {
            Channel.PHONE: Goal(seconds=20),
            Channel.CHAT: Goal(seconds=30, at_once=3),
        }
    )
    occupancy: float = Field(0.85, gt=0, le=1)
    shrinkage: float = Field(0.3, ge=0, lt=1)
    target: int = Field(86_400, gt=0)


@dataclass(frozen=True, slots=True)
class Traffic:
    """What arrives for one moment of the model in the half hour that begins at `start`.

    `handling`: seconds of work each. `target`: within how many seconds it must be answered, closed
    time included; without one the rules say. Times carry a zone.
    """

    role: str
    channel: Channel
    start: datetime
    arrivals: float
    handling: float
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """For one role and half hour: people at work, by channel and together, and people to plan.

    `live_within`: the share answered in time on each live channel on which something arrives.
    """

    role: str
    start: datetime
    people: float
    rostered: int
    by_channel: Mapping[Channel, float] = field(default_factory=dict)
    live_within: Mapping[Channel, float] = field(default_factory=dict)


def people_needed(traffic: Iterable[Traffic], rules: Rules, is_open: Open) -> list[Need]:
    """One entry for each role and each half hour from its first traffic to its last, in order.

    People for live channels are whole; those for what may wait are not, since their work can be
    shared out. What is not due until after the last half hour is left out. Raises ValueError for
    numbers that cannot be, and for starts that are not whole half hours apart.
    """
    by_role: dict[str, list[Traffic]] = defaultdict(list)
    for one in traffic:
        by_role[one.role].append(one)
    return [
        need for role in sorted(by_role) for need in _of_role(role, by_role[role], rules, is_open)
    ]


def _of_role(role: str, traffic: Sequence[Traffic], rules: Rules, is_open: Open) -> list[Need]:
    slots = _slots(traffic)
    waits, live = _parted(traffic, rules, is_open)
    later = _may_wait(role, slots, waits, rules, is_open)
    needs = []
    for slot in slots:
        people, within = dict(later.get(slot, {})), {}
        for channel, goal in rules.live.items():
            if together := live.get((slot, channel)):
                agents, within[channel] = _at_once(together, goal)
                people[channel] = people.get(channel, 0) + agents
        total = sum(people.values())
        planned = rostered(total, rules.shrinkage)
        needs.append(Need(role, slot, round(total, 6), planned, people, within))
    return needs


def _parted(
    traffic: Sequence[Traffic], rules: Rules, is_open: Open
) -> tuple[list[Traffic], Mapping[tuple[datetime, Channel], list[Traffic]]]:
    """What may wait, and what is answered at once. Who calls or chats while nobody is there leaves
    a message, which waits for the next opening like a mail."""
    waits: list[Traffic] = []
    live: dict[tuple[datetime, Channel], list[Traffic]] = defaultdict(list)
    for one in traffic:
        if one.channel not in rules.live or not is_open(one.role, one.start):
            waits.append(one)
        elif one.arrivals:
            live[one.start, one.channel].append(one)
    return waits, live


def _slots(traffic: Sequence[Traffic]) -> list[datetime]:
    first, last = min(t.start for t in traffic), max(t.start for t in traffic)
    odd = next((t.start for t in traffic if (t.start - first) % SLOT), None)
    if odd is not None:
        raise ValueError(f"{odd.isoformat()} is not whole half hours after {first.isoformat()}")
    return [first + n * SLOT for n in range((last - first) // SLOT + 1)]


def _at_once(traffic: Sequence[Traffic], goal: Goal) -> tuple[int, float]:
    """People for one live channel in one half hour, and the share that they answer in time."""
    arrivals = sum(one.arrivals for one in traffic)
    handling = sum(one.arrivals * one.handling for one in traffic) / arrivals
    demand = Demand(arrivals, handling, _SECONDS)
    found = agents_needed(demand, share=goal.share, within=goal.seconds)
    return math.ceil(found.agents / goal.at_once), found.within(goal.seconds)


def _may_wait(
    role: str, slots: Sequence[datetime], traffic: Sequence[Traffic], rules: Rules, is_open: Open
) -> dict[datetime, dict[Channel, float]]:
    """People for each channel that may wait, by half hour."""
    place = {slot: number for number, slot in enumerate(slots)}
    opened = [is_open(role, slot) for slot in slots]
    work: dict[tuple[Channel, int], list[float]] = {}
    for one in traffic:
        target = max(int((one.target or rules.target) // _SECONDS), 1)
        amounts = work.setdefault((one.channel, target), [0.0] * len(slots))
        amounts[place[one.start]] += one.arrivals * one.handling / (_SECONDS * rules.occupancy)
    found: dict[datetime, dict[Channel, float]] = defaultdict(dict)
    for (channel, target), amounts in work.items():
        needed, _ = work_per_slot(amounts, opened, target)
        for slot, people in zip(slots, needed, strict=True):
            if people:
                found[slot][channel] = found[slot].get(channel, 0.0) + people
    return found
