"""Opening hours as a line of open and closed time, in UTC: what is open when, and how to count it.

A calendar works out one year at a time and keeps it, so that the answers about later years cost no
walk from day to day.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from routing.entry import Title
from routing.hours.definition import Hours
from routing.hours.holidays import public_holidays
from routing.hours.span import Span
from routing.hours.wall_time import beginning, ending

MOST_YEARS = 100
CLOSED_YEARS = 3
"""After so many whole years without opening, and no exception ahead, it never opens again."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000


class Opening(NamedTuple):
    """Open from `start` until just before `end`, both in UTC."""

    start: datetime
    end: datetime


class Calendar:
    """What `hours` say, for any time. Without hours it is always open.

    Takes times with a zone (ValueError without one) and gives times in UTC, exact to the
    microsecond. The same hours always give the same answers.
    """

    def __init__(self, hours: Hours | None = None) -> None:
        self.hours = hours
        self._zone = ZoneInfo(hours.time_zone) if hours else ZoneInfo("UTC")
        self._week = hours.days if hours else ()
        self._exceptions = hours.exceptions if hours else {}
        opened = (day for day, spans in self._exceptions.items() if spans)
        self._last_exception = max(opened, default=date.min)
        self._years: dict[int, _Year] = {}

    def is_open(self, at: datetime) -> bool:
        return self._year(_utc(at).year).is_open(_number(at))

    def next_opening(self, at: datetime) -> datetime | None:
        """`at` itself when it is open then, else the next time it opens; None if it never does."""
        for year in self._years_from(_utc(at).year):
            found = year.open_from(_number(at))
            if found is not None:
                return _instant(found)
        return None

    def add(self, start: datetime, seconds: float) -> datetime | None:
        """The first time at which so many open seconds have passed since `start`.

        `start` itself for none; the closing time rather than the next opening. None when it never
        comes: the hours do not open any more, or not often enough within a hundred years. Raises
        ValueError for less than none.
        """
        return self.marks(start, seconds)[0]

    def marks(self, start: datetime, *seconds: float) -> list[datetime | None]:
        """`add` for each of these, with what they share worked out once."""
        if min(seconds) < 0:
            raise ValueError("only time that passes can be added")
        begin = _utc(start)
        first = self._year(begin.year)
        before = first.counted(_number(begin))
        wanted = (round(one * _SECOND) for one in seconds)
        return [self._reached(begin, first, before, one) if one else begin for one in wanted]

    def _reached(self, begin: datetime, first: "_Year", before: int, more: int) -> datetime | None:
        wanted = before + more
        if wanted <= first.total:  # nearly always
            return _instant(first.reached(wanted))
        for year in self._years_from(begin.year):
            if wanted <= year.total:
                return _instant(year.reached(wanted))
            wanted -= year.total
        return None

    def seconds_between(self, start: datetime, end: datetime) -> float:
        """The open seconds from `start` to `end`; less than none when `end` comes first."""
        if _utc(end) < _utc(start):
            return -self.seconds_between(end, start)
        first, last = _utc(start).year, _utc(end).year
        counted = sum(self._year(number).total for number in range(first, last))
        counted += self._year(last).counted(_number(end))
        counted -= self._year(first).counted(_number(start))
        return counted / _SECOND

    def spans(self, start: datetime, end: datetime) -> list[Opening]:
        """When it is open from `start` to `end`, in order; what touches is one."""
        first, last = _number(start), _number(end)
        if last <= first:
            return []
        found: list[tuple[int, int]] = []
        for number in range(_utc(start).year, _utc(end).year + 1):
            found.extend(self._year(number).within(first, last))
        return [Opening(_instant(opens), _instant(closes)) for opens, closes in _merged(found)]

    def on(self, day: date) -> tuple[Span, ...]:
        """What opens on this local day, in wall time; nothing when it is closed."""
        if self.hours is None:
            return (Span(start=0, end=24 * 60),)
        if day in self._exceptions:
            return self._exceptions[day]
        return () if self.holiday(day) else self._week[day.weekday()]

    def holiday(self, day: date) -> Title | None:
        """The name of the holiday that is kept on this local day, if there is one."""
        place = self.hours.holidays if self.hours else None
        if place is None:
            return None
        return public_holidays(place, day.year).get(day)

    def _years_from(self, first: int) -> Iterator["_Year"]:
        """This year and the following, until it is sure that nothing opens any more."""
        closed = 0
        for number in range(first, first + MOST_YEARS):
            year = self._year(number)
            closed = 0 if year.total else closed + 1
            if closed > CLOSED_YEARS and number > self._last_exception.year:
                return
            yield year

    def _year(self, number: int) -> "_Year":
        year = self._years.get(number)
        if year is None:
            year = self._years[number] = self._worked_out(number)
        return year

    def _worked_out(self, number: int) -> "_Year":
        first = _number(datetime(number, 1, 1, tzinfo=UTC))
        last = _number(datetime(number + 1, 1, 1, tzinfo=UTC))
        if self.hours is None:
            return _Year.of([(first, last)])
        openings = sorted(self._openings(number))
        inside = ((max(opens, first), min(closes, last)) for opens, closes in openings)
        return _Year.of(_merged((opens, closes) for opens, closes in inside if opens < closes))

    def _openings(self, number: int) -> Iterator[tuple[int, int]]:
        """Also of the days around the year, which it may share with its neighbours in UTC."""
        day, last = date(number - 1, 12, 30), date(number + 1, 1, 1)
        while day <= last:
            for span in self.on(day):
                opens = beginning(day, span.start, self._zone)
                yield _number(opens), _number(ending(day, span.end, self._zone))
            day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Year:
    """The openings of one year of UTC, in microseconds since 1970; `open_after[n]` is what was open
    of the year when the opening `n` ends."""

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    open_after: tuple[int, ...]

    @classmethod
    def of(cls, openings: Iterable[tuple[int, int]]) -> "_Year":
        found = tuple(openings)
        return cls(
            opens=tuple(map(itemgetter(0), found)),
            closes=tuple(map(itemgetter(1), found)),
            open_after=tuple(accumulate(closes - opens for opens, closes in found)),
        )

    @property
    def total(self) -> int:
        return self.open_after[-1] if self.open_after else 0

    def is_open(self, at: int) -> bool:
        place = bisect_right(self.closes, at)
        return place < len(self.opens) and self.opens[place] <= at

    def open_from(self, at: int) -> int | None:
        place = bisect_right(self.closes, at)
        return max(self.opens[place], at) if place < len(self.opens) else None

    def counted(self, until: int) -> int:
        """What was open of the year until then."""
        place = bisect_right(self.opens, until) - 1
        if place < 0:
            return 0
        return self.open_after[place] - max(self.closes[place] - until, 0)

    def reached(self, counted: int) -> int:
        """The first time at which so much was open; it must be more than 0 and not over the
        total."""
        place = bisect_left(self.open_after, counted)
        return self.closes[place] - (self.open_after[place] - counted)

    def within(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        first = bisect_right(self.closes, start)
        for opens, closes in zip(self.opens[first:], self.closes[first:], strict=True):
            if opens >= end:
                return
            yield max(opens, start), min(closes, end)


def _merged(openings: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What overlaps or touches as one; they must come in order."""
    current: tuple[int, int] | None = None
    for opens, closes in openings:
        if current is None:
            current = (opens, closes)
        elif opens <= current[1]:
            current = (current[0], max(current[1], closes))
        else:
            yield current
            current = (opens, closes)
    if current is not None:
        yield current


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a time without a zone could be anywhere")
    return at.astimezone(UTC)


def _number(at: datetime) -> int:
    return (_utc(at) - _EPOCH) // _MICROSECOND


def _instant(number: int) -> datetime:
    return _EPOCH + number * _MICROSECOND
