"""Cards in their order and as trees, whatever two people do at once; and what can be written."""

from typing import Any

import pytest

from hub.errors import Rejected
from hub.workshop import Board, Kind, Where, Write, check, new_card, row_id, where_of


def titles(board: Board, kind: Kind = Kind.TOPIC) -> list[tuple[int, str]]:
    return [(depth, card.key) for depth, card in board.tree(kind)]


def test_cards_stand_by_rank_each_before_what_lies_under_it() -> None:
    board = Board(
        {
            "topic.a": {"rank": 2},
            "topic.b": {"rank": 1},
            "topic.c": {"under": "topic.a", "rank": 2},
            "topic.d": {"under": "topic.a", "rank": 1},
        }
    )
    assert titles(board) == [(0, "b"), (0, "a"), (1, "d"), (1, "c")]
    assert [card.key for card in board.line(board.get("topic.c"))] == ["a", "c"]


def test_two_cards_under_each_other_do_not_vanish() -> None:
    board = Board({"topic.a": {"under": "topic.b"}, "topic.b": {"under": "topic.a"}})
    assert titles(board) == [(0, "b"), (1, "a")]
    assert titles(Board({"topic.a": {"under": "topic.a"}})) == [(0, "a")]


def test_what_lies_under_a_card_that_is_gone_moves_up() -> None:
    cards: dict[str, dict[str, Any]] = {
        "topic.a": {},
        "topic.b": {"under": "topic.a", "gone": True},
        "topic.c": {"under": "topic.b"},
    }
    assert titles(Board(cards)) == [(0, "a"), (1, "c")]
    cards["topic.a"] = {"gone": True}
    assert titles(Board(cards)) == [(0, "c")]


def test_a_title_is_shown_in_the_other_language_for_want_of_one() -> None:
    card = Board({"topic.a": {"title_nl": "Bezorging"}}).get("topic.a")
    assert (card.title("en"), card.is_titled("en"), card.is_titled("nl")) == (
        "Bezorging",
        False,
        True,
    )


def test_a_row_is_named_by_what_it_holds_for() -> None:
    where = Where("g1", "inbound", "email", "t1")
    assert where_of(row_id(where)) == where
    assert row_id(Where()) == "row.any.any.any.any"


def test_a_row_is_there_when_something_lies_on_it() -> None:
    row = row_id(Where(topic="t"))
    cards = {"step.a": {"of": row}, "step.b": {"of": "row.x"}, "choice.c": {"of": "result.r"}}
    assert [card.id for card in Board(cards).of_kind(Kind.ROW)] == [row]
    assert not Board({"step.a": {"of": row, "gone": True}}).of_kind(Kind.ROW)


def test_one_operation_makes_the_same_cards_each_time() -> None:
    made = [new_card(Kind.TOPIC, "op", number) for number in (0, 1, 0)]
    assert made[0] == made[2] != made[1]
    check([Write(made[0], "title_en", "x")])


@pytest.mark.parametrize(
    "write",
    [
        Write("nothing.a", "title_en", "x"),
        Write("topic", "title_en", "x"),
        Write("topic.A/b", "title_en", "x"),
        Write("row.any.any.any", "role", "role.r"),
        Write("topic.a", "colour", "red"),
        Write("topic.a", "rest", {"rules": {}}),
        Write("topic.a", "title_en", 3),
        Write("topic.a", "title_en", "x" * 5000),
        Write("topic.a", "rank", float("nan")),
        Write("topic.a", "rank", True),
        Write("topic.a", "gone", "yes"),
        Write("role.a", "vote.11111111", True),
        Write("topic.a", "vote.<script>", True),
        Write("row.any.any.any.any", "instead", ["x" * 101]),
    ],
)
def test_what_a_session_cannot_keep_is_refused(write: Write) -> None:
    with pytest.raises(Rejected):
        check([write])
