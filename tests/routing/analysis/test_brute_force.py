"""What an analysis says about rows is what brute force finds, on random small models."""

from itertools import product

from hypothesis import event, example, given, settings

from brute_force import (
    CELLS,
    IN_USE,
    Written,
    area_of,
    candidates,
    rows_of_a_model,
    settled,
    standing,
    written,
)
from examples import examples
from interaction_models import FILE, text_of
from routing.analysis.finding import Example, Kind
from routing.analysis.gaps import find_gaps, gaps
from routing.analysis.idle_rows import find_redundant, find_winning
from routing.analysis.meetings import meetings
from routing.analysis.survey import NOT_WRITTEN, Survey
from routing.coverage import WAYS
from routing.definition import Definition
from routing.inherit import Cell
from routing.model_file import BrokenModel, read_definition, read_model
from routing.moment import FIELDS, Moment
from routing.tree import ANY

# The row about any bill is needed by none, and the one about mails of a bill only because of it.
NEEDED_FOR_ANOTHER: list[Written] = [
    ("any", "any", "any", "any", 0, None, None, None, None, None),
    ("any", "any", "any", "bill", 0, None, 0, None, None, None),
    ("any", "email", "outbound", "any", 0, None, 1, None, None, None),
    ("any", "email", "outbound", "bill", 0, None, 1, None, None, None),
]
DEFAULTS = {field: Moment().value(field) for field in FIELDS} | {"backup_role": NOT_WRITTEN}


def model(rows: list[Written]) -> Definition:
    return read_definition(text_of(*map(written, rows)), FILE)


def effective(rows: list[Moment], fields: set[str]) -> list[object]:
    return [
        settled(rows, cell, field, DEFAULTS[field]) for cell in IN_USE for field in sorted(fields)
    ]


def fields_of(rows: list[Moment]) -> set[str]:
    return {field for row in rows for field in row.settled}


def is_gap(rows: list[Moment], cell: Cell) -> bool:
    role = settled(rows, cell, "role", "")
    return cell.topic != ANY and not role and settled(rows, cell, "allowed", True)


def cell_of(example: Example | None) -> Cell:
    assert example is not None
    return Cell(example.target_group, example.direction, example.channel, example.topic)


@settings(max_examples=examples(60), deadline=None)
@given(rows_of_a_model())
def test_gaps_are_where_no_role_wins_though_it_is_allowed(rows: list[Written]) -> None:
    definition = model(rows)
    expected = {cell for cell in IN_USE if is_gap(list(definition.moments), cell)}
    found = {
        Cell(group, *WAYS[way], topic)
        for (group, topic), ways in find_gaps(Survey(definition)).items()
        for way in ways
    }
    event(f"{bool(expected)}")
    assert found == expected
    assert {cell_of(finding.example) for finding in gaps(Survey(definition))} <= expected
    assert any(gaps(Survey(definition))) == bool(expected)


@settings(max_examples=examples(40), deadline=None)
@given(rows_of_a_model())
def test_the_rows_that_repair_a_gap_close_it_and_make_no_tie(rows: list[Written]) -> None:
    text = text_of(*map(written, rows))
    try:
        read_model(text, FILE)
    except BrokenModel:
        event("ties")
        return
    for finding in gaps(Survey(model(rows))):
        assert finding.repair is not None
        if finding.rows:
            event("a row is there already")
            continue
        lines = "".join(f"  {line}\n" for line in finding.repair.yaml.splitlines())
        repaired = text if rows else f"{text}moments:\n"
        after = read_model(repaired + lines, FILE).definition
        assert not is_gap(list(after.moments), cell_of(finding.example))


@settings(max_examples=examples(60), deadline=None)
@given(rows_of_a_model(highest_order=2))
def test_a_row_wins_or_is_said_never_to(rows: list[Written]) -> None:
    definition = model(rows)
    moments = list(definition.moments)
    expected = {
        number
        for number, row in enumerate(moments)
        if any(
            row in candidates(moments, cell, field)
            for field in row.settled
            for cell in area_of(row) & set(IN_USE)
        )
    }
    event(f"{len(moments) - len(expected)} never win")
    assert find_winning(Survey(definition)) == expected


@settings(max_examples=examples(60), deadline=None)
@given(rows_of_a_model(highest_order=2))
@example(NEEDED_FOR_ANOTHER)
def test_all_redundant_rows_can_go_at_once_and_no_others_can(rows: list[Written]) -> None:
    survey = Survey(model(rows))
    moments = list(survey.rows)
    redundant = find_redundant(survey)
    event(f"{len(redundant)} redundant")
    tied = tied_rows(moments)
    kept = [row for number, row in enumerate(moments) if number not in redundant]
    before = effective(moments, fields_of(moments))
    assert effective(kept, fields_of(moments)) == before
    for row in kept:
        if row.id not in tied:
            without = [other for other in kept if other is not row]
            assert effective(without, fields_of(moments)) != before


def tied_rows(moments: list[Moment]) -> set[str]:
    """Also those that tie on a channel that is not in use."""
    found: set[str] = set()
    for cell, field in product(CELLS, fields_of(moments)):
        left = candidates(moments, cell, field)
        if len({str(row.value(field)) for row in left}) > 1:
            found.update(row.id for row in left)
    return found


@settings(max_examples=examples(60), deadline=None)
@given(rows_of_a_model(highest_order=2))
def test_each_tie_and_overlap_shows_itself_in_its_example(rows: list[Written]) -> None:
    definition = model(rows)
    moments = list(definition.moments)
    found = list(meetings(Survey(definition)))
    for finding in found:
        cell = cell_of(finding.example)
        first, *others = [row for row in moments if row.id in {at.row for at in finding.rows}]
        fields = [field for field in FIELDS if candidates(moments, cell, field)]
        if finding.kind is Kind.TIE:
            assert any(
                {first.id, others[0].id} <= {row.id for row in candidates(moments, cell, field)}
                for field in fields
            )
        else:
            assert any(
                candidates(moments, cell, field)[0].id == finding.rows[0].row
                and len(standing(moments, cell, field)) > len(candidates(moments, cell, field))
                for field in fields
            )
    overlapping = {
        (best[0].id, other.id)
        for cell in IN_USE
        for field in fields_of(moments)
        if (best := candidates(moments, cell, field))
        for other in standing(moments, cell, field)
        if other not in best and other.value(field) != best[0].value(field)
    }
    named = {
        (finding.rows[0].row, other.row)
        for finding in found
        if finding.kind is Kind.OVERLAP
        for other in finding.rows[1:]
    }
    assert named == overlapping
