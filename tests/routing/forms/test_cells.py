"""Single cells changed in the text of a model: what was asked holds, and nothing else moves."""

from hypothesis import given, settings
from hypothesis import strategies as st

from brute_force import Written, rows_of_a_model, written
from examples import examples
from hub.interaction import Channel, Direction
from interaction_models import FILE, HEAD, model_of, text_of
from routing.forms.cells import with_cells
from routing.inherit import Cell
from routing.model_file import BrokenModel, read_definition, read_model

WHERE = {"target_group", "direction", "channel", "topic", "order", "line"}
CELLS = st.builds(
    Cell,
    st.sampled_from(("any", "b2b", "b2b/key", "b2c")),
    st.sampled_from((None, *Direction)),
    st.sampled_from((None, Channel.EMAIL, Channel.PHONE)),
    st.sampled_from(("any", "bill", "bill/late", "order")),
)
FIELDS = st.dictionaries(
    st.sampled_from(("role", "sla.first_response", "sla.clock", "priority_minutes", "allowed")),
    st.none() | st.just("x"),
    min_size=1,
)
VALUES = {
    "role": "billing",
    "sla.first_response": "90m",
    "sla.clock": "business",
    "priority_minutes": 7,
    "allowed": False,
}


def changed(text: str, changes: dict[Cell, dict[str, object]]) -> str:
    return with_cells(text, read_definition(text, FILE), changes)


def settled(text: str) -> dict[Cell, dict[str, object]]:
    return {
        Cell.of(row): {field: row.value(field) for field in row.settled}
        for row in read_definition(text, FILE).moments
    }


@settings(max_examples=examples(40), deadline=None)
@given(rows=rows_of_a_model(5), changes=st.dictionaries(CELLS, FIELDS, min_size=1, max_size=4))
def test_a_cell_says_what_was_asked_and_the_others_what_they_said(
    rows: list[Written], changes: dict[Cell, dict[str, str | None]]
) -> None:
    text = text_of(*(written(row) for row in rows)) + "# the end\n"
    try:
        before = settled(text)
    except BrokenModel:
        return
    wanted = {
        cell: {field: VALUES[field] if given else None for field, given in fields.items()}
        for cell, fields in changes.items()
    }
    expected = {cell: dict(fields) for cell, fields in before.items()}
    for cell, fields in wanted.items():
        own = expected.setdefault(cell, {})
        for field, value in fields.items():
            own.pop(field, None)
            if value is not None:
                own[field] = 5400 if field == "sla.first_response" else value
    after = changed(text, wanted)
    kept = {cell: own for cell, own in expected.items() if own or cell not in wanted}
    broken: list[str] = []
    try:
        assert settled(after) == kept
    except BrokenModel as error:
        broken = [problem.what for problem in error.problems]
    assert all("its own backup" in what for what in broken), "nothing else can have been asked for"
    assert after.startswith(HEAD)
    assert "# the end" in after


def test_only_the_lines_of_the_cell_change() -> None:
    text = HEAD + (
        "moments:\n"
        "  # whoever asks about a bill\n"
        "  - topic: bill   # all of it\n"
        "    role: billing\n"
        "    sla:\n"
        '      first_response: "4h"\n'
        "  - role: service # everything else\n"
    )
    bill = Cell("any", None, None, "bill")
    assert changed(text, {bill: {"role": "sales"}}) == text.replace("role: billing", "role: sales")
    late = Cell("b2b", Direction.INBOUND, Channel.PHONE, "bill/late")
    added = changed(text, {late: {"role": "sales", "sla.clock": "business"}})
    assert added.startswith(text)
    handling = read_model(added, FILE).handling(late)
    assert (handling.role, handling.first_response, handling.clock) == ("sales", 14400, "business")
    assert changed(added, {late: {"role": None, "sla.clock": None}}) == text
    sure = changed(text, {bill: {"role": None, "sla.first_response": None}})
    assert "# whoever asks" in sure
    assert sure.endswith(
        "moments:\n  # whoever asks about a bill\n  - role: service # everything else\n"
    )
    last = changed(text, {Cell("any", None, None, "any"): {"role": None}})
    assert last == text.replace("  - role: service # everything else\n", "")
    flow = HEAD + "moments: [{topic: bill, role: sales}, {role: service}]\n"
    assert settled(changed(flow, {bill: {"role": None}})) == {
        Cell("any", None, None, "any"): {"role": "service"}
    }
    without = changed(text, {bill: {"sla.first_response": None}})
    assert "sla" not in without
    assert "role: billing" in without


def test_a_model_without_rows_gets_its_first() -> None:
    everything = Cell("any", None, None, "any")
    for text in (HEAD, HEAD + "moments: []\n"):
        after = changed(text, {everything: {"role": "sales"}})
        assert read_model(after, FILE).handling(everything).role == "sales"
        assert not read_model(changed(after, {everything: {"role": None}}), FILE).moments
    assert model_of().moments == ()
