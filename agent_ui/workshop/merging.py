"""Two cards that mean the same become one, and nothing that was said about either is lost."""

import re
from collections.abc import Iterator

from agent_ui.workshop.moves import Doing, there
from hub.workshop import Board, Card, Kind, Write, row_id, where_of
from hub.workshop.vocabulary import PARTS, TAKEN_BACK, VOTE


def merge(doing: Doing, card: str, target: str) -> list[Write]:
    """Make two cards one: what was said about the first is said about the other, unless that says
    something else already. Its title goes on as words by which a topic is recognised."""
    first, goal = there(doing, card), there(doing, target)
    if first.kind is not goal.kind or first.id == goal.id or first in doing.board.line(goal):
        return []
    writes = [Write(first.id, "gone", True)]
    writes += [Write(one.id, "under", goal.id) for one in doing.board.under(first, first.kind)]
    writes += _filled(first, goal)
    if first.kind is Kind.TOPIC:
        writes += _words_of_both(first, goal)
    writes += [Write(goal.id, f"{VOTE}{one}", True) for one in first.voters]
    writes += _moved_rows(doing.board, first, goal)
    writes += _renamed(doing.board, first, goal)
    return writes


def _filled(first: Card, goal: Card) -> list[Write]:
    kept = {"rank", "gone", "author", "name", "rest", "under", "of"}
    return [
        Write(goal.id, field, value)
        for field, value in first.fields.items()
        if field not in kept and not field.startswith(VOTE) and field not in goal.fields
    ]


def _words_of_both(first: Card, goal: Card) -> list[Write]:
    """When nobody said how a topic is recognised, its titles do: those of both, then."""

    def words(card: Card) -> list[str]:
        said = card.text("words")
        titles = [card.text(f"title_{language}").casefold() for language in ("en", "nl")]
        if said == TAKEN_BACK:
            return []
        return [one.strip() for one in re.split("[,;\n]", said)] if said else titles

    both = [word for word in dict.fromkeys((*words(goal), *words(first))) if word]
    return [Write(goal.id, "words", ", ".join(both))] if both else []


def _moved_rows(board: Board, first: Card, goal: Card) -> Iterator[Write]:
    part = "group" if first.kind is Kind.GROUP else "topic"
    if first.kind not in (Kind.GROUP, Kind.TOPIC):
        return
    for row in board.of_kind(Kind.ROW):
        where = where_of(row.id)
        if getattr(where, part) != first.key:
            continue
        to = row_id(where._replace(**{part: goal.key}))
        standing = board.get(to)
        yield from _filled(row, standing)
        yield Write(row.id, "gone", True)
        yield Write(to, "gone", None)
        for kind in PARTS:
            known = {one.title("en").casefold() for one in board.parts(kind, to)}
            for one in board.parts(kind, row.id):
                if one.title("en").casefold() not in known:
                    yield Write(one.id, "of", to)


def _renamed(board: Board, first: Card, goal: Card) -> Iterator[Write]:
    """Who is named elsewhere goes on under the other name."""
    if first.kind not in (Kind.ROLE, Kind.HOURS):
        return
    for kind in Kind:
        for card in board.of_kind(kind):
            for field, value in card.fields.items():
                if value == first.id:
                    yield Write(card.id, field, goal.id)
