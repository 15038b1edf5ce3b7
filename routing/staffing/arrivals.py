"""What arrived and how long it took, added up: what staffing is worked out from."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hub.interaction import Channel
from routing.model import Model
from routing.staffing.plan import SLOT

_SLOT_MINUTES = SLOT.seconds // 60


class Kind(NamedTuple):
    """Of what takes about the same time: a moment of the model, but for its direction."""

    channel: Channel
    topic: str
    group: str


class Stream(NamedTuple):
    """What arrives in one half hour of the week (`place`: so many after Monday at midnight) for one
    role. `target` is that of the first response, in seconds; `clock` says in which time it runs."""

    place: int
    role: str
    kind: Kind
    target: int | None
    clock: str


Streams = Counter[Stream]
Held = dict[Kind, list[int]]
"""Seconds of work in each contact that was resolved."""


@dataclass(slots=True)
class Arrivals:
    """By two models, and how long each contact was in hand, whoever decided."""

    before: Streams = field(default_factory=Counter)
    after: Streams = field(default_factory=Counter)
    held: Held = field(default_factory=lambda: defaultdict(list))

    def merge(self, later: "Arrivals") -> None:
        self.before.update(later.before)
        self.after.update(later.after)
        for kind, seconds in later.held.items():
            self.held[kind] += seconds


def place_of(at: datetime, zone: ZoneInfo) -> int:
    """The half hour of the week, from Monday at midnight, that the clock of the zone shows."""
    local = at.astimezone(zone)
    minutes = (local.weekday() * 24 + local.hour) * 60 + local.minute
    return minutes // _SLOT_MINUTES


def zone_of(model: Model) -> ZoneInfo:
    """In whose time the organisation lives: that of the first business hours of the model."""
    hours = next(iter(model.definition.hours.values()), None)
    return ZoneInfo(hours.time_zone if hours else "UTC")
