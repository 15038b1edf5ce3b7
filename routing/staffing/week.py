"""A typical week: what arrives in each of its half hours, on average over a time that was."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.interaction import Channel
from hub.store.arriving import Arrived
from routing.hours.wall_time import beginning
from routing.model import Model
from routing.staffing.plan import SLOT, Traffic

_SLOT_MINUTES = SLOT // timedelta(minutes=1)

HANDLING: Mapping[Channel, float] = {
    Channel.PHONE: 240,
    Channel.SMS: 180,
    Channel.WHATSAPP: 300,
    Channel.CHAT: 600,
    Channel.EMAIL: 360,
    Channel.PORTAL: 360,
    Channel.PARTNER: 120,
    Channel.MANUAL: 300,
}
"""Seconds of work for one contact, until somebody measures it."""


def typical_week(
    contacts: Iterable[Arrived],
    days: int,
    model: Model,
    *,
    monday: date,
    zone: ZoneInfo,
    handling: Mapping[Channel, float] = HANDLING,
) -> list[Traffic]:
    """What arrives in the week that begins on this Monday if it is like the `days` in which these
    contacts arrived. Half hours are of the wall clock of the zone, so that nine o'clock stays nine
    o'clock when the clock was set meanwhile. Raises ValueError for fewer than 7 days."""
    if days < 7:  # noqa: PLR2004 (a week)
        raise ValueError("a typical week takes 7 days or more")
    counts = Counter((_place(one.at, zone), one.role, one.channel, one.target, one.clock)
                     for one in contacts)  # fmt: skip
    traffic = []
    for (place, role, channel, target, clock), count in counts.items():
        start = _start(place, monday, zone)
        due = model.counting(role, clock).add(start, target) if target else None
        seconds = math.floor((due - start).total_seconds()) if due else None
        arrivals = count * 7 / days
        traffic.append(Traffic(role, channel, start, arrivals, handling[channel], seconds))
    return sorted(traffic, key=lambda one: (one.start, one.role, one.channel))


def week_of(day: date) -> date:
    """The Monday of the week of this day."""
    return day - timedelta(days=day.weekday())


def _place(at: datetime, zone: ZoneInfo) -> int:
    """The half hour of the week, from Monday at midnight, that the clock of the zone shows."""
    local = at.astimezone(zone)
    minutes = (local.weekday() * 24 + local.hour) * 60 + local.minute
    return minutes // _SLOT_MINUTES


def _start(place: int, monday: date, zone: ZoneInfo) -> datetime:
    day, slot = divmod(place, 24 * 60 // _SLOT_MINUTES)
    return beginning(monday + timedelta(days=day), slot * _SLOT_MINUTES, zone)
