"""Rows that settle a field differently for the same contact, while neither outranks the other."""

from collections.abc import Iterable

from routing.analysis.names import field
from routing.coverage import Coverages
from routing.inherit import Cell
from routing.model_file.called import Called
from routing.model_file.draft import Draft
from routing.model_file.problem import Problems
from routing.moment import Moment
from routing.said import Said, both, said
from routing.ties import find_ties
from routing.tree import depth

MOST_SPOTS = 1_000_000
"""Target groups times topics that rows name; what a real organisation has is a hundredth."""


def check_ties(draft: Draft, problems: Problems) -> None:
    places, rows = zip(*draft.rows, strict=True) if draft.moments else ((), ())
    groups, topics = {row.target_group for row in rows}, {row.topic for row in rows}
    if len(groups) * len(topics) > MOST_SPOTS:
        what = said(
            "The rows name {groups} target groups and {topics} topics.",
            groups=len(groups),
            topics=len(topics),
        )
        problems.add(("moments",), what, said("Use wider rows: narrower ones inherit."))
        return
    called = problems.called or Called({})
    for (earlier, later), ties in sorted(find_ties(rows, Coverages(rows)).items()):
        one, other = rows[later], rows[earlier]
        what = said(
            "It and the row on {where}, for “{other}”, settle {fields} differently, for instance "
            "for “{example}”; neither outranks the other.",
            where=problems.where(("moments", places[earlier])),
            other=called.cell(Cell.of(other)),
            fields=_fields(ties),
            example=called.cell(next(iter(ties.values()))),
        )
        advice = said(
            "Give one of them a higher `order`, or add a row for “{within}”: it is more specific "
            "than both.",
            within=called.cell(_within(one, other)),
        )
        problems.add(("moments", places[later]), what, advice)


def _fields(ties: Iterable[str]) -> Said:
    """In words, and as the file calls them."""
    words = [(field(name), name) for name in ties]
    return both(
        ", ".join(f"{word.en} ({name})" for word, name in words),
        ", ".join(f"{word.nl} ({name})" for word, name in words),
    )


def _within(one: Moment, other: Moment) -> Cell:
    """All that both rows hold for: of two that meet, one group lies under the other, and so do the
    topics."""
    return Cell(
        max(one.target_group, other.target_group, key=depth),
        one.direction or other.direction,
        one.channel or other.channel,
        max(one.topic, other.topic, key=depth),
    )
