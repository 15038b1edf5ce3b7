"""How the chat looks on a website: its colour and first words, chosen by administrators."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from hub.errors import Rejected
from hub.store import choices

CHOICE = "chat_look"
USUAL = "#1b5cb8"
"""The colour that the chat has by itself, in the light."""
LONGEST_TITLE = 60
LONGEST_GREETING = 300
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_WHITE, _INK, _DARK_PAGE = "#ffffff", "#1a1f26", "#171b21"
_SEEN = 3.0
"""The contrast that what is no text needs (WCAG 1.4.11)."""


@dataclass(frozen=True)
class Look:
    """Of one website; what is empty is as the chat has it by itself. Words go by language."""

    accent: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    greetings: Mapping[str, str] = field(default_factory=dict)

    @property
    def on_accent(self) -> str:
        """White or ink: what reads better on the colour."""
        return max((_WHITE, _INK), key=lambda one: contrast(one, self.accent))

    def for_page(self) -> dict[str, Any]:
        """What the script on the website is told."""
        colours: dict[str, Any] = {}
        if self.accent:
            colours = {"accent": self.accent, "onAccent": self.on_accent}
            # In the dark a colour that cannot be seen stays as the chat has it.
            colours["dark"] = contrast(self.accent, _DARK_PAGE) >= _SEEN
        return colours | {"titles": dict(self.titles), "greetings": dict(self.greetings)}


def looks(connection: Connection, *, lock: bool = False) -> dict[str, Look]:
    """By the key of the website; only of those for which somebody chose something."""
    kept = choices.value(connection, CHOICE, lock=lock)
    return {site: Look(**look) for site, look in kept.items()}


def keep(connection: Connection, site: str, look: Look, *, by: str) -> None:
    """Raises Rejected for what cannot be read on the page."""
    if look.accent and not _COLOUR.fullmatch(look.accent):
        raise Rejected("bad_colour", "Write a colour as #1b5cb8.", status=422)
    if look.accent and contrast(look.accent, _WHITE) < _SEEN:
        raise Rejected("pale_colour", "Choose a darker colour: it is hardly seen.", status=422)
    # Locked: somebody else may just now choose for another website.
    kept = choices.value(connection, CHOICE, lock=True)
    words = {
        "titles": _short(look.titles, LONGEST_TITLE),
        "greetings": _short(look.greetings, LONGEST_GREETING),
    }
    chosen = {"accent": "" if look.accent == USUAL else look.accent} | words
    choices.keep(connection, CHOICE, kept | {site: chosen}, by=by)


def contrast(one: str, other: str) -> float:
    """Of two colours, as WCAG counts it: from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 (sRGB)
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _short(words: Mapping[str, str], most: int) -> dict[str, str]:
    return {language: text.strip()[:most] for language, text in words.items() if text.strip()}
