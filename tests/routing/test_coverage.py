"""Looking at all combinations at once finds what looking at each of them finds."""

from hypothesis import given, settings

from brute_force import CELLS, Written, candidates, rows_of_a_model, standing, written
from examples import examples
from interaction_models import FILE, text_of
from routing.coverage import Coverages
from routing.model_file import read_definition


@settings(max_examples=examples(40), deadline=None)
@given(rows_of_a_model(highest_order=2))
def test_what_is_left_over_is_what_brute_force_finds(rows: list[Written]) -> None:
    moments = read_definition(text_of(*map(written, rows)), FILE).moments
    coverages = Coverages(moments)
    for field in coverages.fields():
        for cell in CELLS:
            left = coverages.of(field).at(cell)
            assert [moments[n] for n in left.standing] == standing(moments, cell, field)
            assert [moments[n] for n in left.best] == candidates(moments, cell, field)


@settings(max_examples=examples(25), deadline=None)
@given(rows_of_a_model(highest_order=2))
def test_leaving_a_row_out_is_as_if_it_had_not_been_written(rows: list[Written]) -> None:
    moments = read_definition(text_of(*map(written, rows)), FILE).moments
    for number, row in enumerate(moments):
        others = [other for other in moments if other is not row]
        for field in row.settled:
            coverage = Coverages(moments).of(field).copy()
            coverage.leave_out(number)
            for cell in CELLS:
                left = [moments[n] for n in coverage.at(cell).best]
                assert left == candidates(others, cell, field)
