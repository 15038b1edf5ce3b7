"""What people do on the board of a session, as what is then written on its cards. All pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hub.errors import Rejected
from hub.workshop import Board, Card, Kind, Where, Write, new_card, row_id
from hub.workshop.vocabulary import ANY, PARTS, VOTE, VOTED, kind_of

MOST_LINES = 200
"""Cards made at once, by pasting a list."""


@dataclass(frozen=True)
class Doing:
    """Who does it, on which board, in which language; `operation` is the same when it is sent
    twice, `base` the number of the board that they saw."""

    board: Board
    person: str
    language: str
    operation: str
    base: int | None


def add(
    doing: Doing, kind: Kind, text: str, more: Mapping[str, str], under: str = ""
) -> list[Write]:
    """A card for each line, behind the others. `more`: what else stands on each."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    lines = [line for line in lines if line][:MOST_LINES]
    if kind in (Kind.GROUP, Kind.TOPIC):
        above = doing.board.card(under)
        rank = last_rank(doing.board.under(above, kind))
        more = dict(more) | ({"under": under} if above else {})
    elif kind in PARTS:
        rank = last_rank(doing.board.parts(kind, more.get("of", "")))
    else:
        rank = last_rank(doing.board.of_kind(kind))
    writes: list[Write] = []
    for number, line in enumerate(lines):
        card = new_card(kind, doing.operation, number)
        writes += titled(doing, card, line, rank + number + 1)
        writes += [Write(card, field, value) for field, value in more.items() if value]
    return writes


def titled(doing: Doing, card: str, text: str, rank: float) -> list[Write]:
    title = "what" if kind_of(card) is Kind.ACTION else f"title_{doing.language}"
    return [
        Write(card, title, text),
        Write(card, "rank", rank),
        Write(card, "author", doing.person),
    ]


def last_rank(cards: Sequence[Card]) -> float:
    return max((card.rank for card in cards), default=0.0)


def _siblings(board: Board, card: Card) -> list[Card]:
    """The cards among which this one has its place."""
    if card.kind in (Kind.GROUP, Kind.TOPIC):
        return board.under(board.parent(card), card.kind)
    if card.kind in PARTS:
        found = board.parts(card.kind, card.text("of"))
        return [one for one in found if one.text("when") == card.text("when")]
    return list(board.of_kind(card.kind))


def there(doing: Doing, card: str) -> Card:
    """Raises Rejected when it is gone."""
    found = doing.board.card(card)
    if found is None:
        raise Rejected("no_card", "This card is gone.", status=409)
    return found


def up(doing: Doing, card: str) -> list[Write]:
    return _step(doing, there(doing, card), -1)


def down(doing: Doing, card: str) -> list[Write]:
    return _step(doing, there(doing, card), 1)


def _step(doing: Doing, card: Card, by: int) -> list[Write]:
    cards = _siblings(doing.board, card)
    place = [one.id for one in cards].index(card.id) + by
    if not 0 <= place < len(cards):
        return []
    cards.remove(card)
    cards.insert(place, card)
    return _ranked(cards)


def _ranked(cards: Sequence[Card]) -> list[Write]:
    """The cards in this order; those that have their rank already are not written."""
    ranks = enumerate(cards, 1)
    return [Write(card.id, "rank", rank) for rank, card in ranks if card.rank != rank]


def deeper(doing: Doing, card: str) -> list[Write]:
    """Under the card that comes before it."""
    moved = there(doing, card)
    cards = _siblings(doing.board, moved)
    place = [one.id for one in cards].index(card)
    return _put(doing, moved, cards[place - 1], None) if place else []


def higher(doing: Doing, card: str) -> list[Write]:
    """Out of what it lies under, behind that."""
    moved = there(doing, card)
    above = doing.board.parent(moved)
    if above is None:
        return []
    return _put(doing, moved, doing.board.parent(above), above)


