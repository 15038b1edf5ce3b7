"""Keeps the HTML parsers away from what they cannot do in reasonable time, in one linear pass.

Both parsers take time that grows with the square of nesting: a megabyte of `<div>` is minutes. The
estimate here is rough. What gets by it meets the time limit of the worker.
"""

import re
from html import unescape

from connectors.email.parsing import limits

_TAG = re.compile(r"<!--[\s\S]*?(?:-->|\Z)|<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,30})([^<>]*)>?")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_BETWEEN_ATTRIBUTES = re.compile(r"[\s/]+")
_FEW_CHARACTERS = 4_000
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")

_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
_CLOSES_ITSELF = frozenset(["p", "li", "td", "th", "tr", "dd", "dt", "option"])
_SCOPES = frozenset(["table", "td", "th", "caption", "object", "marquee", "applet", "template"])
_TABLE = frozenset(["table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption"])
_SILENT = frozenset(["script", "style", "title", "head", "template"])
_LINE_ENDS = frozenset(["br", "p", "div", "tr", "li", "table", "h1", "h2", "h3", "blockquote"])


def is_tame(html: str) -> bool:
    """Whether the parsers can take it."""
    if len(html) > limits.HTML_CHARS:
        return False
    open_elements: list[str] = []
    for number, tag in enumerate(_TAG.finditer(html)):
        closing, name, attributes = tag.groups()
        if name is None:
            continue
        if number > limits.HTML_TAGS or _many_attributes(attributes):
            return False
        if closing:
            _close(open_elements, name.lower())
        else:
            _open(open_elements, name.lower())
        if len(open_elements) > limits.HTML_DEPTH:
            return False
    return True


def bare_text(html: str) -> str:
    """The text between the tags, without parsing: for what is not tame."""
    pieces: list[str] = []
    position = 0
    silent = ""
    for tag in _TAG.finditer(html):
        if not silent:
            pieces.append(html[position : tag.start()])
        position = tag.end()
        closing, name = tag[1], (tag[2] or "").lower()
        if silent:
            silent = "" if closing and name == silent else silent
        elif name in _SILENT and not closing:
            silent = name
        elif name in _LINE_ENDS:
            pieces.append("\n")
    if not silent:
        pieces.append(html[position:])
    text = _SPACES.sub(" ", unescape("".join(pieces)))
    return _BLANK_LINES.sub("\n\n", text).strip()


def _many_attributes(attributes: str) -> bool:
    if len(attributes) < _FEW_CHARACTERS:
        return False
    words = _BETWEEN_ATTRIBUTES.split(_QUOTED.sub("", attributes))
    return len(words) > limits.HTML_ATTRIBUTE_WORDS


def _open(open_elements: list[str], name: str) -> None:
    if name in _VOID:
        return
    if name in _CLOSES_ITSELF and open_elements and open_elements[-1] == name:
        open_elements.pop()
    open_elements.append(name)


def _close(open_elements: list[str], name: str) -> None:
    """As the HTML standard does: up to the element itself, but not out of a table's cell."""
    for depth in range(len(open_elements) - 1, -1, -1):
        if open_elements[depth] == name:
            del open_elements[depth:]
            return
        if open_elements[depth] in _SCOPES and name not in _TABLE:
            return
