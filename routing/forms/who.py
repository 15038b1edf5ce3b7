"""Who is responsible and who backs them up, for all combinations: the part of a model that other
systems can take over as a list of rules of which the first that fits decides."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from routing.coverage import WAYS
from routing.definition import Definition
from routing.inherit import Cell, Rows, contenders
from routing.moment import Moment
from routing.tree import ANY, ancestors, depth


class Who(NamedTuple):
    """`role`: None where no row names one, so that the triage role gets it. `backup`: None for
    nobody."""

    role: str | None
    backup: str | None


NOBODY = Who(None, None)


@dataclass(frozen=True)
class Rule:
    """Holds for a combination and everything narrower."""

    cell: Cell
    who: Who


def who_of(definition: Definition, rows: Sequence[Moment]) -> Who:
    """By the rows that hold for one combination. A role is no backup of its own."""
    role, backup = (contenders(rows, field)[:1] for field in ("role", "backup_role"))
    name = role[0].role if role else None
    own = definition.roles[name or definition.triage_role].backup
    other = backup[0].backup_role if backup else own
    if other == (name or definition.triage_role):
        other = own
    return Who(name, other if name or backup else None)


def to_rules(definition: Definition) -> list[Rule]:
    """Rules, narrow before wide, of which the first that fits gives what the model does. Where rows
    of which neither is narrower meet, a rule of its own says which of them wins."""
    rows = Rows(definition.moments)
    kept: dict[Cell, Who] = {}
    named = list(_naming_who(definition.moments))
    groups, topics = {cell.target_group for cell in named}, {cell.topic for cell in named}
    for cell in nodes(groups, topics):
        who = who_of(definition, rows.holding_for(cell))
        if first_of(kept, cell) != who:
            kept[cell] = who
    ordered = sorted(kept, key=_narrowness, reverse=True)
    return [Rule(cell, kept[cell]) for cell in ordered]


def first_of(rules: Mapping[Cell, Who], cell: Cell) -> Who:
    """What the first rule that fits says, when narrow ones come before wide ones."""
    fitting = [wider for wider in _wider(cell) if wider in rules]
    return rules[max(fitting, key=_narrowness)] if fitting else NOBODY


def nodes(groups: Iterable[str], topics: Iterable[str]) -> Iterator[Cell]:
    """Every combination of these, their root and all ways, wide before narrow. What holds for any
    other combination holds for the narrowest of these above it."""
    found = (
        Cell(group, direction, channel, topic)
        for group, (direction, channel), topic in product({ANY, *groups}, WAYS, {ANY, *topics})
    )
    yield from sorted(found, key=_narrowness)


def _naming_who(moments: Iterable[Moment]) -> Iterator[Cell]:
    return (Cell.of(row) for row in moments if row.settles("role") or row.settles("backup_role"))


def _wider(cell: Cell) -> Iterator[Cell]:
    return map(
        Cell._make,
        product(
            ancestors(cell.target_group),
            {cell.direction, None},
            {cell.channel, None},
            ancestors(cell.topic),
        ),
    )


def _narrowness(cell: Cell) -> tuple[int, str, str, str, str]:
    """A combination has more of it than all that are wider; the rest keeps the order the same."""
    named = (cell.direction is not None) + (cell.channel is not None)
    total = depth(cell.target_group) + depth(cell.topic) + named
    return total, cell.topic, cell.target_group, cell.channel or "", cell.direction or ""


class TakesAway(Exception):
    """For this combination a narrower rule takes a role away again, which no model can say."""

    def __init__(self, cell: Cell) -> None:
        super().__init__(str(cell))
        self.cell = cell


def with_who(definition: Definition, who: Mapping[Cell, Who]) -> tuple[Moment, ...]:
    """The rows of a model with the roles and backups of other rules: `who` has what holds for every
    one of its `nodes`, wide before narrow. What else the rows say stays as it was. Raises
    TakesAway."""
    rows = [_without_who(row) for row in definition.moments]
    by_cell = {Cell.of(row): row for row in rows if row}
    for cell, wanted in who.items():
        if _settled(definition, _holding(by_cell, cell)) == wanted:
            continue
        by_cell[cell] = _with(by_cell.get(cell), cell, wanted)
        if _settled(definition, _holding(by_cell, cell)) != wanted:
            raise TakesAway(cell)
    return tuple(by_cell.values())


def _holding(by_cell: Mapping[Cell, Moment], cell: Cell) -> list[Moment]:
    return [by_cell[wider] for wider in _wider(cell) if wider in by_cell]


def _settled(definition: Definition, rows: Sequence[Moment]) -> Who | None:
    """None where rows tie."""
    for field in ("role", "backup_role"):
        if len({row.value(field) for row in contenders(rows, field)}) > 1:
            return None
    return who_of(definition, rows)


def _without_who(row: Moment) -> Moment | None:
    written = row.model_fields_set - {"role", "backup_role"}
    rest = {name: getattr(row, name) for name in written if name != "id"}
    left = Moment.model_construct(_fields_set=set(written), **rest)
    return left if left.settled else None


def _with(row: Moment | None, cell: Cell, who: Who) -> Moment:
    own = {} if row is None else {name: getattr(row, name) for name in row.model_fields_set}
    where = {
        "target_group": cell.target_group,
        "direction": cell.direction,
        "channel": cell.channel,
        "topic": cell.topic,
    }
    settled = {"backup_role": who.backup} | ({"role": who.role} if who.role else {})
    values = own | where | settled
    return Moment.model_construct(_fields_set=set(values), **values)
