"""The text of a mail that we write, and the same as HTML for who prefers that."""

import re
from collections.abc import Iterable
from email.message import MIMEPart
from email.policy import SMTP
from html import escape
from itertools import groupby

from connectors.email.parsing.clean import clean_text

_LONGEST_TEXT = 5_000_000
_POLICY = SMTP.clone(cte_type="7bit")
_LINK = re.compile(r"https?://[^\s<>\"]{1,2000}")
_NOT_OF_A_LINK = ".,;:!?)]}'"
_PAGE = '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{}</body></html>'
_QUOTE_STYLE = "margin:0 0 0 1ex;border-left:2px solid #ccc;padding-left:1ex"
_QUOTE = f'<blockquote style="{_QUOTE_STYLE}">{{}}</blockquote>'
_MARKER = '<p style="color:#999;font-size:smaller">{}</p>'


def body_part(text: str, html: str, marker: str) -> bytes:
    """multipart/alternative with its own header; `html` empty means made from the text."""
    text = clean_text(text, _LONGEST_TEXT).strip("\n")
    mark = f"[loket:{marker}]" if marker else ""
    part = MIMEPart(policy=_POLICY)
    part.set_content(f"{text}\n\n{mark}\n" if mark else f"{text}\n")
    page = clean_text(html, _LONGEST_TEXT) or to_html(text)
    page += _MARKER.format(escape(mark)) if mark else ""
    part.add_alternative(_PAGE.format(page), subtype="html")
    return part.as_bytes()


def to_html(text: str) -> str:
    """Paragraphs, links and quotes, as the text has them."""
    blocks = groupby(text.split("\n"), key=lambda line: line.startswith(">"))
    return "".join(_quote(lines) if quoted else _paragraphs(lines) for quoted, lines in blocks)


def _quote(lines: Iterable[str]) -> str:
    inner = "\n".join(line[1:].removeprefix(" ") for line in lines)
    return _QUOTE.format(_paragraphs(inner.split("\n")))


def _paragraphs(lines: Iterable[str]) -> str:
    paragraphs = re.split(r"\n{2,}", "\n".join(lines).strip("\n"))
    return "".join(f"<p>{_linked(text)}</p>" for text in paragraphs if text.strip())


def _linked(text: str) -> str:
    pieces: list[str] = []
    position = 0
    for found in _LINK.finditer(text):
        link = found[0].rstrip(_NOT_OF_A_LINK)
        address = escape(link)
        pieces.append(escape(text[position : found.start()]))
        pieces.append(f'<a href="{address}">{address}</a>')
        position = found.start() + len(link)
    pieces.append(escape(text[position:]))
    return "".join(pieces).replace("\n", "<br>\n")
