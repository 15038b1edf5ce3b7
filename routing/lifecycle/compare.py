"""Two models side by side: for every combination what moves to whom, and which values change.

Compared is what holds for a contact, with all that is inherited, not how the rows are written. A
combination can only differ where a row holds that one of the two models lacks, so only those are
looked at, unless what holds without any row is different as well.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from hub.interaction import Channel, Direction
from routing.definition import Definition
from routing.entry import Entry
from routing.handling import handling
from routing.inherit import Cell, Rows
from routing.lifecycle.places import Axes, Place, places
from routing.lifecycle.rows import changed_rows
from routing.model import Model
from routing.moment import Moment
from routing.tree import ANY, ancestors, nearest

_NO_VALUES = frozenset(
    {
        "model_version",
        "target_group",
        "topic",
        "topic_title",
        "role_title",
        "triage",
        "rows",
        "lost",
    }
)
_SECTIONS = ("roles", "skills", "channels", "target_groups", "topics", "hours")


@dataclass(frozen=True, slots=True)
class Change:
    """One value as it is stored with decisions; durations are seconds."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """Combinations for which the same values change in the same way; `count` of them, in few
    `places`."""

    changes: tuple[Change, ...]
    count: int
    places: tuple[Place, ...]

    @property
    def moves(self) -> Change | None:
        """From which role to which; None when it stays where it is."""
        return next((one for one in self.changes if one.field == "role"), None)


@dataclass(frozen=True, slots=True)
class Wording:
    """Entries of one section that came, went, or are written differently."""

    section: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`combinations` is how many there are in all."""

    combinations: int
    differences: tuple[Difference, ...]
    wordings: tuple[Wording, ...]

    @property
    def moving(self) -> int:
        return sum(one.count for one in self.differences if one.moves)

    @property
    def moving_otherwise(self) -> int:
        """Those of them in which more than the role is another."""
        return sum(one.count for one in self.differences if one.moves and len(one.changes) > 1)

    @property
    def changing(self) -> int:
        """Combinations that stay where they are, with other values."""
        return sum(one.count for one in self.differences if not one.moves)

    @property
    def is_empty(self) -> bool:
        return not self.differences and not self.wordings


def compare(before: Model, after: Model) -> Comparison:
    """What would be different with `after`: what moves first, most combinations first."""
    axes, ways = _axes(before, after), _ways(before, after)
    pairs = _Pairs(before, after, axes)
    found: dict[str, list[Cell]] = defaultdict(list)
    for cell in _suspects(before, after, axes, ways):
        changes = pairs.changes(cell)
        if changes:
            found[changes].append(cell)
    differences = [
        Difference(
            tuple(Change(field, *values) for field, values in json.loads(key).items()),
            len(cells),
            tuple(places(cells, axes)),
        )
        for key, cells in found.items()
    ]
    differences.sort(key=lambda one: (one.moves is None, -one.count))
    combinations = len(axes.target_groups) * len(ways) * len(axes.topics)
    return Comparison(combinations, tuple(differences), tuple(_wordings(before, after)))


class _Effective:
    """What one model lays down. The rows that hold decide that, and most combinations share them
    with others, so it is worked out once for each set of rows."""

    def __init__(self, model: Model, axes: Axes) -> None:
        self._definition = model.definition
        self._rows = Rows(model.moments)
        self._groups = {one: nearest(one, model.target_groups) for one in axes.target_groups}
        self._topics = {one: nearest(one, model.topics) for one in axes.topics}
        self._known: dict[tuple[int, ...], dict[str, Any]] = {}

    def rows(self, cell: Cell) -> tuple[int, ...]:
        """Which rows hold, by identity; for a group or topic that the model lacks, those that
        hold for the nearest above."""
        group, topic = self._groups[cell.target_group], self._topics[cell.topic]
        known = Cell(group, cell.direction, cell.channel, topic)
        holding = self._rows.holding_for(known)
        key = tuple(map(id, holding))
        if key not in self._known:
            settled = handling(known, holding, self._definition)
            values = settled.model_dump(mode="json", exclude=set(_NO_VALUES))
            if settled.backup_role == settled.role:  # nobody stands in for themselves
                values["backup_role"] = None
            self._known[key] = values
        return key

    def values(self, rows: tuple[int, ...]) -> dict[str, Any]:
        return self._known[rows]


class _Pairs:
    """The differences between two models, once for each pair of sets of rows."""

    def __init__(self, before: Model, after: Model, axes: Axes) -> None:
        self._before, self._after = _Effective(before, axes), _Effective(after, axes)
        self._known: dict[tuple[tuple[int, ...], tuple[int, ...]], str] = {}

    def changes(self, cell: Cell) -> str:
        """As JSON, field by field: what was and what is; empty when nothing changes."""
        pair = self._before.rows(cell), self._after.rows(cell)
        if pair not in self._known:
            old, new = self._before.values(pair[0]), self._after.values(pair[1])
            changed = {name: (old[name], new[name]) for name in new if old[name] != new[name]}
            self._known[pair] = json.dumps(changed, sort_keys=True) if changed else ""
        return self._known[pair]


def _axes(before: Model, after: Model) -> Axes:
    groups = dict.fromkeys((ANY, *before.target_groups, *after.target_groups))
    topics = dict.fromkeys((ANY, *before.topics, *after.topics))
    channels: dict[str, tuple[str, ...]] = {}
    for direction, channel in _ways(before, after):
        channels[str(channel)] = (*channels.get(str(channel), ()), str(direction))
    return Axes(tuple(groups), channels, tuple(topics))


def _ways(before: Model, after: Model) -> list[tuple[Direction, Channel]]:
    """The channels that either uses, in the directions that either uses them in."""
    uses = [*before.channels.values(), *after.channels.values()]
    found = ((direction, use.id) for use in uses for direction in use.directions)
    return list(dict.fromkeys(found))


def _suspects(
    before: Model, after: Model, axes: Axes, ways: Iterable[tuple[Direction, Channel]]
) -> Iterator[Cell]:
    everything = _without_rows(before) != _without_rows(after)
    rows: dict[tuple[str, str], list[Moment]] = defaultdict(list)
    for row in changed_rows(before.moments, after.moments):
        rows[row.target_group, row.topic].append(row)
    for group, topic in product(axes.target_groups, axes.topics):
        above = product(ancestors(group), ancestors(topic))
        here = [row for place in above for row in rows.get(place, ())]
        for direction, channel in ways if everything or here else ():
            if everything or any(_goes(row, direction, channel) for row in here):
                yield Cell(group, direction, channel, topic)


def _goes(row: Moment, direction: Direction, channel: Channel) -> bool:
    return row.direction in (None, direction) and row.channel in (None, channel)


def _without_rows(model: Model) -> tuple[str, dict[str, str | None]]:
    """What decides where rows are silent."""
    return model.triage_role, {role.id: role.backup for role in model.roles.values()}


def _wordings(before: Model, after: Model) -> Iterator[Wording]:
    for section in _SECTIONS:
        old, new = _section(before.definition, section), _section(after.definition, section)
        wording = Wording(
            section,
            added=tuple(name for name in new if name not in old),
            removed=tuple(name for name in old if name not in new),
            changed=tuple(name for name in new if name in old and new[name] != old[name]),
        )
        if wording.added or wording.removed or wording.changed:
            yield wording


def _section(definition: Definition, name: str) -> dict[str, Any]:
    entries: dict[str, Entry] = getattr(definition, name, None) or {}
    return {
        str(key): entry.model_dump(mode="json", exclude={"line"}) for key, entry in entries.items()
    }
