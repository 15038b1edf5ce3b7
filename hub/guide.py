"""The contact guide: where to be for which matter, when, and how soon there is an answer.

Made from the interaction model, shown to customers and, with who is responsible, to colleagues.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

Words = Mapping[str, str]
"""A text by language: `en` and `nl`."""


@dataclass(frozen=True)
class Days:
    """Days with the same hours. `first` and `last` are numbers from 0 for Monday; `spans` are
    written as `08:30-17:30`, none when it is closed."""

    first: int
    last: int
    spans: tuple[str, ...]


@dataclass(frozen=True)
class Different:
    """A day soon on which the hours are others: a holiday, which has a name, or another day."""

    day: date
    name: Words | None
    spans: tuple[str, ...]


@dataclass(frozen=True)
class Openings:
    """When somebody is there, in local time. `opens_at` is None while it is open, and when it does
    not open any more."""

    time_zone: str
    week: tuple[Days, ...]
    soon: tuple[Different, ...]
    is_open: bool
    opens_at: datetime | None


@dataclass(frozen=True)
class Way:
    """One channel for one matter. `instead`: what to use where it is not `allowed`. `openings` is
    None when it is always open; `answer_within` is in seconds, None when nothing is promised, and
    counted in opening hours if `in_business_hours`."""

    channel: str
    title: Words
    address: str
    allowed: bool
    instead: tuple[Words, ...]
    openings: Openings | None
    answer_within: int | None
    in_business_hours: bool
    role: Words
    backup_role: Words | None
    is_triage: bool


@dataclass(frozen=True)
class Matter:
    """A topic; `depth` is 1 for one at the top of the tree."""

    topic: str
    title: Words
    depth: int
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Guide:
    """What holds for one target group; `groups` are those there is a guide for, by id."""

    version: str
    group: str
    groups: Mapping[str, Words]
    matters: tuple[Matter, ...]


MakeGuide = Callable[[str, bool, datetime], Guide]
"""(target group, whether for the public, now) -> Guide. A group that the model does not know gets
what holds for the nearest one above it. The public sees the channels that have an address."""
