"""From what a clock on the wall shows to the instant, also in the nights when it is set.

In spring some wall times do not come: they stand for the moment at which the clock jumps. In autumn
some come twice: hours begin at the first and end at the last, so that nothing is closed while the
clock shows a time within the hours.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def beginning(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the clock shows so many minutes after midnight or later.

    From 1440 minutes on they lie on the next day.
    """
    wall = _wall(day, minutes)
    first, last = _instants(wall, zone)
    return first if first <= last else _jump(last, first, zone)


def ending(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, after all those at which the clock shows less than this."""
    wall = _wall(day, minutes)
    first, last = _instants(wall - _SECOND, zone)
    return last + _SECOND if first <= last else _jump(last, first, zone)


def _wall(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minutes)


def _instants(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and the last instant of a wall time; the other way round for one that never comes
    (PEP 495)."""
    local = wall.replace(tzinfo=zone)
    return local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant in between at which the clock jumps ahead."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
