"""Entries that a model can have: what does not fit in one is left out and told."""

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
        while True:
            try:
                kind.model_validate(entry | ({ID: name} if name else {}))
            except ValidationError as error:
                bad = {str(one["loc"][0]) for one in error.errors() if one["loc"]} & entry.keys()
                for key in sorted(bad):
                    self.misfit(card, key, entry[key])
                if not bad:
                    return None
                entry = {key: value for key, value in entry.items() if key not in bad}
            else:
                return entry


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
