"""A model written as YAML is the same model, and a change leaves the rest of a file alone."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from brute_force import Written, rows_of_a_model, written
from examples import examples
from interaction_models import FILE, HEAD, text_of
from routing.entry import Title
from routing.forms.plain import plain
from routing.forms.yaml_edit import YamlText
from routing.forms.yaml_writer import to_yaml
from routing.model_file import load_definition, read_definition

EXAMPLE = Path(__file__).parents[3] / "config" / "interaction_model.yaml"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(str.strip)


def test_the_example_reads_back_as_the_same_model() -> None:
    example = load_definition(EXAMPLE)
    text = to_yaml(example)
    assert plain(read_definition(text, FILE)) == plain(example)
    assert to_yaml(read_definition(text, FILE)) == text


def test_what_a_row_takes_back_is_written_too() -> None:
    rows = "sla: {resolution: }, skills: {}, backup_role: , allowed: yes", "topic: bill, sticky: no"
    model = read_definition(text_of(*rows), FILE)
    again = read_definition(to_yaml(model), FILE)
    assert [row.settled for row in again.moments] == [row.settled for row in model.moments]
    assert plain(again) == plain(model)


def test_durations_are_written_in_whole_days_or_in_hours() -> None:
    model = read_definition(
        text_of("sla: {first_response: 90m, next_response: 2d, resolution: 90h}"), FILE
    )
    assert plain(model)["moments"][0]["sla"] == {
        "first_response": "1h30m",
        "next_response": "2d",
        "resolution": "90h",
    }


@settings(max_examples=examples(40), deadline=None)
@given(rows_of_a_model(), TEXTS, TEXTS)
def test_any_model_reads_back_as_the_same(rows: list[Written], english: str, dutch: str) -> None:
    model = read_definition(text_of(*map(written, rows)), FILE)
    role = model.roles["sales"].model_copy(update={"title": Title(en=english, nl=dutch)})
    model = model.model_copy(update={"roles": model.roles | {"sales": role}})
    assert plain(read_definition(to_yaml(model), FILE)) == plain(model)


def test_a_changed_value_changes_its_line_alone() -> None:
    text = EXAMPLE.read_text()
    edited = YamlText(text)
    edited.put(("topics", "delivery", "title", "en"), "Deliveries")
    place = next(
        number
        for number, row in enumerate(load_definition(EXAMPLE).moments)
        if row.topic == "delivery/late"
    )
    edited.put(("moments", place, "priority_minutes"), 25)
    changed = [
        (before, after)
        for before, after in zip(text.splitlines(), edited.text().splitlines(), strict=True)
        if before != after
    ]
    assert changed == [
        ("    title: {en: Delivery, nl: Bezorging}", "    title: {en: Deliveries, nl: Bezorging}"),
        ("    priority_minutes: 20", "    priority_minutes: 25"),
    ]


def test_an_untouched_file_stays_byte_for_byte_what_it_was() -> None:
    assert YamlText(EXAMPLE.read_text()).text() == EXAMPLE.read_text()


def test_a_row_is_added_at_the_end_and_taken_out_with_all_else_in_place() -> None:
    text = EXAMPLE.read_text()
    edited = YamlText(text)
    edited.add(("moments",), {"topic": "contract", "channel": "sms", "allowed": False})
    longer = edited.text()
    assert longer.startswith(text.rstrip("\n"))
    row = read_definition(longer, FILE).moments[-1]
    assert (row.id, row.allowed) == ("any any sms contract", False)
    again = YamlText(longer)
    again.remove(("moments", len(read_definition(longer, FILE).moments) - 1))
    assert again.text() == text


@settings(max_examples=examples(5), deadline=None)
@given(st.data())
def test_every_comment_and_every_other_value_outlives_a_change(data: st.DataObject) -> None:
    text = EXAMPLE.read_text()
    model = load_definition(EXAMPLE)
    place = data.draw(st.integers(0, len(model.moments) - 1))
    minutes = data.draw(st.integers(0, 10_080))
    edited = YamlText(text)
    edited.put(("moments", place, "priority_minutes"), minutes)
    result = edited.text()
    expected = plain(model)
    expected["moments"][place]["priority_minutes"] = minutes
    assert plain(read_definition(result, FILE)) == expected
    comments = [line for line in text.splitlines() if line.strip().startswith("#")]
    assert [line for line in result.splitlines() if line.strip().startswith("#")] == comments


def test_a_value_in_a_file_without_rows_can_be_put() -> None:
    edited = YamlText(HEAD)
    edited.put(("moments",), [{"topic": "bill", "role": "billing", "skills": {"dutch": 2}}])
    (row,) = read_definition(edited.text(), FILE).moments
    assert (row.role, row.skills) == ("billing", {"dutch": 2})
