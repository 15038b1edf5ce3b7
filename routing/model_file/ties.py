"""Rows that settle a field differently for the same contact, while neither outranks the other."""

from routing.coverage import Coverages
from routing.inherit import Cell
from routing.model_file.draft import Draft
from routing.model_file.problem import Problems
from routing.said import said
from routing.ties import find_ties
from routing.tree import ANY

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
    for (earlier, later), ties in sorted(find_ties(rows, Coverages(rows)).items()):
        one, other = rows[later], rows[earlier]
        what = said(
            "This row ({row}) and the one on line {line} ({other}) settle {fields} differently, "
            "for instance for {example}.",
            row=one.id,
            line=other.line,
            other=other.id,
            fields=", ".join(ties),
            example=_words(next(iter(ties.values()))),
        )
        advice = said(
            "Give one of them a higher `order`, or add a row that is more specific than both."
        )
        problems.add(("moments", places[later]), what, advice)


def _words(cell: Cell) -> str:
    return " ".join(str(part or ANY) for part in cell)
