"""Every text that a person reads, in their language.

The English text is the key; `locale/nl.json` holds the Dutch. `N_` marks a text that is looked up
elsewhere, so that the check for missing translations finds it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from markupsafe import Markup

LANGUAGES: Mapping[str, str] = {"en": "English", "nl": "Nederlands"}
DEFAULT = "en"

_FOLDER = Path(__file__).parent / "locale"
_ACCEPTED = re.compile(
    r"^\s*([a-z]{1,8})(?:-[a-z0-9-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*$"
)


def N_(text: str) -> str:  # noqa: N802 (what gettext calls it, and its tools look for)
    return text


CLIENT_TEXTS = (
    N_("{n} d"),
    N_("{n} h"),
    N_("{n} min"),
    N_("under a minute"),
    N_("late by {time}"),
    N_("due in {time}"),
    N_("Live"),
    N_("Connecting again"),
    N_("Signed out"),
    N_("1 new message"),
    N_("{n} new messages"),
    N_("New work: {title}"),
    N_("and {n} more"),
    N_("Draft kept"),
    N_("Loket cannot be reached. What you typed is kept. Try again."),
    N_("You are signed out. What you typed is kept."),
    N_("Sign in again"),
    N_("Nothing waits for your roles."),
    N_("{n} s"),
    N_("Work is offered to you"),
    N_("{n} cells"),
    N_("{n} cells are changed and not saved yet."),
    N_("“{name}” is not a role: nothing was pasted."),
    N_("inherited"),
    N_("1 change waits for the network. It is kept."),
    N_("{n} changes wait for the network. They are kept."),
    N_("Not kept: {what}. {why}"),
)
"""What the scripts say; the page hands it to them."""


class Texts:
    """The texts in one language: `_("Put back")`, `_("{name} has it.", name=name)`."""

    def __init__(self, language: str, catalogue: Mapping[str, str]) -> None:
        self.language = language
        self._catalogue = catalogue

    def __call__(self, text: str, /, **values: object) -> str:
        found = self._catalogue.get(text, text)
        if any(isinstance(value, Markup) for value in values.values()):
            # What a macro made is escaped already; the page would do it once more.
            return Markup(found).format(**values)  # noqa: S704 (a text of ours, which escapes the rest)
        return found.format(**values) if values else found

    def table(self, texts: Sequence[str]) -> dict[str, str]:
        return {text: self(text) for text in texts}

    def count(self, number: int, one: str, many: str) -> str:
        """`one` or `many`, with the number at `{n}`."""
        return self(one if number == 1 else many, n=number)


def load_catalogue(language: str) -> dict[str, str]:
    path = _FOLDER / f"{language}.json"
    if language == DEFAULT:
        return {}
    catalogue: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return catalogue


_TEXTS = {language: Texts(language, load_catalogue(language)) for language in LANGUAGES}


def texts_for(language: str) -> Texts:
    return _TEXTS.get(language, _TEXTS[DEFAULT])


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
