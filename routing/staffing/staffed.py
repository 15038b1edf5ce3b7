"""People needed for each role in each half hour of a typical week, by two models side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from hub.interaction import Channel
from routing.hours.wall_time import beginning
from routing.model import Model
from routing.staffing.arrivals import Arrivals, Streams, place_of
from routing.staffing.measured import Source, Times
from routing.staffing.plan import SLOT, Rules, Traffic, people_needed
from routing.staffing.week import WEEK, typical_week, week_of

_WEEKS = 3
"""What is promised for later than two weeks after is not due in any typical week."""


class Slot(NamedTuple):
    """A half hour of the week, so many after Monday at midnight: people at work, and to plan."""

    place: int
    people: float
    planned: int
    by_channel: dict[Channel, float]


class Used(NamedTuple):
    """A handling time that was used; `topic` and `group` say of what it is the median."""

    channel: Channel
    topic: str
    group: str
    seconds: float
    source: Source
    contacts: int


Roles = dict[str, list[Slot]]
"""Half hours in which somebody is needed, in order."""


@dataclass(frozen=True)
class Staffing:
    zone: str
    before: Roles
    after: Roles
    times: list[Used]


STAFFING = TypeAdapter(Staffing)
"""As it is kept."""


@dataclass(frozen=True)
class Week:
    """How the week is worked out. `span`: in which the contacts came; `given`: handling times that
    go before those measured."""

    span: tuple[datetime, datetime]
    zone: ZoneInfo
    rules: Rules = field(default_factory=Rules)
    given: Mapping[Channel, float] = field(default_factory=dict)


def staffed(arrived: Arrivals, before: Model, after: Model, week: Week) -> Staffing:
    """Raises ValueError for less than a week."""
    times = Times(arrived.held, week.given)
    kinds = {stream.kind for streams in (arrived.before, arrived.after) for stream in streams}
    used = {
        Used(kind.channel, time.topic, time.group, time.seconds, time.source, time.contacts)
        for kind, time in ((kind, times.of(kind)) for kind in kinds)
    }
    return Staffing(
        zone=str(week.zone),
        before=_roles(arrived.before, before, times, week),
        after=_roles(arrived.after, after, times, week),
        times=sorted(used, key=lambda one: (one.channel, one.topic, one.group)),
    )


def _nothing(like: Traffic, monday: date, zone: ZoneInfo) -> Traffic:
    """At the end of the week, so that all of it is looked at."""
    return replace(like, start=beginning(monday + WEEK, 0, zone) - SLOT, arrivals=0)


def _roles(arrived: Streams, model: Model, times: Times, week: Week) -> Roles:
    """Weeks follow each other: what comes in on Friday night is done on Monday, so the weeks before
    are worked out too."""
    monday = week_of(week.span[1].astimezone(week.zone).date())
    traffic: list[Traffic] = []
    for before in reversed(range(_WEEKS)):
        of_week = monday - before * WEEK
        traffic += typical_week(arrived, week.span, model, times, monday=of_week, zone=week.zone)
    traffic += [_nothing(one, monday, week.zone) for one in {t.role: t for t in traffic}.values()]

    def is_open(role: str, at: datetime) -> bool:
        return bool(model.calendar(role).spans(at, at + SLOT))

    needs = people_needed(traffic, week.rules, is_open)
    begin = beginning(monday, 0, week.zone)
    found: Roles = {}
    for need in needs:
        if need.people and need.start >= begin:
            slot = Slot(
                place_of(need.start, week.zone),
                need.people,
                need.rostered,
                dict(need.by_channel),
            )
            found.setdefault(need.role, []).append(slot)
    return found