def place(doing: Doing, card: str, where: str, target: str) -> list[Write]:
    """Drag a card `before`, `after` or `into` another; `into` nothing is to the top."""
    moved = there(doing, card)
    if not target:
        return _put(doing, moved, None, None)
    goal = there(doing, target)
    if goal.kind is not moved.kind or moved in doing.board.line(goal):
        return []
    if where == "into":
        return _put(doing, moved, goal, None)
    cards = _siblings(doing.board, goal)
    after = goal if where == "after" else _before(cards, goal)
    return _put(doing, moved, doing.board.parent(goal), after, first=after is None)


def _before(cards: Sequence[Card], card: Card) -> Card | None:
    at = [one.id for one in cards].index(card.id)
    return cards[at - 1] if at else None


def _put(
    doing: Doing, card: Card, above: Card | None, after: Card | None, *, first: bool = False
) -> list[Write]:
    """Under `above`, behind `after`; without that as the last, or the first."""
    cards = [one for one in doing.board.under(above, card.kind) if one.id != card.id]
    if after is not None and after.id != card.id:
        at = [one.id for one in cards].index(after.id) + 1
    else:
        at = 0 if first else len(cards)
    cards.insert(at, card)
    return [Write(card.id, "under", above.id if above else None), *_ranked(cards)]


def remove(doing: Doing, card: str) -> list[Write]:
    """What lies under it moves up. It can be taken back."""
    return [Write(there(doing, card).id, "gone", True)]


def vote(doing: Doing, card: str) -> list[Write]:
    """For a card, or no longer."""
    voted = there(doing, card)
    if voted.kind not in VOTED:
        return []
    already = doing.person in voted.voters
    return [Write(card, f"{VOTE}{doing.person}", None if already else True)]


def sort(doing: Doing, kind: Kind) -> list[Write]:
    """Those with most votes first, on every level."""
    writes: list[Write] = []
    above: list[Card | None] = [None, *(card for _, card in doing.board.tree(kind))]
    for one in above:
        cards = doing.board.under(one, kind)
        writes += _ranked(sorted(cards, key=lambda card: -len(card.voters)))
    return writes


def allow(doing: Doing, row: str, *, wanted: bool, wider: bool) -> list[Write]:
    """A combination exists or not. What would hold anyway needs no row of its own."""
    value = None if wanted == wider else ("yes" if wanted else "no")
    writes = [Write(row, "allowed", value, doing.base)]
    return writes if wanted is False else [*writes, Write(row, "instead", None)]


def copy(doing: Doing, kind: Kind, source: str, row: str, when: str = "") -> list[Write]:
    """Begin the list of a row with what it inherits."""
    writes: list[Write] = []
    for number, card in enumerate(doing.board.parts(kind, source)):
        if kind is Kind.STEP and (card.text("when") or "during") != when:
            continue
        own = new_card(kind, doing.operation, number)
        kept = {field: value for field, value in card.fields.items() if field != "of"}
        writes += [Write(own, field, value) for field, value in kept.items()]
        writes.append(Write(own, "of", row))
        for place, choice in enumerate(doing.board.parts(Kind.CHOICE, card.id)):
            made = new_card(Kind.CHOICE, f"{doing.operation} {number}", place)
            fields = dict(choice.fields) | {"of": own}
            writes += [Write(made, field, value) for field, value in fields.items()]
    return writes


def new_row(doing: Doing, where: Where) -> str:
    """The card of the row that holds for this, if all of it is there; else that for everything."""
    known = (
        where.group == ANY or f"{Kind.GROUP}.{where.group}" in doing.board,
        where.topic == ANY or f"{Kind.TOPIC}.{where.topic}" in doing.board,
    )
    return row_id(where if all(known) else Where())


MOVES: Mapping[str, Callable[[Doing, str], list[Write]]] = {
    "up": up,
    "down": down,
    "in": deeper,
    "out": higher,
    "remove": remove,
    "vote": vote,
}
"""What needs no more than a card."""
