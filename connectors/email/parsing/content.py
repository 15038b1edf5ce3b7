"""The text and the HTML that a person sees of a mail, chosen from its parts (RFC 2046, 5.1)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from connectors.email.mail import MailFile, Problems
from connectors.email.parsing import limits
from connectors.email.parsing.bare_text import bare_text
from connectors.email.parsing.charsets import decode, meta_charset
from connectors.email.parsing.clean import clean_text
from connectors.email.parsing.html_guard import is_tame
from connectors.email.parsing.html_text import html_text
from connectors.email.parsing.markup import safe_html
from connectors.email.parsing.parts import Part

_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")


@dataclass(frozen=True, slots=True)
class Content:
    text: str
    html: str
    files: tuple[MailFile, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """The source of one text body."""

    source: str
    is_html: bool


@dataclass(frozen=True, slots=True)
class _View:
    """A part as a reader of plain text sees it, and as one with HTML does."""

    plain: list[_Piece]
    rich: list[_Piece]


def read_content(root: Part, problems: Problems, *, plain: bool) -> Content:
    """`plain`: leave the HTML alone, but for its bare text."""
    view = _view(root, problems)
    texts = [_as_text(piece, plain=plain) for piece in view.plain]
    html = "" if plain else _as_html(view.rich, problems)
    files = tuple(part.file for part in walk(root) if part.file is not None)
    text = clean_text("\n\n".join(filter(None, texts)), limits.TEXT_CHARS)
    return Content(text, html, files)


def walk(part: Part) -> Iterator[Part]:
    """The part and all below it, in the order of the mail."""
    yield part
    for child in part.children:
        yield from walk(child)


def _view(part: Part, problems: Problems) -> _View:
    if part.content_type in _ENCRYPTED and part.parameters.get("smime-type") != "signed-data":
        problems.add("the mail is encrypted: its text cannot be shown here")
    if part.children:
        views = [_view(child, problems) for child in part.children]
        if part.content_type == "multipart/alternative":
            return _alternative(views)
        return _View(_all(view.plain for view in views), _all(view.rich for view in views))
    if part.file is not None or not part.body:
        return _View([], [])
    piece = _piece(part, problems)
    return _View([piece], [piece])


def _all(pieces: Iterable[list[_Piece]]) -> list[_Piece]:
    return [piece for some in pieces for piece in some]


def _alternative(views: list[_View]) -> _View:
    """Of equals, the plainest first and the richest last: each reader takes its own."""
    filled = [view for view in views if any(piece.source.strip() for piece in view.plain)]
    plain = [view for view in filled if not any(piece.is_html for piece in view.plain)]
    rich = [view for view in filled if any(piece.is_html for piece in view.rich)]
    return _View(
        next((view.plain for view in (*plain, *filled)), []),
        next((view.rich for view in (*reversed(rich), *reversed(filled))), []),
    )


def _piece(part: Part, problems: Problems) -> _Piece:
    is_html = part.content_type == "text/html"
    charset = part.parameters.get("charset", "")
    if is_html and not charset:
        charset = meta_charset(part.body)
    source, doubt = decode(part.body, charset, cut=part.cut)
    if doubt:
        problems.add("decoded with doubt: some characters may be wrong")
    if part.cut:
        problems.add("the text is very long: it was cut")
    return _Piece(clean_text(source, len(source)), is_html)


def _as_text(piece: _Piece, *, plain: bool) -> str:
    if not piece.is_html:
        return piece.source.strip()
    if plain or not is_tame(piece.source):
        return bare_text(piece.source)
    return html_text(piece.source)


def _as_html(pieces: list[_Piece], problems: Problems) -> str:
    if not any(piece.is_html for piece in pieces):
        return ""
    if not all(is_tame(piece.source) for piece in pieces if piece.is_html):
        problems.add("its HTML is too large or nested too deep: shown as text")
        return ""
    return "\n".join(
        safe_html(piece.source) if piece.is_html else _escaped(piece.source) for piece in pieces
    )


def _escaped(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())
