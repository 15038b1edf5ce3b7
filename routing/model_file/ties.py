"""Rows that settle a field differently for the same contact, while neither outranks the other."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from routing.coverage import WAYS, Coverage
from routing.inherit import Cell
from routing.model_file.draft import Draft
from routing.model_file.problem import Problems
from routing.moment import Moment
from routing.tree import ANY

MOST_SPOTS = 1_000_000
"""Target groups times topics that rows name; what a real organisation has is a hundredth."""

_REAL = [place for place, (direction, channel) in enumerate(WAYS) if direction and channel]
_Pair = tuple[int, int]


def check_ties(draft: Draft, problems: Problems) -> None:
    places, rows = zip(*draft.rows, strict=True) if draft.moments else ((), ())
    groups, topics = {row.target_group for row in rows}, {row.topic for row in rows}
    if len(groups) * len(topics) > MOST_SPOTS:
        what = f"The rows name {len(groups)} target groups and {len(topics)} topics."
        problems.add(("moments",), what, "Use wider rows: narrower ones inherit.")
        return
    for (earlier, later), ties in sorted(find_ties(rows).items()):
        one, other = rows[later], rows[earlier]
        what = (
            f"This row ({one.id}) and the one on line {other.line} ({other.id}) settle "
            f"{', '.join(ties)} differently, for instance for {_words(next(iter(ties.values())))}."
        )
        advice = "Give one of them a higher `order`, or add a row that is more specific than both."
        problems.add(("moments", places[later]), what, advice)


def find_ties(rows: Sequence[Moment]) -> dict[_Pair, dict[str, Cell]]:
    """Pairs of rows by their number, the earlier first: each field on which they tie, with a
    combination for which they do. Of rows that tie with several, one pair for each is enough."""
    ties: dict[_Pair, dict[str, Cell]] = defaultdict(dict)
    for field in sorted({field for row in rows for field in row.settled}):
        for pair, cell in _ties(Coverage(rows, field), rows, field):
            ties[pair].setdefault(field, cell)
    return ties


def _ties(coverage: Coverage, rows: Sequence[Moment], field: str) -> Iterator[tuple[_Pair, Cell]]:
    looked_at: set[int] = set()
    for (group, topic), sheet in coverage.spots().items():
        if sheet in looked_at:
            continue
        looked_at.add(sheet)
        for way in _REAL:
            best = coverage.left(sheet, way).best
            for pair in _differing(best, rows, field):
                direction, channel = WAYS[way]
                yield pair, Cell(group, direction, channel, topic)


def _differing(best: Sequence[int], rows: Sequence[Moment], field: str) -> Iterator[_Pair]:
    for earlier, later in pairwise(best):
        if rows[earlier].value(field) != rows[later].value(field):
            yield earlier, later


def _words(cell: Cell) -> str:
    return " ".join(str(part or ANY) for part in cell)
