"""Keeps the HTML parsers away from what they cannot do in reasonable time, in one linear pass.

Both parsers take time that grows with the square of nesting: a megabyte of `<div>` is minutes. So
the nesting is estimated first, never too low by much: a closing tag counts only where the HTML
standard lets it close something. What still gets by meets the time limit of the worker.
https://html.spec.whatwg.org/multipage/parsing.html
"""

import re

from connectors.email.parsing import limits
from connectors.email.parsing.html_tags import Tag, tags

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_BETWEEN_ATTRIBUTES = re.compile(r"[\s/]+")
_FEW_CHARACTERS = 4_000
_SCRIPT_IN_SCRIPT = re.compile(r"<script\b(?:(?!</script)[\s\S])*?<script\b", re.IGNORECASE)
_FOREIGN = re.compile(r"<(?:svg|math)\b", re.IGNORECASE)

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "wbr"]
)
_CLOSES_ITSELF = frozenset(
    ["a", "button", "dd", "dt", "li", "nobr", "option", "p", "td", "th", "tr"]
)
_SCOPES = frozenset(
    ["applet", "caption", "marquee", "object", "select", "table", "td", "template", "th"]
)
_TABLE = frozenset(["caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"])
_FORMATTING = frozenset(
    [
        "a",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u",
    ]
)


def is_tame(html: str) -> bool:
    """Whether the parsers can take it."""
    # Where a script within a script ends takes a real parser.
    if len(html) > limits.HTML_CHARS or _SCRIPT_IN_SCRIPT.search(html):
        return False
    # Inside svg and math other rules hold, and there is hardly a mail with either.
    most_tags = limits.HTML_FOREIGN_TAGS if _FOREIGN.search(html) else limits.HTML_TAGS
    nesting = Nesting()
    for number, tag in enumerate(tags(html)):
        if number > most_tags or _many_attributes(tag.attributes):
            return False
        nesting.take(tag)
        if nesting.depth > limits.HTML_DEPTH:
            return False
    return True


class Nesting:
    """How deep the elements are nested, as far as tags alone can tell."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._lingering = 0
        """Formatting that was closed by what it stands in; parsers open it again in the next."""

    @property
    def depth(self) -> int:
        return len(self._open) + self._lingering

    def take(self, tag: Tag) -> None:
        if tag.closing:
            self._close(tag.name)
        elif tag.name not in _VOID:
            if tag.name in _CLOSES_ITSELF and self._open and self._open[-1] == tag.name:
                self._open.pop()
            self._open.append(tag.name)

    def _close(self, name: str) -> None:
        """Everything inside goes with the element; but only a table's tags reach out of a cell."""
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index] == name:
                if name not in _SCOPES:
                    inside = self._open[index + 1 :]
                    self._lingering += sum(element in _FORMATTING for element in inside)
                del self._open[index:]
                return
            if self._open[index] in _SCOPES and name not in _TABLE:
                return
        if name in _FORMATTING and self._lingering:
            self._lingering -= 1


def _many_attributes(attributes: str) -> bool:
    if len(attributes) < _FEW_CHARACTERS:
        return False
    words = _BETWEEN_ATTRIBUTES.split(_QUOTED.sub("", attributes))
    return len(words) > limits.HTML_ATTRIBUTE_WORDS
