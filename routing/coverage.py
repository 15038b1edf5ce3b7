"""Which rows are left over for one field, for all combinations of a model at once.

The rules are those of `inherit`, the other way about: not one combination among many rows, but all
of them, each from its neighbours. Where no row is written for a group and topic, what holds there
is what holds for (its parent, topic) and (group, its parent) together. Combinations with the same
outcome share it, so the cost follows the number of different outcomes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import product
from typing import NamedTuple

from hub.interaction import Channel, Direction
from routing.inherit import Cell
from routing.moment import Moment
from routing.tree import ANY, ancestors, covers, depth, parent

WAYS = tuple(product((None, *Direction), (None, *Channel)))
"""Each direction with each channel; None is any of them."""
PLACES = {way: place for place, way in enumerate(WAYS)}
_WIDER = tuple(
    (
        PLACES[None, channel] if direction else None,
        PLACES[direction, None] if channel else None,
    )
    for direction, channel in WAYS
)
_NARROWER = tuple(
    [
        place
        for place, narrow in enumerate(WAYS)
        if direction in (None, narrow[0]) and channel in (None, narrow[1])
    ]
    for direction, channel in WAYS
)
"""The ways that a way holds for; each comes after the wider ones."""

Spot = tuple[str, str]
"""A target group and a topic."""
Sheet = int
"""The number of what holds at a spot in each way. The same number: the same rows in each."""
_EMPTY: Sheet = 0
_NOBODY = 0


class Left(NamedTuple):
    """Rows by their number, in file order. `standing`: those that no other row refines; `best`:
    those of the highest `order` among them. The first of these wins."""

    standing: tuple[int, ...]
    best: tuple[int, ...]


class Change(NamedTuple):
    spot: Spot
    old: Sheet
    new: Sheet


class Coverages:
    """One for each field. Fields that the same rows write share one: values make no difference."""

    def __init__(self, rows: Sequence[Moment]) -> None:
        self._rows = rows
        self._made: dict[tuple[int, ...], Coverage] = {}
        self._of: dict[str, Coverage] = {}
        writing: dict[str, list[int]] = {}
        for number, row in enumerate(rows):
            for field in row.settled:
                writing.setdefault(field, []).append(number)
        self._writing = {field: tuple(numbers) for field, numbers in writing.items()}

    def fields(self) -> list[str]:
        """Those that any row writes."""
        return sorted(self._writing)

    def of(self, field: str) -> "Coverage":
        found = self._of.get(field)
        if found is None:
            numbers = self._writing.get(field, ())
            if numbers not in self._made:
                self._made[numbers] = Coverage(self._rows, numbers)
            found = self._of[field] = self._made[numbers]
        return found

    def groups(self) -> "dict[Coverage, list[str]]":
        """Every coverage with the fields that share it."""
        groups: dict[Coverage, list[str]] = {}
        for field in self.fields():
            groups.setdefault(self.of(field), []).append(field)
        return groups


class Coverage:
    """Some of the rows, those that write a field; they are known by their place among `rows`."""

    def __init__(self, rows: Sequence[Moment], numbers: Iterable[int]) -> None:
        self._rows = rows
        self._sets = _Sets(rows)
        self._sheets = _Sheets(self._sets)
        self._own: dict[Spot, dict[int, int]] = {}
        for number in numbers:
            row = rows[number]
            own = self._own.setdefault((row.target_group, row.topic), {})
            own.setdefault(PLACES[row.direction, row.channel], number)
        self._groups = _Named(group for group, _ in self._own)
        self._topics = _Named(topic for _, topic in self._own)
        self._at: dict[Spot, Sheet] = {}
        self._winners: dict[Sheet, tuple[int | None, ...]] = {}
        for topic, group in product(self._topics.paths, self._groups.paths):
            self._at[group, topic] = self._made((group, topic), self._own.get((group, topic), {}))

    def spots(self) -> Mapping[Spot, Sheet]:
        """The groups and topics that rows with this field name, wide before narrow. All others are
        as the nearest ones above them."""
        return self._at

    def sheet(self, group: str, topic: str) -> Sheet:
        return self._at[self._groups.nearest(group), self._topics.nearest(topic)]

    def left(self, sheet: Sheet, way: int) -> Left:
        """What is left over on a sheet in one of the `WAYS`."""
        return self._sets.left(self._sheets.made[sheet][way])

    def sets(self, sheet: Sheet) -> tuple[int, ...]:
        """A number for what is left over in each way: the same number, the same rows."""
        return self._sheets.made[sheet]

    def winners(self, sheet: Sheet) -> tuple[int | None, ...]:
        """The row that wins in each way, None where no row holds."""
        found = self._winners.get(sheet)
        if found is None:
            bests = (self._sets.left(number).best for number in self._sheets.made[sheet])
            found = tuple(best[0] if best else None for best in bests)
            self._winners[sheet] = found
        return found

    def at(self, cell: Cell) -> Left:
        sheet = self.sheet(cell.target_group, cell.topic)
        return self.left(sheet, PLACES[cell.direction, cell.channel])

    def without(self, number: int) -> Iterator[Change]:
        """What changes when a row is left out, wide before narrow."""
        row = self._rows[number]
        home = row.target_group, row.topic
        changed: dict[Spot, Sheet] = {}
        for topic, group in product(
            self._topics.under(row.topic), self._groups.under(row.target_group)
        ):
            spot = group, topic
            own = self._own.get(spot, {})
            if spot == home:
                own = {way: other for way, other in own.items() if other != number}
            elif not any(above in changed for above in self._above(spot)):
                continue
            old, new = self._at[spot], self._made(spot, own, changed)
            if new != old:
                changed[spot] = new
                yield Change(spot, old, new)

    def copy(self) -> "Coverage":
        """Another to leave rows out of; what either finds out about sets of rows serves both."""
        twin = copy(self)
        twin._own = {spot: dict(own) for spot, own in self._own.items()}  # noqa: SLF001 (its twin)
        twin._at = dict(self._at)  # noqa: SLF001 (its twin)
        return twin

    def leave_out(self, number: int) -> None:
        changes = list(self.without(number))
        row = self._rows[number]
        del self._own[row.target_group, row.topic][PLACES[row.direction, row.channel]]
        self._at.update((change.spot, change.new) for change in changes)

    def _above(self, spot: Spot) -> list[Spot]:
        group, topic = spot
        above_group, above_topic = self._groups.above[group], self._topics.above[topic]
        by_group = [] if above_group is None else [(above_group, topic)]
        return by_group if above_topic is None else [*by_group, (group, above_topic)]

    def _made(
        self, spot: Spot, own: Mapping[int, int], changed: Mapping[Spot, Sheet] | None = None
    ) -> Sheet:
        sheet = _EMPTY
        for above in self._above(spot):
            found = changed.get(above) if changed else None
            sheet = self._sheets.merged(sheet, self._at[above] if found is None else found)
        return self._sheets.refined(sheet, own) if own else sheet


class _Named:
    """The paths of one tree that rows name, wide before narrow, with the root."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = sorted({ANY, *paths}, key=lambda path: (depth(path), path))
        known = set(self.paths)
        self.above: dict[str, str | None] = {
            path: next(step for step in ancestors(parent(path)) if step in known)
            for path in self.paths
            if path != ANY
        }
        self.above[ANY] = None
        self._nearest = dict(zip(self.paths, self.paths, strict=True))
        self._under: dict[str, list[str]] = {}

    def nearest(self, path: str) -> str:
        found = self._nearest.get(path)
        if found is None:
            found = self._nearest[path] = self.nearest(parent(path))
        return found

    def under(self, path: str) -> list[str]:
        found = self._under.get(path)
        if found is None:
            found = self._under[path] = [lower for lower in self.paths if covers(path, lower)]
        return found


