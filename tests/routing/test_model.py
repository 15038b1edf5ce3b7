"""Which row wins each field, and that a tie is refused."""

from itertools import product

import pytest
from hypothesis import event, given, settings

from brute_force import CELLS, Written, area_of, candidates, rows_of_a_model, written
from examples import examples
from hub.interaction import Channel, Direction
from interaction_models import FILE, HEAD, model_of, problems_of, text_of
from routing.decision import Handling, Source
from routing.inherit import Cell, Loss
from routing.model_file import read_model
from routing.moment import FIELDS, Moment

KEY_BY_PHONE = Cell("b2b/key", Direction.INBOUND, Channel.PHONE, "bill/late")


def handled(*rows: str, cell: Cell = KEY_BY_PHONE) -> Handling:
    return model_of(*rows).handling(cell)


def test_the_more_specific_row_wins_a_field_and_the_others_inherit() -> None:
    found = handled(
        "topic: bill, role: billing, skills: {dutch: 2}, sla: {first_response: 2h, resolution: 9h}",
        "topic: bill/late, sla: {first_response: 30m}",
    )
    assert (found.role, found.skills) == ("billing", {"dutch": 2})
    assert (found.first_response, found.resolution) == (1800, 32_400)


def test_every_field_says_which_row_it_came_from() -> None:
    text = text_of("role: sales", "topic: bill/late, priority_minutes: 9")
    found = read_model(text, FILE).handling(KEY_BY_PHONE)
    line = len(HEAD.splitlines()) + 2
    assert found.rows == {
        "role": Source(row="any any any any", line=line),
        "priority_minutes": Source(row="any any any bill/late", line=line + 1),
        "backup_role": Source(row="roles/sales", line=6),
    }


def test_rows_that_hold_as_well_say_what_they_wrote_in_vain_and_why() -> None:
    found = handled(
        "role: sales, priority_minutes: 1",
        "topic: bill, role: billing, order: 1, skills: {dutch: 2}",
        "target_group: b2b, role: service, skills: {dutch: 2}",
        "target_group: b2b, channel: phone, skills: {dutch: 2}, order: 1",
        "target_group: b2c, role: service",
    )
    assert (found.role, found.rows["skills"].row) == ("billing", "any any any bill")
    assert [(one.row, one.fields) for one in found.lost] == [
        ("any any any any", {Loss.LESS_SPECIFIC: ("role",)}),
        ("b2b any any any", {Loss.LOWER_ORDER: ("role",), Loss.LESS_SPECIFIC: ("skills",)}),
        ("b2b any phone any", {Loss.LATER: ("skills",)}),
    ]


@pytest.mark.parametrize(
    "narrow", ["target_group: b2b", "channel: phone", "direction: inbound", "topic: bill"]
)
def test_each_part_of_a_row_can_make_it_more_specific(narrow: str) -> None:
    assert handled("role: sales", f"{narrow}, role: billing").role == "billing"


def test_a_higher_order_decides_between_rows_of_which_neither_is_more_specific() -> None:
    rows = "target_group: b2b, role: sales", "topic: bill, order: 1, role: billing"
    assert handled(*rows).role == "billing"


def test_an_order_does_not_lift_a_row_over_its_own_refinement() -> None:
    assert handled(
        "topic: bill, order: 9, role: sales", "topic: bill/late, role: billing"
    ).role == ("billing")


def test_a_row_that_refines_both_settles_their_difference() -> None:
    rows = (
        "target_group: b2b, role: sales",
        "topic: bill, role: billing",
        "target_group: b2b, topic: bill, role: service",
    )
    assert handled(*rows).role == "service"


def test_rows_that_agree_are_no_tie() -> None:
    assert handled("target_group: b2b, role: sales", "topic: bill, role: sales").role == "sales"


def test_a_tie_is_refused_with_an_example() -> None:
    (problem,) = problems_of(
        text_of("target_group: b2b/key, role: sales", "channel: phone, topic: bill, role: billing")
    )
    assert problem.line == len(HEAD.splitlines()) + 3
    assert "settle who is responsible (role) differently" in problem.what
    assert "“Businesses / Key accounts, Phone to us, Bill”" in problem.what
    assert "`order`" in problem.what_to_do


def test_a_row_can_take_back_what_it_inherits() -> None:
    found = handled(
        "sla: {resolution: 2d}, skills: {dutch: 2}", "topic: bill, sla: {resolution: }, skills: {}"
    )
    assert found.resolution is None
    assert found.skills == {}


