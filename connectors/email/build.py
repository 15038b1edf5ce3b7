"""From an answer to the bytes of a mail, safe for any relay: seven bits, short lines, CRLF.

Attachments are streamed, so that a large one is in memory once, as it is sent.
"""

import io
import secrets
from base64 import encodebytes
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import BinaryIO

from connectors.email.building import headers
from connectors.email.building.body import body_part
from connectors.email.parsing.addresses import Mailbox
from hub.interaction import Automatic
from hub.outgoing import OutgoingFile

_REFERENCES = 20
# Whole lines of 57 bytes, as base64 has them.
_PIECE = 57 * 1_000


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """Ids may have their angle brackets or not. `references` are oldest first.

    `html` is a safe fragment; without one it is made from the text. `marker` is the token of the
    line `[loket:TOKEN]` at the end.
    """

    sender: Mailbox
    to: tuple[Mailbox, ...]
    subject: str
    text: str
    message_id: str
    date: datetime
    cc: tuple[Mailbox, ...] = ()
    reply_to: str = ""
    html: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    marker: str = ""
    automatic: Automatic = Automatic.NO
    files: tuple[OutgoingFile, ...] = ()


def build_mail(mail: OutgoingMail) -> bytes:
    """Raises Rejected for an address that cannot be mailed, OSError for a missing file."""
    stream = io.BytesIO()
    write_mail(mail, stream)
    return stream.getvalue()


def write_mail(mail: OutgoingMail, stream: BinaryIO) -> None:
    """The same as `build_mail`, for a mail too large to hold."""
    stream.write(_header(mail).encode("ascii"))
    body = body_part(mail.text, mail.html, mail.marker)
    if not mail.files:
        stream.write(body)
        return
    # Nobody can put a boundary into an attachment that is chosen after it.
    boundary = f"=_{secrets.token_hex(16)}"
    stream.write(f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'.encode())
    stream.write(f"--{boundary}\r\n".encode() + body)
    for file in mail.files:
        stream.write(f"\r\n--{boundary}\r\n".encode())
        _write_file(file, stream)
    stream.write(f"\r\n--{boundary}--\r\n".encode())


def _header(mail: OutgoingMail) -> str:
    fields = [
        headers.mailbox_field("From", [mail.sender]),
        headers.mailbox_field("To", mail.to),
        headers.mailbox_field("Cc", mail.cc) if mail.cc else "",
        f"Reply-To: {headers.mailable(mail.reply_to)}\r\n" if mail.reply_to else "",
        headers.text_field("Subject", mail.subject),
        f"Date: {format_datetime(mail.date)}\r\n",
        headers.id_field("Message-ID", [mail.message_id]),
        headers.id_field("In-Reply-To", [mail.in_reply_to]),
        headers.id_field("References", _nearest_and_first(mail.references)),
        _automatic(mail.automatic),
        "MIME-Version: 1.0\r\n",
    ]
    return "".join(fields)


def _nearest_and_first(ids: tuple[str, ...]) -> tuple[str, ...]:
    """RFC 1036, 2.2.5: of too many, the first one and the last ones hold a thread together."""
    return ids if len(ids) <= _REFERENCES else (ids[0], *ids[1 - _REFERENCES :])


def _automatic(automatic: Automatic) -> str:
    """RFC 3834 and, beside it, what other systems look at."""
    if automatic is Automatic.NO:
        return ""
    declared = "auto-replied" if automatic is Automatic.REPLY else "auto-generated"
    return f"Auto-Submitted: {declared}\r\nPrecedence: bulk\r\nX-Auto-Response-Suppress: All\r\n"


def _write_file(file: OutgoingFile, stream: BinaryIO) -> None:
    header = (
        f"Content-Type: {headers.content_type(file.content_type)}\r\n"
        f"{headers.disposition_field(file.filename)}"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    stream.write(header.encode("ascii"))
    with file.path.open("rb") as content:
        while piece := content.read(_PIECE):
            stream.write(encodebytes(piece).replace(b"\n", b"\r\n"))
