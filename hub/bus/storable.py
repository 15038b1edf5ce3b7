"""Makes text from a broker or an exception fit for the store: PostgreSQL refuses NUL, and a row
that cannot be written would be tried for ever."""

import hashlib

LONGEST_ID = 36
LONGEST_TOPIC = 100
LONGEST_QUEUE = 200


def storable(text: str | bytes) -> str:
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def storable_id(text: str) -> str:
    """The same, and no longer than an id may be; what differs stays different."""
    plain = storable(text)
    if len(plain) <= LONGEST_ID:
        return plain
    return hashlib.sha256(plain.encode()).hexdigest()[:LONGEST_ID]


def storable_topic(text: str) -> str:
    return storable(text)[:LONGEST_TOPIC]


def storable_queue(text: str) -> str:
    return storable(text)[:LONGEST_QUEUE]
