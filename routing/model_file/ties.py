"""Rows that settle a field differently for the same contact, while neither outranks the other.

If two rows tie for any contact, they also tie where both begin to hold: at the deeper group, the
deeper topic, and the channel and direction that one of them names. So it is enough to look there,
and only at pairs of rows whose topics lie on one line of the tree.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

from hub.interaction import Channel, Direction
from routing.inherit import Cell, Rows, contenders, more_specific
from routing.model_file.draft import Draft
from routing.model_file.problem import Problems
from routing.moment import FIELDS, Moment
from routing.tree import ancestors, covers, depth


def check_ties(draft: Draft, problems: Problems) -> None:
    rows = Rows(row for _, row in draft.rows)
    for place, one, other in _rivals(draft):
        ties = {field: cell for field in FIELDS if (cell := _tie(field, one, other, rows))}
        if ties:
            cell = next(iter(ties.values()))
            what = (
                f"This row ({one.id}) and the one on line {other.line} ({other.id}) settle "
                f"{', '.join(ties)} differently, for instance for {_words(cell)}."
            )
            advice = (
                "Give one of them a higher `order`, or add a row that is more specific than both."
            )
            problems.add(("moments", place), what, advice)


def _rivals(draft: Draft) -> Iterator[tuple[int, Moment, Moment]]:
    """Pairs of rows that can hold for one contact while neither is more specific."""
    by_topic: dict[str, list[tuple[int, Moment]]] = defaultdict(list)
    for place, row in draft.rows:
        by_topic[row.topic].append((place, row))
    for place, row in draft.rows:
        for topic in ancestors(row.topic):
            for other_place, other in by_topic[topic]:
                twice = topic == row.topic and other_place >= place
                if not twice and _are_rivals(row, other):
                    yield place, row, other


def _are_rivals(one: Moment, other: Moment) -> bool:
    groups = one.target_group, other.target_group
    return (
        one.order == other.order
        and (covers(*groups) or covers(*reversed(groups)))
        and (one.channel is None or other.channel in (None, one.channel))
        and (one.direction is None or other.direction in (None, one.direction))
        and not more_specific(one, other)
        and not more_specific(other, one)
    )


def _tie(field: str, one: Moment, other: Moment, rows: Rows) -> Cell | None:
    """A combination in which both rows are left over and disagree, if there is one."""
    if not (one.settles(field) and other.settles(field)) or one.value(field) == other.value(field):
        return None
    for cell in _shared(one, other):
        left = [row.id for row in contenders(rows.holding_for(cell), field)]
        if one.id in left and other.id in left:
            return cell
    return None


def _shared(one: Moment, other: Moment) -> Iterator[Cell]:
    """Where both rows begin to hold, for each channel and direction that both hold for. The topic
    of `one` is the deeper one."""
    channel, direction = one.channel or other.channel, one.direction or other.direction
    return map(
        Cell._make,
        product(
            (max(one.target_group, other.target_group, key=depth),),
            (direction,) if direction else Direction,
            (channel,) if channel else Channel,
            (one.topic,),
        ),
    )


def _words(cell: Cell) -> str:
    return " ".join(str(part) for part in cell)
