"""Who is responsible, as a decision table and back, is who it was."""

from pathlib import Path

import pytest
from hypothesis import event, given, settings

from brute_force import CELLS, Written, rows_of_a_model, written
from examples import examples
from interaction_models import FILE, text_of
from routing.definition import Definition
from routing.forms.dmn import from_dmn, to_dmn
from routing.forms.plain import plain
from routing.forms.safe_xml import read_xml
from routing.forms.who import Who, who_of
from routing.forms.yaml_writer import plain_to_yaml, to_yaml
from routing.inherit import Cell, Rows
from routing.model_file import (
    BrokenModel,
    Problem,
    load_definition,
    read_definition,
    read_model,
)
from routing.tree import ANY

EXAMPLE = Path(__file__).parents[3] / "config" / "interaction_model.yaml"
TABLE = "who.dmn"


def who(definition: Definition) -> dict[Cell, Who]:
    rows = Rows(definition.moments)
    return {cell: who_of(definition, rows.holding_for(cell)) for cell in CELLS}


def without_who(definition: Definition) -> Definition:
    """The same model of which no row names anybody."""
    rows = [
        {key: value for key, value in row.items() if key not in ("role", "backup_role")}
        for row in plain(definition)["moments"]
    ]
    return read_definition(plain_to_yaml(plain(definition) | {"moments": rows}), FILE)


def first_rule(table: bytes, cell: Cell) -> Who:
    """As any engine reads the table: the first rule of which all conditions hold."""
    (decision,) = read_xml(table, TABLE).all("decision")
    for rule in decision.children[-1].all("rule"):
        texts = [entry.children[0].text for entry in rule.children]
        conditions, outputs = texts[:4], texts[4:]
        if all(
            text == "-" or f'"{part}"' in text.split(",")
            for text, part in zip(conditions, cell, strict=True)
        ):
            role, backup = (None if one == "null" else one.strip('"') for one in outputs)
            return Who(role, backup)
    return Who(None, None)


def model(rows: list[Written]) -> Definition | None:
    """None for rows that tie: only what can be used is exported."""
    try:
        return read_model(text_of(*map(written, rows)), FILE).definition
    except BrokenModel:
        event("ties")
        return None


@settings(max_examples=examples(60), deadline=None)
@given(rows_of_a_model(highest_order=2))
def test_the_first_rule_that_fits_says_what_the_model_says(rows: list[Written]) -> None:
    definition = model(rows)
    if definition is not None:
        table = to_dmn(definition)
        assert {cell: first_rule(table, cell) for cell in CELLS} == who(definition)


@settings(max_examples=examples(40), deadline=None)
@given(rows_of_a_model(highest_order=2), rows_of_a_model())
def test_out_and_in_gives_the_same_who_in_any_base(
    rows: list[Written], others: list[Written]
) -> None:
    definition, base = model(rows), model(others)
    if definition is not None and base is not None:
        again = from_dmn(to_dmn(definition), TABLE, base)
        assert who(again) == who(definition)
        kept = plain(without_who(base))["moments"]
        left = [row for row in plain(without_who(again))["moments"] if set(row) - set(WHERE)]
        assert left == [row for row in kept if set(row) - set(WHERE)]
        assert plain(read_model(to_yaml(again), FILE).definition) == plain(again)


WHERE = ("target_group", "channel", "direction", "topic", "order")


def test_the_example_goes_out_and_comes_in() -> None:
    example = load_definition(EXAMPLE)
    again = from_dmn(to_dmn(example), TABLE, without_who(example))
    for group in (ANY, *example.target_groups):
        for topic in (ANY, *example.topics):
            cells = [Cell(group, cell.direction, cell.channel, topic) for cell in CELLS]
            for cell in dict.fromkeys(cells):
                rows, others = Rows(example.moments), Rows(again.moments)
                assert who_of(again, others.holding_for(cell)) == who_of(
                    example, rows.holding_for(cell)
                )


def problem_in(table: str) -> Problem:
    base = read_definition(text_of("topic: bill, role: billing"), FILE)
    with pytest.raises(BrokenModel) as error:
        from_dmn(table.encode(), TABLE, base)
    return error.value.problems[0]


GOOD = to_dmn(read_definition(text_of("topic: bill, role: billing"), FILE)).decode()
MISTAKES = {
    "unknown role": ('"billing"', '"biling"', "no role 'biling'", "'billing'"),
    "unknown topic": ('"bill/late"', '"bill/lat"', "no topic 'bill/lat'", "'bill/late'"),
    "hit policy": ("FIRST", "COLLECT", "COLLECT", "FIRST"),
    "a condition that is no list": ('"bill","bill/late"', "&gt; 3", "'> 3'", '"one","other"'),
    "column": (">topic<", ">subject<", "subject", "topic"),
    "not XML": ("</definitions>", "", "not XML", "again"),
    "document type": (
        "<definitions",
        '<!DOCTYPE x [<!ENTITY a "a">]><definitions',
        "document type",
        "<!DOCTYPE",
    ),
    "depth": ("<decision ", "<a>" * 100 + "<decision ", "too deep", "alone"),
    "no table": ("decisionTable", "table", "0 decision tables", "Keep the one"),
}


@pytest.mark.parametrize(("right", "wrong", "what", "advice"), MISTAKES.values(), ids=MISTAKES)
def test_a_table_that_cannot_be_read_says_what_to_do(
    right: str, wrong: str, what: str, advice: str
) -> None:
    problem = problem_in(GOOD.replace(right, wrong))
    assert what in problem.what
    assert advice in problem.what_to_do
    assert problem.line > 0


def test_a_rule_that_takes_a_role_away_is_refused() -> None:
    rule = GOOD[GOOD.index("    <rule"[2:]) : GOOD.index("</rule>") + 7]
    narrow = rule.replace('"bill","bill/late"', '"bill/late"').replace('"billing"', "null")
    problem = problem_in(GOOD.replace(rule, narrow.replace("rule-1", "rule-0") + rule))
    assert "no role is left" in problem.what
    assert "Rule 1: For “" in problem.what
    assert problem.line == GOOD[: GOOD.index("<rule")].count("\n") + 1


def test_a_mistake_in_a_rule_names_the_rule_and_its_column() -> None:
    problem = problem_in(GOOD.replace('"billing"', '"biling"'))
    assert problem.what.startswith("Rule 1, column role: ")
    short = GOOD[: GOOD.index("      <outputEntry")] + GOOD[GOOD.index("    </rule>"[2:]) :]
    problem = problem_in(short)
    assert problem.what == "Rule 1: It has 4 columns, its table 6."
    assert problem.what_to_do.startswith("Give it one for each of targetGroup")