def test_without_a_role_the_triage_role_gets_it() -> None:
    found = handled("priority_minutes: 5")
    assert (found.role, found.triage, found.allowed) == ("triage", True, True)


def test_what_was_agreed_about_a_moment_reaches_who_handles_it() -> None:
    found = handled(
        "sla: {first_response: 1h, next_response: 2h, clock: business}, sticky: yes, capacity: 40",
        "channel: phone, allowed: no, instead: [email]",
        "topic: bill, authority: [{en: All, nl: Alles, approver: sales, within: 4h}]",
        "topic: bill/late, sla: {next_response: 1h}, steps: {after: [{name: a, "
        "title: {en: A, nl: A}, who: billing, aid: {en: Manual, nl: Handboek}}]}",
        "direction: inbound, required_information: [{name: no, title: {en: No, nl: Nr}, "
        "source: order, field: order.number}]",
    )
    assert (found.first_response, found.next_response, found.clock) == (3600, 3600, "business")
    assert (found.sticky, found.capacity) == (True, 40)
    assert (found.allowed, found.instead) == (False, (Channel.EMAIL,))
    assert (found.authority[0].approver, found.authority[0].within) == ("sales", 14_400)
    (step,) = found.steps.after
    assert step.who == "billing"
    assert step.aid is not None
    assert step.aid.nl == "Handboek"
    assert found.required_information[0].field == "order.number"
    assert found.rows["sla.clock"].row == "any any any any"
    assert found.rows["sla.next_response"].row == "any any any bill/late"
    assert found.rows["instead"].row == "any any phone any"


def test_a_role_says_who_answers_for_it_and_how_work_reaches_it() -> None:
    extra = "backup: service, owner: anna, mode: offered, choice: most-capacity"
    sales = model_of(head=HEAD.replace("backup: service", extra)).roles["sales"]
    assert (sales.owner, sales.mode, sales.choice) == ("anna", "offered", "most-capacity")
    triage = model_of().roles["triage"]
    assert (triage.owner, triage.mode, triage.choice) == (None, "self-service", "longest-idle")


def test_a_role_falls_back_on_its_own_backup() -> None:
    assert handled("role: sales").backup_role == "service"
    assert handled("role: sales, backup_role: billing").backup_role == "billing"
    assert handled("role: sales, backup_role: ").backup_role is None


def test_a_backup_that_turns_out_to_be_the_role_itself_is_replaced() -> None:
    rows = "role: billing, backup_role: sales", "topic: bill, role: sales"
    assert handled(*rows).backup_role == "service"


# Against brute force: over all combinations of a small world, with sets instead of trees.


def expected_rows(rows: list[Moment]) -> dict[tuple[Cell, str], list[Moment]]:
    found = {(cell, field): candidates(rows, cell, field) for cell, field in product(CELLS, FIELDS)}
    return {key: rows for key, rows in found.items() if rows}


def holding(rows: list[Moment], cell: Cell) -> set[tuple[str, str]]:
    return {(row.id, field) for row in rows if cell in area_of(row) for field in row.settled}


def settled_or_lost(found: Handling) -> set[tuple[str, str]]:
    """Every field of every row that holds, either settled or lost."""
    lost = {
        (one.row, name) for one in found.lost for names in one.fields.values() for name in names
    }
    won = {(row.row, field) for field, row in found.rows.items() if not row.row.startswith("roles")}
    assert not lost & won
    return lost | won


@settings(max_examples=examples(40), deadline=None)
@given(rows_of_a_model())
def test_the_rows_that_win_and_tie_are_those_that_brute_force_finds(rows: list[Written]) -> None:
    moments = [row for text in map(written, rows) for row in model_of(text).moments]
    expected = expected_rows(moments)
    tied = [key for key, found in expected.items() if len({row.value(key[1]) for row in found}) > 1]
    event("tie" if tied else "no tie")
    found = problems_of(text_of(*map(written, rows)))
    assert bool(found) == bool(tied)
    assert all("differently" in problem.what for problem in found)
    if not tied:
        model = model_of(*map(written, rows))
        for cell, field in product(CELLS, FIELDS):
            row = model.handling(cell).rows.get(field)
            first = expected.get((cell, field), [None])[0]
            assert (row and row.row) == (first and first.id)
        for cell in CELLS:
            assert settled_or_lost(model.handling(cell)) == holding(moments, cell)
