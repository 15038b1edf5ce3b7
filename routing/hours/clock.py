"""The clock of one target as a ruler: which time counted, which was paused, which was closed.

Only time within the hours counts, and no time in which the clock is paused. Moving the work to a
role with other hours changes what counts from then on; what was counted before stays counted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from hub.promises import WARN_AT, What
from hub.ruler import Kind, Ruler, Segment
from routing.hours.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to the clock; `calendar` is the one that holds after it was moved."""

    at: datetime
    what: What
    calendar: Calendar | None = None


def read_clock(
    target: int, calendar: Calendar, happenings: Iterable[Happening], now: datetime
) -> Ruler:
    """The ruler of a clock with a target in seconds, from what happened to it until now.

    The order of what is given does not matter. A clock starts once: a second start, a pause of what
    is paused, and whatever follows the meeting of the target change nothing.
    """
    past = sorted((one for one in happenings if one.at <= now), key=lambda one: one.at)
    stretches, met_at = _stretches(past, calendar)
    ended = [stretch.until(met_at or now) for stretch in stretches]
    paused = bool(stretches) and stretches[-1].paused and met_at is None
    due_at = _reached(stretches, target)
    return Ruler(
        target=target,
        now=now,
        segments=tuple(_joined(segment for one in ended for segment in one.segments())),
        ahead=() if met_at or due_at is None else tuple(_ahead(stretches[-1], now, due_at)),
        counted=sum(one.counted() for one in ended),
        due_at=due_at,
        warn_at=_reached(stretches, target * WARN_AT),
        met_at=met_at,
        paused=paused,
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A time in which one calendar holds and the clock is either paused or not; `end` is None for
    the last one, which would go on."""

    start: datetime
    end: datetime | None
    calendar: Calendar
    paused: bool

    def until(self, end: datetime) -> "_Stretch":
        return _Stretch(self.start, self.end or end, self.calendar, self.paused)

    def counted(self) -> float:
        if self.paused or self.end is None:
            return 0.0
        return self.calendar.seconds_between(self.start, self.end)

    def segments(self) -> Iterator[Segment]:
        if self.end is None or self.end <= self.start:
            return
        if self.paused:
            yield Segment(self.start, self.end, Kind.PAUSED)
            return
        reached = self.start
        for opens, closes in self.calendar.spans(self.start, self.end):
            if reached < opens:
                yield Segment(reached, opens, Kind.CLOSED)
            yield Segment(opens, closes, Kind.COUNTED)
            reached = closes
        if reached < self.end:
            yield Segment(reached, self.end, Kind.CLOSED)


def _stretches(
    past: Iterable[Happening], calendar: Calendar
) -> tuple[list[_Stretch], datetime | None]:
    """What the clock went through, and when the target was met."""
    found: list[_Stretch] = []
    for one in past:
        last = found[-1] if found else None
        if one.what is What.MOVED:
            calendar = one.calendar or calendar
        if last is None:
            if one.what is What.STARTED:
                found.append(_Stretch(one.at, None, calendar, paused=False))
            continue
        if one.what is What.MET:
            return found, one.at
        paused = _paused(one.what, last)
        if one.what is What.MOVED or paused != last.paused:
            found[-1] = last.until(one.at)
            found.append(_Stretch(one.at, None, calendar, paused))
    return found, None


def _paused(what: What, before: _Stretch) -> bool:
    match what:
        case What.PAUSED:
            return True
        case What.RESUMED:
            return False
        case _:
            return before.paused


def _reached(stretches: Iterable[_Stretch], target: float) -> datetime | None:
    """When so much is counted, if the last stretch goes on."""
    left = target
    for stretch in stretches:
        if stretch.paused:
            continue
        reached = stretch.calendar.add(stretch.start, left)
        if reached is not None and (stretch.end is None or reached <= stretch.end):
            return reached
        left -= stretch.counted()
    return None


def _ahead(last: _Stretch, now: datetime, due_at: datetime) -> Iterator[Segment]:
    return _Stretch(now, due_at, last.calendar, paused=False).segments()


def _joined(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Neighbours of one kind as one."""
    current: Segment | None = None
    for segment in segments:
        if current is not None and current.kind is segment.kind:
            current = Segment(current.start, segment.end, segment.kind)
            continue
        if current is not None:
            yield current
        current = segment
    if current is not None:
        yield current
