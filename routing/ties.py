"""Where rows of which neither outranks the other settle a field, and whether `order` decides."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from routing.coverage import WAYS, Coverage, Coverages, Left
from routing.inherit import Cell
from routing.moment import Moment

Pair = tuple[int, int]
"""Two rows by their number."""
Meetings = dict[Pair, dict[str, Cell]]
"""The fields on which two rows meet, each with the first combination for which they do."""
_EVERY_WAY = [place for place, (direction, channel) in enumerate(WAYS) if direction and channel]


def find_ties(rows: Sequence[Moment], coverages: Coverages) -> Meetings:
    """Pairs that settle a field differently with the same `order`, the earlier row first. Of rows
    that tie with several, one pair for each is enough. Also in ways that are not in use."""
    return _meetings(rows, coverages, _EVERY_WAY, _ties)


def find_overlaps(rows: Sequence[Moment], coverages: Coverages, ways: Sequence[int]) -> Meetings:
    """Pairs that settle a field differently, of which the first wins by its `order`."""
    return _meetings(rows, coverages, ways, _overlaps)


def _meetings(
    rows: Sequence[Moment],
    coverages: Coverages,
    ways: Sequence[int],
    meeting: Callable[[Left], Iterator[Pair]],
) -> Meetings:
    found: Meetings = defaultdict(dict)
    for coverage, fields in coverages.groups().items():
        for left, cell in _different(coverage, ways):
            for one, other in meeting(left):
                for field in fields:
                    if rows[one].value(field) != rows[other].value(field):
                        found[one, other].setdefault(field, cell)
    return found


def _different(coverage: Coverage, ways: Sequence[int]) -> Iterator[tuple[Left, Cell]]:
    """What is left over where several rows are, each time with the first combination."""
    sheets: set[int] = set()
    sets: set[int] = set()
    for (group, topic), sheet in coverage.spots().items():
        if sheet in sheets:
            continue
        sheets.add(sheet)
        numbers = coverage.sets(sheet)
        for way in ways:
            if numbers[way] in sets:
                continue
            sets.add(numbers[way])
            left = coverage.left(sheet, way)
            if len(left.standing) > 1:
                direction, channel = WAYS[way]
                yield left, Cell(group, direction, channel, topic)


def _ties(left: Left) -> Iterator[Pair]:
    return pairwise(left.best)


def _overlaps(left: Left) -> Iterator[Pair]:
    return ((left.best[0], other) for other in left.standing if other not in left.best)
