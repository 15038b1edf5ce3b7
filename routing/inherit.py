"""Which row wins each field for one combination of target group, direction, channel and topic.

A row holds for a combination when its target group and topic are the combination's own or lie above
them, and its channel and direction are the same or `any`. Each field is settled on its own, by the
rows that hold and write that field:

1. A row is out when another one is more specific (`Moment.specificity`).
2. Of those left, the ones with the highest `order` remain.
3. If they still differ, that is a tie, which `model_file.ties` refuses at load; rows that agree are
   no tie, and the first in the file is named as the source.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import product
from typing import NamedTuple

from hub.interaction import Channel, Direction
from routing.moment import FIELDS, Moment
from routing.tree import ancestors, covers


class Cell(NamedTuple):
    """One combination; None stands for any channel or direction."""

    target_group: str
    direction: Direction | None
    channel: Channel | None
    topic: str

    @classmethod
    def of(cls, row: Moment) -> "Cell":
        return cls(row.target_group, row.direction, row.channel, row.topic)


class Loss(StrEnum):
    """Why a row that holds does not settle a field that it writes: another one is more specific,
    has a higher `order`, or says the same and stands earlier in the file."""

    LESS_SPECIFIC = "less_specific"
    LOWER_ORDER = "lower_order"
    LATER = "later"


class Rows:
    """The rows of a model by the combination they are written for."""

    def __init__(self, moments: Iterable[Moment]) -> None:
        self._by_cell: dict[tuple[object, ...], tuple[int, Moment]] = {}
        for place, row in enumerate(moments):
            self._by_cell.setdefault(Cell.of(row), (place, row))

    def holding_for(self, cell: Cell) -> list[Moment]:
        """In file order. The cost depends on the depth of the trees, not on the number of rows."""
        wider = map(self._by_cell.get, _wider(cell))
        return [row for _, row in sorted(found for found in wider if found)]


def _wider(cell: Cell) -> Iterator[tuple[str, Direction | None, Channel | None, str]]:
    """As plain tuples, which are equal to cells and made in compiled code."""
    return product(
        ancestors(cell.target_group),
        {cell.direction, None},
        {cell.channel, None},
        ancestors(cell.topic),
    )


def contenders(rows: Sequence[Moment], field: str) -> list[Moment]:
    """The rows that no other row beats on this field, in the given order."""
    return _left([row for row in rows if row.settles(field)])


def _left(writing: list[Moment]) -> list[Moment]:
    if len(writing) == 1:
        return writing
    kept = [row for row in writing if not any(more_specific(other, row) for other in writing)]
    highest = max((row.order for row in kept), default=0)
    return [row for row in kept if row.order == highest]


def more_specific(one: Moment, other: Moment) -> bool:
    mine, theirs = one.specificity, other.specificity
    return mine != theirs and all(a >= b for a, b in zip(mine, theirs, strict=True))


def are_rivals(one: Moment, other: Moment) -> bool:
    """Whether both hold for some contact while neither is more specific."""
    groups, topics = (one.target_group, other.target_group), (one.topic, other.topic)
    return (
        (covers(*groups) or covers(*reversed(groups)))
        and (covers(*topics) or covers(*reversed(topics)))
        and (one.channel is None or other.channel in (None, one.channel))
        and (one.direction is None or other.direction in (None, one.direction))
        and not more_specific(one, other)
        and not more_specific(other, one)
    )


def winners(rows: Sequence[Moment]) -> dict[str, Moment]:
    """The row that settles each field; a field that no row writes is absent."""
    writing = _writing(rows)
    return {field: _left(writing[field])[0] for field in FIELDS if field in writing}


def losers(rows: Sequence[Moment]) -> list[tuple[Moment, dict[Loss, tuple[str, ...]]]]:
    """The rows that do not settle all they write, in the given order, with these fields by why."""
    found: dict[int, dict[Loss, list[str]]] = {}
    writing = _writing(rows)
    for field in FIELDS:
        for row, loss in _losing(writing.get(field, [])):
            found.setdefault(id(row), {}).setdefault(loss, []).append(field)
    return [
        (row, {loss: tuple(fields) for loss, fields in found[id(row)].items()})
        for row in rows
        if id(row) in found
    ]


def _losing(writing: list[Moment]) -> Iterator[tuple[Moment, Loss]]:
    left = _left(writing) if writing else []
    for row in writing:
        if any(more_specific(other, row) for other in writing):
            yield row, Loss.LESS_SPECIFIC
        elif not any(row is one for one in left):
            yield row, Loss.LOWER_ORDER
        elif row is not left[0]:
            yield row, Loss.LATER


def _writing(rows: Sequence[Moment]) -> dict[str, list[Moment]]:
    writing: dict[str, list[Moment]] = {}
    for row in rows:
        for field in row.settled:
            writing.setdefault(field, []).append(row)
    return writing
