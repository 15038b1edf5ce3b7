"""Names of attachments, fit for any disk and any screen."""

import re
import unicodedata

from connectors.email.parsing.clean import clean_line
from connectors.email.parsing.limits import FILENAME_CHARS

_UNSAFE = re.compile(r'[/\\:*?"<>|]+')
_LONGEST_SUFFIX = 20
_SUFFIXES = {
    "message/rfc822": "message.eml",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "read-receipt.txt",
    "text/rfc822-headers": "headers.txt",
    "text/plain": "text.txt",
    "text/html": "page.html",
    "text/calendar": "invitation.ics",
    "text/csv": "table.csv",
    "image/jpeg": "image.jpg",
    "image/png": "image.png",
    "image/gif": "image.gif",
    "application/pdf": "document.pdf",
    "application/pkcs7-signature": "smime.p7s",
    "application/pgp-signature": "signature.asc",
    "application/ms-tnef": "winmail.dat",
}


def clean_filename(name: str) -> str:
    """The name without path, controls or reordering marks; empty when nothing is left."""
    # Cut before cleaning, so that the cut mark of a text never gets into a name.
    name = unicodedata.normalize("NFC", clean_line(name[-4096:], 4096))
    name = _UNSAFE.sub("_", name).strip(" ._")
    if len(name) <= FILENAME_CHARS:
        return name
    stem, dot, suffix = name.rpartition(".")
    suffix = dot + suffix if stem and len(suffix) <= _LONGEST_SUFFIX else ""
    return name[: FILENAME_CHARS - len(suffix)].rstrip(" .") + suffix


def default_filename(content_type: str) -> str:
    return _SUFFIXES.get(content_type, "attachment.bin")
