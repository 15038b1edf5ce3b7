"""What a session says is what the model that is read back says; and the other way round."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from boards import board, board_of, boards
from brute_force import Written, rows_of_a_model, written
from examples import examples
from hub.workshop import Board, Where, check, row_id
from interaction_models import FILE, text_of
from routing.definition import Definition
from routing.forms.plain import plain
from routing.model_file import load_definition, read_definition
from routing.workshop.beginning import beginning
from routing.workshop.draft import draft_text
from routing.workshop.from_model import cards_of
from routing.workshop.names import given_names
from routing.workshop.to_model import to_model

EXAMPLE = Path(__file__).parents[3] / "config" / "interaction_model.yaml"
BOTH_WAYS = ["inbound", "outbound"]


def said(definition: Definition) -> dict[str, Any]:
    """A model in which only what it says counts: rows in any order, what holds anyway unsaid."""
    sections = plain(definition)
    rows = [{k: v for k, v in row.items() if (k, v) != ("order", 0)} for row in sections["moments"]]
    sections["moments"] = sorted(rows, key=str)
    for channel in sections["channels"].values():
        if sorted(channel.get("directions", ())) == BOTH_WAYS:
            del channel["directions"]
    return sections


def read_back(cards: Board) -> Definition:
    return read_definition(draft_text(cards, to_model(cards)), FILE)


def test_the_example_goes_through_a_session_and_comes_out_the_same() -> None:
    example = load_definition(EXAMPLE)
    cards = board_of(check(cards_of(example), held=True))  # all of it can be kept
    assert said(read_back(cards)) == said(example)
    assert to_model(cards).remarks == ()
    assert to_model(cards).untranslated == ()


@settings(max_examples=examples(40), deadline=None)
@given(rows_of_a_model())
def test_any_rows_go_through_a_session_and_come_out_the_same(rows: list[Written]) -> None:
    model = read_definition(text_of(*map(written, rows)), FILE)
    settling = [row for row in model.moments if row.settled]
    model = model.model_copy(update={"moments": tuple(settling)})
    assert said(read_back(board_of(cards_of(model)))) == said(model)


@settings(max_examples=examples(60), deadline=None)
@given(boards())
def test_whatever_people_write_can_be_read_and_says_what_was_made(cards: Board) -> None:
    made = to_model(cards)
    text = draft_text(cards, made)
    definition = read_definition(text, FILE)
    assert draft_text(cards, to_model(cards)) == text
    assert [row.id for row in definition.moments] == [row["id"] for row in _with_ids(made.sections)]
    again = board_of(cards_of(definition))
    assert said(read_back(again)) == said(definition)


def test_a_control_character_in_a_title_does_no_harm_to_the_text() -> None:
    # It stands in the heading above the rows, too, which is a comment.
    title = "Late\x08\x85delivery\u2028\ufeff"
    made = read_back(board({"topic.t": {"title_en": title, "rank": 1}, ROW: {"allowed": "yes"}}))
    assert [topic.title.en for topic in made.topics.values()] == ["Late\x08 delivery \ufeff"]


def _with_ids(sections: dict[str, Any]) -> list[dict[str, str]]:
    keys = ("target_group", "direction", "channel", "topic")
    return [{"id": " ".join(row.get(key, "any") for key in keys)} for row in sections["moments"]]


def test_a_session_from_nothing_has_a_model_at_once() -> None:
    definition = read_back(board_of(beginning("Van Dalen", "Europe/Amsterdam")))
    assert definition.organisation == "Van Dalen"
    assert list(definition.channels) == ["email", "phone"]
    assert definition.triage_role == "triage"


TOPIC: dict[str, Any] = {"title_en": "Late delivery", "rank": 1}
ROW = row_id(Where(topic="t"))


def test_one_language_stands_for_both_until_the_other_is_there() -> None:
    made = to_model(board({"topic.t": TOPIC}))
    topic = made.sections["topics"]["late-delivery"]
    assert topic["title"] == {"en": "Late delivery", "nl": "Late delivery"}
    assert made.untranslated == (("topic.t", "nl"),)
    made = to_model(board({"topic.t": TOPIC | {"title_nl": "Te late bezorging"}}))
    topic = made.sections["topics"]["late-delivery"]
    assert topic["title"] == {"en": "Late delivery", "nl": "Te late bezorging"}
    assert topic["rules"] == {"words": ["late delivery", "te late bezorging"]}
    assert made.untranslated == ()


def test_a_name_stays_when_the_title_changes() -> None:
    cards = {"topic.t": TOPIC, "topic.u": {"title_en": "Late delivery", "rank": 2}}
    made = to_model(board(cards))
    assert given_names(board(cards), made.names) == {
        "topic.t": "late-delivery",
        "topic.u": "late-delivery-2",
    }
    kept = {"topic.t": TOPIC | {"name": "late-delivery", "title_en": "Delayed"}}
    assert list(to_model(board(kept)).sections["topics"]) == ["late-delivery"]


@pytest.mark.parametrize(
    ("fields", "row"),
    [
        ({"first": "2 uur"}, {"sla": {"first_response": "2h"}}),
        ({"first": "1 hour 30 min", "clock": "business"},
         {"sla": {"first_response": "1h30m", "clock": "business"}}),
        ({"resolution": "~"}, {"sla": {"resolution": None}}),
        ({"role": "role.r", "backup": "~"}, {"role": "billing", "backup_role": None}),
        ({"allowed": "no", "instead": ["email", "phone"]},
         {"allowed": False, "instead": ["email"]}),
        ({"skills": "skill.s 3"}, {"skills": {"dutch": 3}}),
        ({"no_info": True, "no_before": True},
         {"required_information": [], "steps": {"before": []}}),
        ({"order": "10", "priority": "15"}, {"order": 10, "priority_minutes": 15}),
    ],
)  # fmt: skip
def test_plain_fields_of_a_row(fields: dict[str, Any], row: dict[str, Any]) -> None:
    cards: dict[str, dict[str, Any]] = {
        ROW: fields,
        "topic.t": TOPIC,
        "role.r": {"title_en": "Billing"},
        "skill.s": {"title_en": "Dutch"},
        "channel.email": {"inbound": True},
    }
    made = to_model(board(cards))
    assert made.remarks == ()
    assert made.sections["moments"] == [{"topic": "late-delivery"} | row]
    assert made.rows == (ROW,)


@pytest.mark.parametrize(
    ("card", "fields", "field"),
    [
        (ROW, {"first": "soon", "role": "role.r"}, "first"),
        (ROW, {"priority": "many"}, "priority"),
        (ROW, {"role": "role.gone"}, "role"),
        (ROW, {"role": "role.r", "backup": "role.r"}, "backup"),
        ("hours.h", {"title_en": "Shop", "week": "always", "time_zone": "Europe/Paris"}, "week"),
        ("role.s", {"title_en": "Sales", "backup": "role.s"}, "backup"),
        ("topic.x", {"title_en": "Bills", "patterns": "abc"}, "patterns"),
        ("topic.x", {"title_en": "Bills", "senders": "carrier, a.example"}, "senders"),
    ],
)
def test_what_a_model_cannot_say_is_left_out_and_told(
    card: str, fields: dict[str, Any], field: str
) -> None:
    cards = {"topic.t": TOPIC, "role.r": {"title_en": "Billing"}, card: fields}
    [one] = to_model(board(cards)).remarks
    assert (one.card, one.field) == (card, field)
    assert one.text.en.startswith("“")
    assert one.text.nl.startswith("“")
    read_back(board(cards))


def test_a_row_may_have_nothing_but_what_lies_on_it() -> None:
    step = {"of": ROW, "title_en": "Look it up", "when": "before"}
    [row] = to_model(board({"topic.t": TOPIC, "step.s": step})).sections["moments"]
    assert [one["name"] for one in row["steps"]["before"]] == ["look-it-up"]


def test_a_comma_may_stand_in_a_pattern() -> None:
    topic = {"title_en": "Orders", "patterns": "VK-#{5,8} = order, ABC-###"}
    made = to_model(board({"topic.x": topic}))
    assert made.sections["topics"]["orders"]["rules"]["patterns"] == [
        {"pattern": "VK-#{5,8}", "reference": "order"},
        {"pattern": "ABC-###"},
    ]


def test_one_misfit_takes_nothing_else_along() -> None:
    bills = {"title_en": "Bills", "words": "bill", "events": "lost, found"}
    made = to_model(board({"topic.x": bills}))
    assert made.sections["topics"]["bills"]["rules"] == {"words": ["bill"], "events": ["lost"]}
    assert [(one.field, "found" in one.text.en) for one in made.remarks] == [("events", True)]


def test_what_is_gone_is_in_no_model_and_what_lay_under_it_moves_up() -> None:
    cards: dict[str, dict[str, Any]] = {
        "topic.t": TOPIC | {"gone": True},
        "topic.u": {"title_en": "Lost", "under": "topic.t"},
        ROW: {"role": "role.r"},
        "role.r": {"title_en": "Billing"},
    }
    made = to_model(board(cards))
    assert list(made.sections["topics"]) == ["lost"]
    assert made.sections["moments"] == []


def test_the_text_has_headings_and_wide_rows_first() -> None:
    everything = row_id(Where())
    cards: dict[str, dict[str, Any]] = {
        "topic.t": TOPIC,
        "role.r": {"title_en": "Billing"},
        ROW: {"role": "role.r"},
        row_id(Where(channel="email", topic="t")): {"first": "1h"},
        everything: {"first": "8h"},
        "channel.email": {"inbound": True},
    }
    text = draft_text(board(cards), to_model(board(cards)))
    lines = [line for line in text[text.index("moments:") :].splitlines() if line]
    assert [line.strip("- ") for line in lines if "---" in line] == [
        "# --- What holds for every contact",
        "# --- Late delivery",
    ]
    assert to_model(board(cards)).rows[0] == everything
