"""Delivery reports about mail that we sent: RFC 3464, and what some mail systems write instead."""

import re
from collections.abc import Iterator

from connectors.email.parsing.addresses import canonical_address
from connectors.email.parsing.clean import clean_line
from connectors.email.parsing.content import walk
from connectors.email.parsing.fields import Fields
from connectors.email.parsing.identifiers import first_id, references
from connectors.email.parsing.parts import Part
from hub.interaction import Bounce

_LINE = re.compile(rb"^([!-9;-~]{1,100})[ \t]*:((?:[^\n]|\n[ \t])*+)", re.MULTILINE)
_BLOCK_END = re.compile(rb"\r?\n\r?\n")
_ID_IN_TEXT = re.compile(r"^[> ]{0,8}Message-ID:(.{1,1000})", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY_CODE = re.compile(r"\b([45])\d\d[ -]")
_ADDRESS_IN_TEXT = re.compile(r"<([^\s<>@]{1,64}@[^\s<>@]{1,253})>")
_DIAGNOSTIC_CHARS = 500
_TEXT_CHARS = 64 * 1024


def is_report(root: Part) -> bool:
    return root.content_type == "multipart/report"


def read_bounce(root: Part, text: str, *, from_daemon: bool) -> Bounce | None:
    """The report on the first recipient that failed, if this is one.

    `from_daemon`: the mail system itself sent this, so a report in free words may be believed.
    """
    status = next((p for p in walk(root) if p.content_type == "message/delivery-status"), None)
    if status is not None:
        return _standard(root, status)
    failed = root.fields.get("x-failed-recipients").partition(",")[0]
    original = _original_id(root) or _id_in(text)
    if from_daemon and (failed or original):
        return _in_free_words(text[:_TEXT_CHARS], failed, original)
    return None


def _standard(root: Part, status: Part) -> Bounce | None:
    blocks = [header_block(block) for block in _BLOCK_END.split(status.body)]
    recipients = [block for block in blocks if "action" in block]
    actions = ("failed", "delayed")
    reported = [b for action in actions for b in recipients if b.get("action").lower() == action]
    if not reported:
        return None
    block = reported[0]
    recipient = block.get("original-recipient") or block.get("final-recipient")
    code = block.line("status", 50).partition(" ")[0]
    return Bounce(
        message_id=_original_id(root) or next(iter(references(root.fields)), ""),
        recipient=_address(recipient),
        permanent=block.get("action").lower() == "failed" and not code.startswith("4"),
        status=code,
        diagnostic=block.line("diagnostic-code", _DIAGNOSTIC_CHARS),
    )


def _in_free_words(text: str, failed: str, original: str) -> Bounce:
    status = _STATUS.search(text)
    reply = _REPLY_CODE.search(text)
    address = _ADDRESS_IN_TEXT.search(text)
    line = next((line for line in text.split("\n") if _REPLY_CODE.search(line)), "")
    temporary = (status[1] if status else reply[1] if reply else "5").startswith("4")
    return Bounce(
        message_id=original,
        recipient=canonical_address(failed) or (canonical_address(address[1]) if address else ""),
        permanent=not temporary,
        status=status[1] if status else "",
        diagnostic=clean_line(line, _DIAGNOSTIC_CHARS),
    )


def _original_id(root: Part) -> str:
    """The id of the message that came back with the report, whole or only its header."""
    for part in walk(root):
        if part.content_type in ("message/rfc822", "text/rfc822-headers"):
            found = first_id(header_block(part.body).get("message-id"))
            if found:
                return found
    return ""


def _id_in(text: str) -> str:
    found = _ID_IN_TEXT.search(text[:_TEXT_CHARS])
    return first_id(found[1]) if found else ""


def header_block(data: bytes) -> Fields:
    """The fields at the beginning of these bytes, up to the first blank line."""
    header = _BLOCK_END.split(data.lstrip(b"\r\n"), maxsplit=1)[0]
    return Fields(list(_pairs(header)))


def _pairs(header: bytes) -> Iterator[tuple[str, bytes]]:
    for line in _LINE.finditer(header):
        yield line[1].decode("ascii").lower(), line[2]


def _address(recipient: str) -> str:
    """RFC 3464, 2.3.2: the address follows its type, as in `rfc822; jan@example.nl`."""
    return canonical_address(recipient.rpartition(";")[2].strip().strip("<>"))
