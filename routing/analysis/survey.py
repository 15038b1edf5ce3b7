"""All combinations of one model, with what holds for each of them: what the checks look at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.interaction import Channel, Direction
from routing.analysis.names import Names
from routing.coverage import WAYS, Coverage, Coverages, Sheet
from routing.definition import Definition
from routing.inherit import Cell
from routing.moment import Moment, Setting
from routing.tree import ANY, covers, depth

_DEFAULTS = Setting()
NOT_WRITTEN = object()
"""The value of a backup role that no row writes: then the role's own backup holds."""


@dataclass(frozen=True)
class Outcome:
    """What holds for a combination; `winners` are the rows that say so, by field."""

    cell: Cell
    winners: Mapping[str, int | None]
    survey: "Survey"

    @property
    def channel(self) -> Channel:
        return Channel(str(self.cell.channel))

    def value(self, field: str) -> Any:
        return self.survey.value(field, self.winners[field])

    @property
    def rows(self) -> dict[str, Moment]:
        """The row of each field that any row writes."""
        found = self.winners.items()
        return {field: self.survey.rows[row] for field, row in found if row is not None}


class Survey:
    """`ways`: the directions and channels in use, as places in `WAYS`. What holds for a field is
    worked out when it is first asked for."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.names = Names(definition)
        self.rows: Sequence[Moment] = definition.moments
        self.groups = _wide_first(definition.target_groups)
        self.topics = _wide_first(definition.topics)
        self.ways = [
            place
            for place, (direction, channel) in enumerate(WAYS)
            if channel in definition.channels
            and direction in definition.channels[channel].directions
        ]
        self.coverages = Coverages(self.rows)
        self._by_cell = {Cell.of(row): row for row in self.rows}
        self._naming_role: dict[str, list[Moment]] = {}
        for row in self.rows:
            if row.settles("role"):
                self._naming_role.setdefault(row.topic, []).append(row)

    def coverage(self, field: str) -> Coverage:
        return self.coverages.of(field)

    def on_line(self, topic: str) -> list[str]:
        """The topics above this one, itself, and those under it."""
        return [other for other in self.topics if covers(other, topic) or covers(topic, other)]

    def same_place(self, row: Moment) -> Moment | None:
        """The row of the model that is written for the same."""
        return self._by_cell.get(Cell.of(row))

    def naming_role(self, topic: str) -> Sequence[Moment]:
        """The rows for exactly this topic that name a role."""
        return self._naming_role.get(topic, ())

    def winner(self, field: str, sheet: Sheet, way: int) -> int | None:
        return self.coverage(field).winners(sheet)[way]

    def value(self, field: str, row: int | None) -> Any:
        """What a row settles, or what holds when no row does."""
        if row is not None:
            return self.rows[row].value(field)
        if field == "backup_role":
            return NOT_WRITTEN
        name, *part = field.split(".")
        default = getattr(_DEFAULTS, name)
        return getattr(default, part[0]) if part else default

    def value_at(self, field: str, sheet: Sheet, way: int) -> Any:
        return self.value(field, self.winner(field, sheet, way))

    def outcomes(self, fields: Sequence[str], ways: Sequence[int]) -> Iterator["Outcome"]:
        """Every different way in which these fields are settled on each channel, with the first
        combination for which they are."""
        coverages = [self.coverage(field) for field in fields]
        sheets_seen: set[tuple[Sheet, ...]] = set()
        seen: set[tuple[object, ...]] = set()
        for group, topic, sheets in self.spots(*fields):
            if sheets in sheets_seen:
                continue
            sheets_seen.add(sheets)
            pairs = zip(coverages, sheets, strict=True)
            by_way = list(zip(*(one.winners(sheet) for one, sheet in pairs), strict=True))
            for way in ways:
                key = (WAYS[way][1], by_way[way])
                if key not in seen:
                    seen.add(key)
                    winners = dict(zip(fields, by_way[way], strict=True))
                    yield Outcome(cell(group, topic, way), winners, self)

    def spots(self, *fields: str) -> Iterator[tuple[str, str, tuple[Sheet, ...]]]:
        """Every target group with every topic, wide before narrow, and what holds there for each
        of the fields."""
        coverages = [self.coverage(field) for field in fields]
        for topic in self.topics:
            for group in self.groups:
                yield group, topic, tuple(one.sheet(group, topic) for one in coverages)


def cell(group: str, topic: str, way: int) -> Cell:
    direction, channel = WAYS[way]
    return Cell(group, direction, channel, topic)


def inbound(ways: Sequence[int]) -> list[int]:
    return [way for way in ways if WAYS[way][0] is Direction.INBOUND]


def _wide_first(paths: Any) -> list[str]:
    return [ANY, *sorted(paths, key=lambda path: (depth(path), path))]
