"""The text between the tags, without parsing: for HTML that no parser should be given."""

import re
from html import unescape

from connectors.email.parsing.html_tags import comments_out, tags

_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n(?: ?\n)+ ?")
_SILENT = frozenset(["head", "script", "style", "template", "title"])
_LINE_ENDS = frozenset(["blockquote", "br", "div", "h1", "h2", "h3", "li", "p", "table", "tr"])


def bare_text(html: str) -> str:
    pieces: list[str] = []
    position = 0
    silent = ""
    for tag in tags(html):
        if not silent:
            pieces.append(comments_out(html[position : tag.start]))
            pieces.append("\n" if tag.name in _LINE_ENDS else "")
        position = tag.end
        if tag.name == silent and tag.closing:
            silent = ""
        elif tag.name in _SILENT and not tag.closing:
            silent = silent or tag.name
    if not silent:
        pieces.append(comments_out(html[position:]))
    text = _SPACES.sub(" ", unescape("".join(pieces)))
    return _BLANK_LINES.sub("\n\n", text).strip()
