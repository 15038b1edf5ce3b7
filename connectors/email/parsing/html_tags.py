"""The tags of an HTML text in one linear pass, without building a tree.

https://html.spec.whatwg.org/multipage/parsing.html#tokenization
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

# A quote opens a value only behind a name and "=", and a "<" inside a tag is a part of it.
_ATTRIBUTES = r"""(?:[^\s"'>/=]++\s*+(?:=\s*+(?:"[^"]*"|'[^']*'|[^\s"'>]++)?)?|[\s"'/=])*+"""
_COMMENT = r"<!--(?:-?>|[\s\S]*?(?:--!?>|\Z))|<(?:[!?]|/[^a-zA-Z])[^>]*+>?"
_COMMENTS = re.compile(_COMMENT)
_TAG = re.compile(rf"{_COMMENT}|<(/?)([a-zA-Z][^\s/>]{{0,30}}+)({_ATTRIBUTES})>?")
# What is inside these is no HTML.
_RAW = ("iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp")
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}


class Tag(NamedTuple):
    """`start` and `end` are its place in the text."""

    name: str
    closing: bool
    attributes: str
    start: int
    end: int


def tags(html: str) -> Iterator[Tag]:
    """All but comments and declarations."""
    position = 0
    while found := _TAG.search(html, position):
        position = found.end()
        if found[2] is None:
            continue
        tag = Tag(found[2].lower(), bool(found[1]), found[3], found.start(), position)
        yield tag
        if tag.name in _RAW_END and not tag.closing:
            end = _RAW_END[tag.name].search(html, position)
            position = end.start() if end else len(html)


def comments_out(text: str) -> str:
    """What stands between two tags, without the comments in it."""
    return _COMMENTS.sub("", text)
