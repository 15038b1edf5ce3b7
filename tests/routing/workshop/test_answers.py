"""What holds by the cards of a session, and which row says so."""

from typing import Any

from hypothesis import given, settings

from boards import board, board_of
from brute_force import Written, rows_of_a_model, written
from examples import examples
from hub.workshop import Where, row_id
from interaction_models import FILE, text_of
from routing.inherit import Cell, Rows, winners
from routing.model_file import read_definition
from routing.workshop.answers import Answers
from routing.workshop.from_model import cards_of

WIDE, LATE = row_id(Where(topic="t")), row_id(Where(topic="u"))
CARDS: dict[str, dict[str, Any]] = {
    "channel.email": {"inbound": True, "outbound": True},
    "channel.sms": {"inbound": True},
    "group.b": {"title_en": "Businesses"},
    "topic.t": {"title_en": "Delivery"},
    "topic.u": {"title_en": "Late", "under": "topic.t"},
    "role.r": {"title_en": "Logistics"},
    "role.s": {"title_en": "Service"},
    WIDE: {"role": "role.r", "first": "4h"},
    LATE: {"role": "role.s"},
}


def test_a_row_inherits_what_it_does_not_say_itself() -> None:
    answers = Answers(board(CARDS))
    held = answers.held(LATE)
    assert (held["role"].value, held["role"].row) == ("logistics", WIDE)
    assert held["sla.first_response"].value == 4 * 3600
    assert answers.held(WIDE) == {}
    narrow = row_id(Where(group="b", channel="email", topic="u"))
    assert answers.held(narrow)["role"].row == LATE


def test_what_is_refused_for_a_topic_is_refused_for_all_under_it() -> None:
    no_sms = row_id(Where(direction="inbound", channel="sms", topic="t"))
    again = row_id(Where(direction="inbound", channel="sms", topic="u"))
    answers = Answers(board(CARDS | {no_sms: {"allowed": "no"}}))
    found = {(one.topic, one.channel): one for one in answers.combinations("any", "inbound")}
    assert len(found) == 4
    assert [one.allowed for one in found.values()] == [True, False, True, False]
    late = found["topic.u", "sms"]
    assert (late.own, late.wider, late.row, late.role) == ("", False, no_sms, "service")
    answers = Answers(board(CARDS | {no_sms: {"allowed": "no"}, again: {"allowed": "yes"}}))
    found = {(one.topic, one.channel): one for one in answers.combinations("b", "inbound")}
    assert (found["topic.u", "sms"].allowed, found["topic.u", "sms"].wider) == (True, True)
    assert {one.channel for one in answers.combinations("any", "outbound")} == {"email"}


def test_rows_that_contradict_each_other_are_shown_as_such() -> None:
    cards = CARDS | {
        row_id(Where(channel="sms")): {"allowed": "no"},
        row_id(Where(topic="u")): {"allowed": "yes", "role": "role.s"},
    }
    found = {
        (one.topic, one.channel): one
        for one in Answers(board(cards)).combinations("any", "inbound")
    }
    assert found["topic.u", "sms"].differs
    assert not found["topic.t", "sms"].differs


def test_findings_lead_to_cards() -> None:
    answers = Answers(board(CARDS))
    assert answers.cards["roles/logistics"] == "role.r"
    assert answers.cards["topics/delivery/late"] == "topic.u"
    assert answers.cards["any any any delivery"] == WIDE
    assert answers.card_of("businesses", "any", "sms", "delivery/late") == row_id(
        Where("b", "any", "sms", "u")
    )


@settings(max_examples=examples(30), deadline=None)
@given(rows_of_a_model())
def test_what_a_row_inherits_is_what_would_win_without_it(rows: list[Written]) -> None:
    model = read_definition(text_of(*map(written, rows)), FILE)
    answers = Answers(board_of(cards_of(model)))
    for card, row in zip(answers.made.rows, answers.definition.moments, strict=True):
        others = Rows(one for one in answers.definition.moments if one is not row)
        expected = winners(others.holding_for(Cell.of(row)))
        assert {name: one.value for name, one in answers.held(card).items()} == {
            name: one.value(name) for name, one in expected.items()
        }
