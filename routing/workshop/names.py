"""The names that cards have in a model: made of their titles once, and then kept."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from hub.workshop import Board, Card, Kind
from routing.tree import ANY

LONGEST = 40
LONGEST_PATH = 200
DEEPEST = 10
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_NAMED = (Kind.ROLE, Kind.SKILL, Kind.HOURS)


def names_of(board: Board) -> dict[str, str]:
    """By card: paths of groups and topics, names of roles, skills and hours. Cards without a title
    have none, nor has what a name cannot be made for."""
    found: dict[str, str] = {}
    for kind in _NAMED:
        cards = [card for card in board.of_kind(kind) if has_title(card)]
        found |= unique(cards)
    for kind in (Kind.GROUP, Kind.TOPIC):
        _add_paths(board, kind, None, "", found)
    return found


def named(names: Mapping[str, str], kind: Kind, card: str) -> str:
    """What a card of this kind is called; empty for what is none, or is not there."""
    return names.get(card, "") if card.startswith(f"{kind}.") else ""


def has_title(card: Card) -> bool:
    return bool(card.title("en").strip())


def unique(cards: Iterable[Card]) -> dict[str, str]:
    """A name for each card, no two the same; a name that was given before is kept."""
    cards = list(cards)
    found: dict[str, str] = {}
    taken: set[str] = {ANY}
    for card in cards:
        given = card.text("name")
        if _NAME.fullmatch(given) and given not in taken:
            found[card.id] = given
            taken.add(given)
    for card in cards:
        if card.id not in found:
            found[card.id] = _free(slug(card.title("en")) or str(card.kind), taken)
            taken.add(found[card.id])
    return found


def slug(title: str) -> str:
    """Small letters, digits and dashes; empty when nothing of the title is one."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-")


def _free(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    return found


def _add_paths(
    board: Board, kind: Kind, above: Card | None, path: str, found: dict[str, str]
) -> None:
    cards = [card for card in board.under(above, kind) if has_title(card)]
    for card, name in unique(cards).items():
        own = f"{path}/{name}" if path else name
        if len(own) <= LONGEST_PATH and own.count("/") < DEEPEST:
            found[card] = own
            _add_paths(board, kind, board.get(card), own, found)


def given_names(board: Board, names: Mapping[str, str]) -> dict[str, str]:
    """The last part of each name that is not written on its card yet."""
    last = {card: name.rpartition("/")[2] for card, name in names.items()}
    return {card: name for card, name in last.items() if board.get(card).text("name") != name}