class _Sets:
    """Sets of rows that stand beside each other: none of them refines another. Numbered, so that
    what was found once about two of them is looked up after that."""

    def __init__(self, rows: Sequence[Moment]) -> None:
        self._rows = rows
        self._specificity = [row.specificity for row in rows]
        self._made: list[tuple[int, ...]] = [()]
        self._numbers: dict[tuple[int, ...], int] = {(): _NOBODY}
        self._merged: dict[tuple[int, int], int] = {}
        self._left: dict[int, Left] = {}

    def only(self, row: int) -> int:
        return self._number((row,))

    def merged(self, one: int, other: int) -> int:
        """The rows of both, less those that a row of the other refines."""
        if other in (one, _NOBODY):
            return one
        if one == _NOBODY:
            return other
        pair = (one, other) if one < other else (other, one)
        found = self._merged.get(pair)
        if found is None:
            rows = sorted({*self._made[one], *self._made[other]})
            found = self._merged[pair] = self._number(tuple(self._standing(rows)))
        return found

    def left(self, number: int) -> Left:
        found = self._left.get(number)
        if found is None:
            standing = self._made[number]
            highest = max((self._rows[row].order for row in standing), default=0)
            best = tuple(row for row in standing if self._rows[row].order == highest)
            found = self._left[number] = Left(standing, best)
        return found

    def _standing(self, rows: Sequence[int]) -> Iterator[int]:
        for row in rows:
            mine = self._specificity[row]
            if not any(_refines(self._specificity[other], mine) for other in rows):
                yield row

    def _number(self, rows: tuple[int, ...]) -> int:
        number = self._numbers.setdefault(rows, len(self._made))
        if number == len(self._made):
            self._made.append(rows)
        return number


_Specificity = tuple[int, bool, bool, int]


def _refines(one: _Specificity, other: _Specificity) -> bool:
    """Of two rows that hold for the same contact."""
    return (
        one != other
        and one[0] >= other[0]
        and one[1] >= other[1]
        and one[2] >= other[2]
        and one[3] >= other[3]
    )


class _Sheets:
    """One set for each way, numbered like the sets."""

    def __init__(self, sets: _Sets) -> None:
        self._sets = sets
        empty = (_NOBODY,) * len(WAYS)
        self.made = [empty]
        self._numbers = {empty: _EMPTY}
        self._merged: dict[tuple[Sheet, Sheet], Sheet] = {}

    def merged(self, one: Sheet, other: Sheet) -> Sheet:
        if other in (one, _EMPTY):
            return one
        if one == _EMPTY:
            return other
        pair = (one, other) if one < other else (other, one)
        found = self._merged.get(pair)
        if found is None:
            both = zip(self.made[one], self.made[other], strict=True)
            merge: Callable[[int, int], int] = self._sets.merged
            found = self._merged[pair] = self._number(tuple(merge(a, b) for a, b in both))
        return found

    def refined(self, sheet: Sheet, own: Mapping[int, int]) -> Sheet:
        """With the rows that are written for this very spot, by their way."""
        merge = self._sets.merged
        made = list(self.made[sheet])
        for way in sorted({narrower for written in own for narrower in _NARROWER[written]}):
            any_direction, any_channel = _WIDER[way]
            row = own.get(way)
            if row is not None:
                made[way] = self._sets.only(row)
                continue
            if any_direction is not None:
                made[way] = merge(made[way], made[any_direction])
            if any_channel is not None:
                made[way] = merge(made[way], made[any_channel])
        return self._number(tuple(made))

    def _number(self, made: tuple[int, ...]) -> Sheet:
        number = self._numbers.setdefault(made, len(self.made))
        if number == len(self.made):
            self.made.append(made)
        return number
