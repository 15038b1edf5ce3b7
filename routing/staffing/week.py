"""A typical week: what arrives in each of its half hours, on average over a time that was."""

import math
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.hours.wall_time import beginning
from routing.model import Model
from routing.moment import Clock
from routing.staffing.arrivals import Streams
from routing.staffing.measured import Times
from routing.staffing.plan import SLOT, Traffic

_SLOT_MINUTES = SLOT // timedelta(minutes=1)
_SLOTS_A_DAY = 24 * 60 // _SLOT_MINUTES
WEEK = timedelta(days=7)


def typical_week(
    arrived: Streams,
    span: tuple[datetime, datetime],
    model: Model,
    times: Times,
    *,
    monday: date,
    zone: ZoneInfo,
) -> list[Traffic]:
    """What arrives in the week that begins on this Monday if it is like the time from `span[0]` to
    `span[1]`, in which this arrived. Half hours are of the wall clock of the zone, so that nine
    o'clock stays nine o'clock when the clock was set meanwhile; each is averaged over how often it
    came, so that a time with five Mondays and four Fridays is fair to both. Raises ValueError for
    less than a week."""
    if span[1] - span[0] < WEEK:
        raise ValueError("a typical week takes 7 days or more")
    came = _came(span, zone)
    traffic = []
    for stream, count in arrived.items():
        start = _start(stream.place, monday, zone)
        target, clock = stream.target, Clock(stream.clock)
        due = model.counting(stream.role, clock).add(start, target) if target else None
        traffic.append(
            Traffic(
                role=stream.role,
                channel=stream.kind.channel,
                start=start,
                arrivals=count / came[stream.place],
                handling=times.of(stream.kind).seconds,
                target=math.floor((due - start).total_seconds()) if due else None,
            )
        )
    return sorted(traffic, key=lambda one: (one.start, one.role, one.channel))


def week_of(day: date) -> date:
    """The Monday of the week of this day."""
    return day - timedelta(days=day.weekday())


def _came(span: tuple[datetime, datetime], zone: ZoneInfo) -> Mapping[int, float]:
    """How often each half hour of the week came in this time; those at its ends came in part."""
    found: dict[int, float] = defaultdict(float)
    day, last = span[0].astimezone(zone).date(), span[1].astimezone(zone).date()
    while day <= last:
        for slot in range(_SLOTS_A_DAY):
            start = beginning(day, slot * _SLOT_MINUTES, zone)
            part = (min(start + SLOT, span[1]) - max(start, span[0])) / SLOT
            found[day.weekday() * _SLOTS_A_DAY + slot] += max(part, 0)
        day += timedelta(days=1)
    return found


def _start(place: int, monday: date, zone: ZoneInfo) -> datetime:
    day, slot = divmod(place, _SLOTS_A_DAY)
    return beginning(monday + timedelta(days=day), slot * _SLOT_MINUTES, zone)
