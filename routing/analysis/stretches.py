"""Stretches of time in order, as lists of openings: what is in both, in either, or in one alone."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from routing.hours.calendar import Calendar, Opening
from routing.hours.definition import Hours

Stretches = tuple[Opening, ...]


def open_stretches(hours: Hours | None, start: datetime, end: datetime) -> Stretches:
    """When these hours are open between two times. Kept, because a model that is being edited is
    looked at again and again."""
    written = None if hours is None else hours.model_dump_json()
    return _open_stretches(_Written(hours, written), start, end)


class _Written:
    """Hours that are the same when they are written the same."""

    def __init__(self, hours: Hours | None, written: str | None) -> None:
        self.hours = hours
        self._written = written

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Written) and self._written == other._written

    def __hash__(self) -> int:
        return hash(self._written)


@lru_cache(maxsize=256)
def _open_stretches(written: _Written, start: datetime, end: datetime) -> Stretches:
    return tuple(Calendar(written.hours).spans(start, end))


def together(several: Iterable[Stretches]) -> Stretches:
    """What is in any of them."""
    return tuple(_merged(sorted(opening for one in several for opening in one)))


def both(one: Stretches, other: Stretches) -> Stretches:
    return tuple(_shared(one, other))


def less(one: Stretches, other: Stretches) -> Stretches:
    """What is in `one` and not in `other`."""
    return tuple(_left_over(one, other))


def hours_in(stretches: Iterable[Opening]) -> float:
    return sum((end - start).total_seconds() for start, end in stretches) / 3600


def _merged(openings: Sequence[Opening]) -> Iterator[Opening]:
    current: Opening | None = None
    for opening in openings:
        if current is None or opening.start > current.end:
            if current is not None:
                yield current
            current = opening
        else:
            current = Opening(current.start, max(current.end, opening.end))
    if current is not None:
        yield current


def _shared(one: Stretches, other: Stretches) -> Iterator[Opening]:
    mine, theirs = 0, 0
    while mine < len(one) and theirs < len(other):
        start = max(one[mine].start, other[theirs].start)
        end = min(one[mine].end, other[theirs].end)
        if start < end:
            yield Opening(start, end)
        if one[mine].end <= other[theirs].end:
            mine += 1
        else:
            theirs += 1


def _left_over(one: Stretches, other: Stretches) -> Iterator[Opening]:
    place = 0
    for start, end in one:
        at = start
        while place < len(other) and other[place].end <= at:
            place += 1
        following = place
        while following < len(other) and other[following].start < end:
            if at < other[following].start:
                yield Opening(at, other[following].start)
            at = max(at, other[following].end)
            following += 1
        if at < end:
            yield Opening(at, end)
