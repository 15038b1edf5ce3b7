"""Rows that meet without one refining the other: ties, and overlaps that `order` decides."""

from collections import defaultdict
from collections.abc import Iterator

from routing.analysis.finding import SEVERITIES, Example, Finding, Kind, Repair, RowAt
from routing.analysis.names import field, listed
from routing.analysis.survey import Survey
from routing.analysis.words import advice, sentence
from routing.inherit import Cell
from routing.ties import find_overlaps, find_ties


def meetings(survey: Survey) -> Iterator[Finding]:
    """A finding for each pair that ties, and for each row that wins by its `order`."""
    for (one, other), fields in sorted(find_ties(survey.rows, survey.coverages).items()):
        yield _finding(survey, Kind.TIE, [one, other], fields)
    winners: dict[int, dict[int, dict[str, Cell]]] = defaultdict(dict)
    found = find_overlaps(survey.rows, survey.coverages, survey.ways)
    for (winner, loser), fields in sorted(found.items()):
        winners[winner][loser] = fields
    for winner, losers in winners.items():
        every = {field: cell for fields in losers.values() for field, cell in fields.items()}
        yield _finding(survey, Kind.OVERLAP, [winner, *losers], every)


def _finding(survey: Survey, kind: Kind, numbers: list[int], fields: dict[str, Cell]) -> Finding:
    rows = [survey.rows[number] for number in numbers]
    return Finding(
        kind=kind,
        severity=SEVERITIES[kind],
        text=sentence(
            kind,
            row=survey.names.row(rows[0]),
            other=survey.names.row(rows[1]),
            fields=listed(map(field, sorted(fields))),
            count=len(rows) - 1,
        ),
        rows=tuple(RowAt.of(row) for row in rows),
        example=Example.of(next(iter(fields.values()))),
        repair=Repair(text=advice(kind)),
    )
