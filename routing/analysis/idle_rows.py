"""Rows that never win, and rows that change nothing when they are left out."""

from collections.abc import Iterator, Sequence
from itertools import chain

from routing.analysis.finding import SEVERITIES, Example, Finding, Kind, Repair, RowAt
from routing.analysis.survey import Survey, cell
from routing.analysis.words import STILL_COUNTS, advice, sentence
from routing.coverage import WAYS, Coverage, Sheet
from routing.ties import find_ties


def idle_rows(survey: Survey) -> Iterator[Finding]:
    """Every row that is said to change nothing may be left out together with the others."""
    winning = find_winning(survey)
    redundant = find_redundant(survey)
    for number, row in enumerate(survey.rows):
        idle = number not in winning
        if not idle and number not in redundant:
            continue
        kind = Kind.UNREACHABLE_ROW if idle else Kind.REDUNDANT_ROW
        removable = number in redundant
        yield Finding(
            kind=kind,
            severity=SEVERITIES[kind],
            text=sentence(kind, row=survey.names.row(row)),
            rows=(RowAt.of(row), *_instead_of(survey, number)),
            example=_example(survey, number),
            repair=Repair(text=advice(kind) if removable else STILL_COUNTS),
        )


def find_winning(survey: Survey) -> set[int]:
    """The rows that settle some field for some combination in use."""
    winning: set[int] = set()
    for coverage in survey.coverages.groups():
        seen: set[int] = set()
        for sheet in set(coverage.spots().values()):
            numbers = coverage.sets(sheet)
            for way in survey.ways:
                if numbers[way] not in seen:
                    seen.add(numbers[way])
                    winning.update(coverage.left(sheet, way).best)
    return winning


def find_redundant(survey: Survey) -> set[int]:
    """The rows without which all effective values stay what they are, narrow rows before wide ones
    and later before earlier. Rows in a tie are left to whoever settles that."""
    tied = set(chain.from_iterable(find_ties(survey.rows, survey.coverages)))
    trials = [_Trial(survey, *group) for group in survey.coverages.groups().items()]
    order = sorted(
        (number for number in range(len(survey.rows)) if number not in tied),
        key=lambda number: (sum(survey.rows[number].specificity), number),
        reverse=True,
    )
    redundant: set[int] = set()
    # A row that was there because of another is needed no more when that one has gone.
    while gone := _one_after_another(survey, trials, [n for n in order if n not in redundant]):
        redundant |= gone
    return redundant


def _one_after_another(
    survey: Survey, trials: Sequence["_Trial"], order: Sequence[int]
) -> set[int]:
    """The rows that could be left out, in this order; they now are, in the trials."""
    gone: set[int] = set()
    for number in order:
        mine = [trial for trial in trials if trial.fields[0] in survey.rows[number].settled]
        if not any(trial.needs(number) for trial in mine):
            gone.add(number)
            for trial in mine:
                trial.coverage.leave_out(number)
    return gone


class _Trial:
    """Fields that the same rows write, as they become when row after row is left out."""

    def __init__(self, survey: Survey, coverage: Coverage, fields: Sequence[str]) -> None:
        self._survey = survey
        self.fields = fields
        self.coverage = coverage.copy()
        self._differs: dict[tuple[Sheet, Sheet], bool] = {}

    def needs(self, number: int) -> bool:
        return any(self._differ(old, new) for _, old, new in self.coverage.without(number))

    def _differ(self, old: Sheet, new: Sheet) -> bool:
        found = self._differs.get((old, new))
        if found is None:
            before, after = self.coverage.winners(old), self.coverage.winners(new)
            pairs = {(before[way], after[way]) for way in self._survey.ways}
            found = any(self._values(one) != self._values(other) for one, other in pairs)
            self._differs[old, new] = found
        return found

    def _values(self, row: int | None) -> list[object]:
        return [self._survey.value(field, row) for field in self.fields]


def _ways(survey: Survey, number: int) -> list[int]:
    row = survey.rows[number]
    return [
        way
        for way in survey.ways
        if row.direction in (None, WAYS[way][0]) and row.channel in (None, WAYS[way][1])
    ]


def _example(survey: Survey, number: int) -> Example | None:
    """A contact that the row holds for, if one can come in at all."""
    row = survey.rows[number]
    ways = _ways(survey, number)
    return Example.of(cell(row.target_group, row.topic, ways[0])) if ways else None


def _instead_of(survey: Survey, number: int) -> Iterator[RowAt]:
    """The rows that win where this one begins to hold."""
    row = survey.rows[number]
    ways = _ways(survey, number)
    found: set[int] = set()
    for field in row.settled if ways else ():
        coverage = survey.coverage(field)
        sheet = coverage.sheet(row.target_group, row.topic)
        found.update(chain.from_iterable(coverage.left(sheet, way).best for way in ways))
    return (RowAt.of(survey.rows[other]) for other in sorted(found - {number}))
