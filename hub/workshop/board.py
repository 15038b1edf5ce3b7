"""All cards of a session as they stand: in their order, as trees, without those that are gone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hub.workshop.vocabulary import MEETING, PARTS, VOTE, Kind, is_row, key_of, kind_of

Cards = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Card:
    id: str
    fields: Mapping[str, Any]

    @property
    def key(self) -> str:
        return key_of(self.id)

    @property
    def kind(self) -> Kind:
        return kind_of(self.id)

    def text(self, field: str) -> str:
        value = self.fields.get(field, "")
        return value if isinstance(value, str) else ""

    def flag(self, field: str) -> bool:
        return self.fields.get(field) is True

    def names(self, field: str) -> Sequence[str]:
        """What a list says."""
        value = self.fields.get(field, ())
        return value if isinstance(value, list) else ()

    @property
    def rank(self) -> float:
        value = self.fields.get("rank", 0)
        return float(value) if isinstance(value, int | float) else 0.0

    @property
    def is_gone(self) -> bool:
        return self.flag("gone")

    @property
    def voters(self) -> list[str]:
        return sorted(name.removeprefix(VOTE) for name in self.fields if name.startswith(VOTE))

    def title(self, language: str, field: str = "title") -> str:
        """In this language, or else in the other one; empty when there is none."""
        other = "en" if language == "nl" else "nl"
        return self.text(f"{field}_{language}") or self.text(f"{field}_{other}")

    def is_titled(self, language: str, field: str = "title") -> bool:
        return bool(self.text(f"{field}_{language}"))


class Board:
    def __init__(self, cards: Cards) -> None:
        self._cards = {name: Card(name, fields) for name, fields in cards.items()}
        for row in _rows_of_parts(self._cards.values()):
            self._cards.setdefault(row, Card(row, {}))

    def __contains__(self, card: str) -> bool:
        return self.card(card) is not None

    def card(self, card: str) -> Card | None:
        """The card, unless it is gone or was never there."""
        found = self._cards.get(card)
        return None if found is None or found.is_gone else found

    def get(self, card: str) -> Card:
        """The card as it stands, an empty one when there is none."""
        return self._cards.get(card) or Card(card, {})

    @property
    def meeting(self) -> Card:
        return self.get(MEETING)

    def of_kind(self, kind: Kind) -> Sequence[Card]:
        """Those that are there, by rank."""
        return self._by_kind.get(kind, ())

    def parts(self, kind: Kind, of: str) -> list[Card]:
        """The cards of a kind that lie on another card."""
        return self._parts.get((kind, of), [])

    def parent(self, card: Card) -> Card | None:
        """What a group or topic lies under."""
        above = self._parents.get(card.id)
        return None if above is None else self._cards[above]

    def under(self, card: Card | None, kind: Kind) -> list[Card]:
        """What lies under a card, or at the top."""
        return self._children.get((kind, card.id if card else None), [])

    def tree(self, kind: Kind) -> Iterator[tuple[int, Card]]:
        """Every card with its depth, each before what lies under it."""
        waiting = [(0, card) for card in reversed(self.under(None, kind))]
        while waiting:
            depth, card = waiting.pop()
            yield depth, card
            waiting += [(depth + 1, one) for one in reversed(self.under(card, kind))]

    def line(self, card: Card) -> list[Card]:
        """The card and what it lies under, from the top."""
        found = [card]
        while above := self.parent(found[0]):
            found.insert(0, above)
        return found

    @cached_property
    def _by_kind(self) -> dict[Kind, list[Card]]:
        found: dict[Kind, list[Card]] = {}
        for card in sorted(self._cards.values(), key=lambda one: (one.rank, one.id)):
            if not card.is_gone:
                found.setdefault(card.kind, []).append(card)
        return found

    @cached_property
    def _parts(self) -> dict[tuple[Kind, str], list[Card]]:
        found: dict[tuple[Kind, str], list[Card]] = {}
        for kind in PARTS:
            for card in self.of_kind(kind):
                found.setdefault((kind, card.text("of")), []).append(card)
        return found

    @cached_property
    def _parents(self) -> dict[str, str]:
        """Two people can put two cards under each other: then the first of them is at the top."""
        found: dict[str, str] = {}
        for kind in (Kind.GROUP, Kind.TOPIC):
            for card in sorted(self.of_kind(kind), key=lambda one: one.id):
                above = self._standing(card.text("under"))
                if above and above != card.id and not _leads_to(above, card.id, found):
                    found[card.id] = above
        return found

    def _standing(self, above: str) -> str:
        """What lies under a card that is gone lies under what that one lay under."""
        seen = set()
        while above in self._cards and self._cards[above].is_gone and above not in seen:
            seen.add(above)
            above = self._cards[above].text("under")
        return above if above in self else ""

    @cached_property
    def _children(self) -> dict[tuple[Kind, str | None], list[Card]]:
        found: dict[tuple[Kind, str | None], list[Card]] = {}
        for kind in (Kind.GROUP, Kind.TOPIC):
            for card in self.of_kind(kind):
                found.setdefault((kind, self._parents.get(card.id)), []).append(card)
        return found


def _rows_of_parts(cards: Iterable[Card]) -> set[str]:
    """Rows on which something lies, though nothing is written on them."""
    return {
        card.text("of")
        for card in cards
        if not card.is_gone and card.kind in PARTS and is_row(card.text("of"))
    }


def _leads_to(start: str, goal: str, parents: Mapping[str, str]) -> bool:
    while start in parents:
        start = parents[start]
        if start == goal:
            return True
    return start == goal
