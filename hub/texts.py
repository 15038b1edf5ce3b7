"""Texts that a person reads, in their language.

The English text is the key; a folder of gettext catalogues (PO files, read by Babel) holds the
other languages. `N_` marks a text that is looked up elsewhere, so that a check for missing
translations finds it.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from babel.messages.pofile import read_po
from markupsafe import Markup

LANGUAGES: Mapping[str, str] = {"en": "English", "nl": "Nederlands"}
DEFAULT = "en"

_ACCEPTED = re.compile(
    r"^\s*([a-z]{1,8})(?:-[a-z0-9-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*$"
)


def N_(text: str) -> str:  # noqa: N802 (what gettext calls it, and its tools look for)
    return text


class Said(str):
    """A sentence in English that knows how it was made, so that `Texts.said` can make it in another
    language: `Said("{n} of our numbers", n=3)`. A value may be such a sentence itself."""

    __slots__ = ("text", "values")
    text: str
    values: Mapping[str, object]

    def __new__(cls, text: str, /, **values: object) -> Self:
        made = super().__new__(cls, text.format(**values))
        made.text, made.values = text, values
        return made


class Texts:
    """The texts in one language: `_("Put back")`, `_("{name} has it.", name=name)`."""

    def __init__(self, language: str, catalogue: Mapping[str, str]) -> None:
        self.language = language
        self._catalogue = catalogue

    def __call__(self, text: str, /, **values: object) -> str:
        found = self._catalogue.get(text, text)
        if not values:
            return found
        if any(isinstance(value, Markup) for value in values.values()):
            # What a macro made is escaped already; the page would do it once more.
            return Markup(found).format(**values)  # noqa: S704 (a text of ours, which escapes the rest)
        return found.format(**values)

    def said(self, sentence: str) -> str:
        """A sentence in this language; one that does not know how it was made stays as it is."""
        if not isinstance(sentence, Said):
            return sentence
        values = {
            name: self.said(value) if isinstance(value, str) else value
            for name, value in sentence.values.items()
        }
        return self._catalogue.get(sentence.text, sentence.text).format(**values)

    def table(self, texts: Sequence[str]) -> dict[str, str]:
        return {text: self(text) for text in texts}

    def mapping(self, texts: Mapping[str, str]) -> dict[str, str]:
        """The same keys, with their texts in this language."""
        return {key: self(text) for key, text in texts.items()}

    def count(self, number: int, one: str, many: str) -> str:
        """`one` or `many`, with the number at `{n}`."""
        return self(one if number == 1 else many, n=number)


def catalogue(folder: Path, language: str) -> dict[str, str]:
    """The texts of a language, from `LANGUAGE.po` and each `LANGUAGE.PART.po` in the folder; none
    for the language of the keys."""
    if language == DEFAULT:
        return {}
    files = [folder / f"{language}.po", *sorted(folder.glob(f"{language}.*.po"))]
    found: dict[str, str] = {}
    for file in files:
        found |= _read(file)
    return found


def _read(file: Path) -> dict[str, str]:
    with file.open("rb") as opened:
        messages = read_po(opened, abort_invalid=True)
    done = (one for one in messages if one.id and one.string and not one.fuzzy)
    return {str(message.id): str(message.string) for message in done}


def all_texts(folder: Path) -> dict[str, Texts]:
    """By language."""
    return {language: Texts(language, catalogue(folder, language)) for language in LANGUAGES}


def preferred(*choices: str, accept: str = "") -> str:
    """The first choice that we speak, else what the browser likes best."""
    for choice in choices:
        if choice in LANGUAGES:
            return choice
    return next((name for name in _accepted(accept) if name in LANGUAGES), DEFAULT)


def _accepted(header: str) -> list[str]:
    parts = header.lower()[:500].replace(" ", "").split(",")
    matches = [_ACCEPTED.fullmatch(part) for part in parts]
    weighed = [(float(m[2] or 1), m[1]) for m in matches if m]
    return [name for weight, name in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]
