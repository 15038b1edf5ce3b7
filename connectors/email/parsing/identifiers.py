"""Message ids and the marks by which a mail says what it belongs to. Checks none of them."""

import re
from collections import deque
from collections.abc import Iterable

from connectors.email.parsing.clean import clean_line
from connectors.email.parsing.fields import Fields
from connectors.email.parsing.limits import ID_CHARS, REFERENCES

_ID = re.compile(r"<([^<>\s]{1,900})>")
_BARE_ID = re.compile(r"[^<>\s,;@]{1,450}@[^<>\s,;@]{1,450}")
# The separator is a setting; the length keeps out names that merely look like it.
_PLUS = re.compile(r"[^a-z0-9\s<>@]c-([a-z0-9._=-]{16,200})@")
_MARKER = re.compile(r"\[loket:([A-Za-z0-9._=-]{1,200})\]")
_NUMBER = re.compile(r"\[#(\d{1,15})\]")
_MOST_CANDIDATES = 5
_LONGEST_FIELD = 64 * 1024


def message_id(fields: Fields, raw_sha256: str) -> str:
    """The mail's own id, or one made from its bytes, as an empty id would be everybody's."""
    written = fields.get("message-id")
    bare = clean_line(written, ID_CHARS) if _BARE_ID.fullmatch(written) else ""
    return first_id(written) or bare or f"sha256-{raw_sha256}@missing.invalid"


def first_id(text: str) -> str:
    """The first id in brackets, or empty."""
    found = _ID.search(text)
    return clean_line(found[1], ID_CHARS) if found else ""


def references(fields: Fields) -> tuple[str, ...]:
    """Ids of the messages that this one answers, nearest first."""
    answered = _ID.findall(fields.get("in-reply-to"))
    # The nearest come last in the field, so a field too long loses its beginning.
    earlier = deque(_ID.findall(fields.get("references")), maxlen=REFERENCES)
    ids = (clean_line(found, ID_CHARS) for found in (*answered[:REFERENCES], *reversed(earlier)))
    return tuple(dict.fromkeys(filter(None, ids)))[:REFERENCES]


def plus_tokens(addresses: Iterable[str]) -> tuple[str, ...]:
    """TOKEN of each `local+c-TOKEN@domain`; mail systems may have changed its case."""
    found = (
        token for field in addresses for token in _PLUS.findall(field[:_LONGEST_FIELD].lower())
    )
    return tuple(dict.fromkeys(found))[:_MOST_CANDIDATES]


def body_markers(text: str) -> tuple[str, ...]:
    """TOKEN of each `[loket:TOKEN]`, as we put it under our mails."""
    return tuple(dict.fromkeys(_MARKER.findall(text)))[:_MOST_CANDIDATES]


def subject_number(subject: str) -> int | None:
    """The number in `[#12345]`."""
    found = _NUMBER.search(subject)
    return int(found[1]) if found else None
