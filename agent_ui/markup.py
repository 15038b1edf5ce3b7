"""The few marks that agents may set in a mail, as HTML: **bold**, *italic*, lists, links. Pure.

What goes out is made safe once more, as if a stranger had written it.
"""

import re
from collections.abc import Iterator
from html import escape

import nh3

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote"}
_BULLET = re.compile(r"[-*•] +(.*)")
_NUMBER = re.compile(r"\d{1,3}[.)] +(.*)")
_QUOTE = re.compile(r"&gt; ?(.*)")
_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\((https?://[^\s()<>]{1,2000})\)")
_BOLD = re.compile(r"\*\*(?=\S)(.{1,2000}?)(?<=\S)\*\*")
_ITALIC = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,2000}?)(?<=\S)\*(?![\w*])")
_BARE = re.compile(r'(?<!["\w>/])(https?://[^\s<>"]{1,2000}[^\s<>".,;:!?)])')


def to_html(text: str) -> str:
    """A safe fragment: paragraphs at empty lines, a line break at each line."""
    blocks = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip("\n"))
    body = "\n".join(part for block in blocks for part in _block(block.split("\n")))
    return nh3.clean(
        body,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )


def _block(lines: list[str]) -> Iterator[str]:
    """Lines of one kind together: a list, a quotation, or a paragraph."""
    kind, gathered = "", list[str]()
    for line in lines:
        found, content = _kind(escape(line, quote=False))
        if gathered and found != kind:
            yield _together(kind, gathered)
            gathered = []
        kind = found
        gathered.append(_inline(content))
    if any(one.strip() for one in gathered):
        yield _together(kind, gathered)


def _kind(line: str) -> tuple[str, str]:
    for name, pattern in (("ul", _BULLET), ("ol", _NUMBER), ("blockquote", _QUOTE)):
        if match := pattern.fullmatch(line.strip()):
            return name, match[1]
    return "p", line


def _together(kind: str, lines: list[str]) -> str:
    if kind in ("ul", "ol"):
        items = "".join(f"<li>{line}</li>" for line in lines)
        return f"<{kind}>{items}</{kind}>"
    return f"<{kind}>{'<br>'.join(lines)}</{kind}>"


def _inline(text: str) -> str:
    text = _LINK.sub(r'<a href="\2">\1</a>', text)
    text = _BARE.sub(r'<a href="\1">\1</a>', text)
    return _ITALIC.sub(r"<em>\1</em>", _BOLD.sub(r"<strong>\1</strong>", text))
