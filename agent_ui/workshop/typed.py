"""What people type into the fields of a session, as writes. Roles and skills are called by their
titles there: one that is not there yet is made."""

import re
from collections.abc import Mapping, Sequence

from agent_ui.workshop.moves import Doing, last_rank, titled
from hub.errors import Rejected
from hub.workshop import Kind, Write, new_card
from hub.workshop.vocabulary import FIELDS, MOST_NAMES, TAKEN_BACK, Form, kind_of

_ROLES = frozenset({"role", "backup", "who", "approver", "triage"})
_LONG = frozenset(
    {"words", "senders", "accounts", "patterns", "attachments", "events", "exceptions"}
)
_LEVELS = frozenset("12345")
_DEFAULT_LEVEL = "3"


def typed(doing: Doing, fields: Mapping[str, Sequence[str]]) -> list[Write]:
    """What stands in the fields of a form, called `w:CARD:FIELD`. What was not changed is no write
    of it."""
    writes: list[Write] = []
    for name, given in fields.items():
        if not name.startswith("w:"):
            continue
        _, card, field = name.split(":", 2)
        form = FIELDS[kind_of(card)].get(field)
        if form is Form.LIST:
            value: object = [one for one in given if one] or None
        elif form is Form.FLAG:
            value = True if given[-1] else None
        else:
            value, more = _text(doing, field, given[-1], len(writes))
            writes += more
        if not _repeats(doing, card, field, value):
            writes.append(Write(card, field, value, doing.base))
    return writes


def _text(doing: Doing, field: str, given: str, number: int) -> tuple[str | None, list[Write]]:
    """What is written, and the cards that it makes: a role that is not there yet, a skill."""
    text = given.strip() if field in _LONG else " ".join(given.split())
    if field in _ROLES and text and text != TAKEN_BACK:
        return _called(doing, Kind.ROLE, text, number)
    if field == "skills" and text and text != TAKEN_BACK:
        found, writes = [], []
        parts = re.split(r"[,;\n]", text)
        if len(parts) > MOST_NAMES:
            raise Rejected("too_much_at_once", "That is too much at once.")
        for place, part in enumerate(parts):
            title, level = _skill(part.strip())
            if title:
                card, more = _called(doing, Kind.SKILL, title, number + place)
                found.append(f"{card} {level}")
                writes += more
        return ", ".join(found) or None, writes
    return text or None, []


def _skill(text: str) -> tuple[str, str]:
    """The title and the level of `Dutch 4`, `Dutch: 4` or `Dutch`."""
    has_level = text[1:] and text[-1] in _LEVELS
    title, level = (text[:-1], text[-1]) if has_level else (text, _DEFAULT_LEVEL)
    return title.rstrip(" :="), level


def _called(doing: Doing, kind: Kind, title: str, number: int) -> tuple[str, list[Write]]:
    """The card with this title, or a new one."""
    wanted = title.casefold()
    for card in doing.board.of_kind(kind):
        if wanted in (card.id, *(card.text(f"title_{one}").casefold() for one in ("en", "nl"))):
            return card.id, []
    card_id = new_card(kind, f"{doing.operation} {wanted}", number)
    return card_id, titled(doing, card_id, title, last_rank(doing.board.of_kind(kind)) + 1)


def _repeats(doing: Doing, card: str, field: str, value: object) -> bool:
    """A title shown in the other language, for want of one in this, is not written by saving it."""
    name, _, language = field.rpartition("_")
    known = doing.board.get(card)
    return (
        language in ("en", "nl")
        and not known.text(field)
        and value in (known.title(language, name), None)
    )
