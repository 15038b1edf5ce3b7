"""Entries that a model can have: what does not fit in one is left out and told."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from hub.workshop import Card
from routing.entry import ID
from routing.workshop.remark import Remark, remark

Plain = dict[str, Any]
_LONGEST_TITLE = 300
_SHOWN = 60


@dataclass
class Notes:
    """What came up on the way: `untranslated` are cards, each with the language that it lacks."""

    remarks: list[Remark] = field(default_factory=list)
    untranslated: list[tuple[str, str]] = field(default_factory=list)

    def misfit(self, card: str, name: str, written: object, en: str = "", nl: str = "") -> None:
        """This cannot be in a model; `en` and `nl` say what can."""
        shown = str(written)[:_SHOWN]
        says = f"“{shown}” does not fit here. {en}".strip()
        zegt = f"“{shown}” past hier niet. {nl}".strip()
        self.remarks.append(remark(card, name, says, zegt))

    def titles(self, card: Card, name: str = "title") -> Plain:
        """In both languages: what is written in one stands for both until the other is there."""
        written = {language: _line(card.title(language, name)) for language in ("en", "nl")}
        for language in written:
            if not card.is_titled(language, name):
                self.untranslated.append((card.id, language))
        return written

    def fitted(
        self, kind: type[BaseModel], entry: Plain, card: str, name: str = ""
    ) -> Plain | None:
        """The entry as far as it fits; None when nothing is left of it."""
        entry = deepcopy(entry)
        while True:
            try:
                kind.model_validate(entry | ({ID: name} if name else {}))
            except ValidationError as error:
                places = {_place_in(entry, one["loc"]) for one in error.errors()} - {()}
                if not places:
                    return None
                for place in sorted(places, key=str, reverse=True):
                    self.misfit(card, _field(place), _take_out(entry, place))
            else:
                return entry


Place = tuple[str | int, ...]


def _place_in(entry: Any, steps: Place) -> Place:
    """The steps as far as they lead into the entry."""
    found: list[str | int] = []
    for step in steps:
        inside = dict(enumerate(entry)) if isinstance(entry, list) else entry
        if not isinstance(inside, dict) or step not in inside:
            break
        entry = inside[step]
        found.append(step)
    return tuple(found)


def _take_out(entry: Any, place: Place) -> Any:
    for step in place[:-1]:
        entry = entry[step]
    return entry.pop(place[-1])


def _field(place: Place) -> str:
    """The field of a card that a place belongs to: `rules.words.2` is in `words`."""
    names = [str(step) for step in place if isinstance(step, str)]
    return names[min(1, len(names) - 1)] if names[0] == "rules" else names[0]


def _line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_TITLE]


def joined(rest: Any, entry: Plain) -> Plain:
    """What the session itself knows, and what it carried along from an earlier version."""
    if not isinstance(rest, dict):
        return entry
    both = {
        key: joined(rest[key], value) if isinstance(value, dict) else value
        for key, value in entry.items()
        if key in rest
    }
    return {**rest, **entry, **both}
