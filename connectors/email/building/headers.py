"""Header fields as ASCII with CRLF, folded. No value can break out of its field.

Why not the standard library's: it decodes encoded words that somebody typed, and folds a long
message id into encoded words, by which threads break.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import quote

from connectors.email.parsing.addresses import Mailbox, canonical_address
from connectors.email.parsing.clean import clean_line
from connectors.email.parsing.filenames import clean_filename
from connectors.email.parsing.limits import NAME_CHARS, SUBJECT_CHARS
from hub.errors import Rejected

_LINE = 76
_WORD_BYTES = 45
_SECTION = 50
_ID = re.compile(r"[!-;=?-~]{1,900}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_QUOTED = re.compile(r'(["\\])')
_PLAIN_FILENAME = re.compile(r"[A-Za-z0-9._ -]{1,60}")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_FOLD = "\r\n "


def text_field(name: str, value: str) -> str:
    """A field for people, such as the subject."""
    text = clean_line(value, SUBJECT_CHARS)
    return f"{name}: {_folded(name, text) or _encoded_words(text)}\r\n"


def mailbox_field(name: str, boxes: Iterable[Mailbox]) -> str:
    """Addresses with their names. Raises Rejected for one that cannot be mailed, or for none."""
    written = [_mailbox(box) for box in boxes]
    if not written:
        raise Rejected("no_address", f"The mail has no address under {name}.")
    return f"{name}: {f',{_FOLD}'.join(written)}\r\n"


def id_field(name: str, ids: Iterable[str]) -> str:
    """Message ids, one to a line; what cannot be an id is left out. Empty without any."""
    usable = [f"<{i.strip('<>')}>" for i in ids if _ID.fullmatch(i.strip("<>"))]
    return f"{name}: {_FOLD.join(usable)}\r\n" if usable else ""


def content_type(claimed: str) -> str:
    """The type as it may stand in a field.

    RFC 2046, 5.2.1: a message within a message may not be encoded, so it travels as mere bytes.
    """
    known = claimed.lower()
    encodable = _TYPE.fullmatch(known) and not known.startswith(("message/", "multipart/"))
    return known if encodable else "application/octet-stream"


def disposition_field(filename: str) -> str:
    """An attachment's name; in sections when it is long or foreign (RFC 2231)."""
    name = clean_filename(filename) or "attachment.bin"
    if _PLAIN_FILENAME.fullmatch(name):
        return f'Content-Disposition: attachment; filename="{name}"\r\n'
    sections = _percent_sections(name)
    first, *rest = (f"filename*{number}*={text}" for number, text in enumerate(sections))
    parameters = [first.replace("=", "=utf-8''", 1), *rest]
    return f"Content-Disposition: attachment;{_FOLD}{f';{_FOLD}'.join(parameters)}\r\n"


def mailable(address: str) -> str:
    """The address as SMTP takes it. Raises Rejected when it does not."""
    usable = canonical_address(address)
    if not usable.isascii() or not usable:
        shown = clean_line(address, NAME_CHARS)
        raise Rejected("bad_address", f"“{shown}” is no address that mail can be sent to.")
    return usable


def _mailbox(box: Mailbox) -> str:
    address = mailable(box.address)
    name = clean_line(box.name, NAME_CHARS)
    if not name:
        return address
    if "=?" in name or not name.isascii():
        return f"{_encoded_words(name)}{_FOLD}<{address}>"
    if not _ATOMS.fullmatch(name):
        name = '"' + _QUOTED.sub(r"\\\1", name) + '"'
    return f"{name}{_FOLD}<{address}>"


def _folded(name: str, text: str) -> str:
    """Plain text folded at its spaces; empty when it has to be encoded."""
    if "=?" in text or not text.isascii():
        return ""
    lines = [""]
    room = _LINE - len(name) - 2
    for word in text.split(" "):
        if len(word) > _LINE:
            return ""
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append("")
            room = _LINE
        lines[-1] = f"{lines[-1]} {word}".lstrip()
    return _FOLD.join(lines)


def _encoded_words(text: str) -> str:
    """RFC 2047; no character is split over two words."""
    words = [b""]
    for character in text:
        data = character.encode()
        if len(words[-1]) + len(data) > _WORD_BYTES:
            words.append(b"")
        words[-1] += data
    return _FOLD.join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in words)


def _percent_sections(name: str) -> list[str]:
    sections = [""]
    for character in name:
        piece = quote(character, safe="")
        if len(sections[-1]) + len(piece) > _SECTION:
            sections.append("")
        sections[-1] += piece
    return sections
