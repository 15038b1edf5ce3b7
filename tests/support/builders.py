"""Builds values for tests; every argument has a believable default."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hub.interaction import Arrival, Channel, Party, PointKind, Thread, Verification
from hub.tokens import Tokens

SECRET = "a secret of at least thirty-two characters"
TOKENS = Tokens(SECRET)
ACCOUNT = "info@vandalenkoffie.example"
_numbers = count(1)


def email_party(address: str, name: str = "") -> Party:
    return Party(kind=PointKind.EMAIL, value=address, name=name)


def mail_arrival(
    sender: str = "jan@example.org",
    *,
    message_id: str = "",
    references: tuple[str, ...] = (),
    thread: Thread | None = None,
    **changes: Any,
) -> Arrival:
    """A mail. Without a Message-ID it gets one of its own."""
    message_id = message_id or f"mail-{next(_numbers)}@example.org"
    values: dict[str, Any] = {
        "channel": Channel.EMAIL,
        "account": ACCOUNT,
        "external_id": message_id,
        "sender": email_party(sender),
        "recipients": (email_party(ACCOUNT),),
        "subject": "Where is my order?",
        "text": "I ordered beans on Monday and nothing came.",
        "occurred_at": datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
        "verification": Verification.VERIFIED,
        "thread": thread or Thread(references=references, own=(message_id,)),
        "details": {"message_id": message_id},
    }
    return Arrival.model_validate(values | changes)


def text_arrival(number: str = "+31612345678", **changes: Any) -> Arrival:
    """One SMS; with another channel, one WhatsApp message."""
    values: dict[str, Any] = {
        "channel": Channel.SMS,
        "account": "+31203080000",
        "external_id": f"SM{next(_numbers)}",
        "sender": Party(kind=PointKind.PHONE, value=number),
        "text": "Where is my order?",
        "occurred_at": datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
        "verification": Verification.VERIFIED,
        "thread": Thread(within=timedelta(hours=72)),
    }
    return Arrival.model_validate(values | changes)


def chat_arrival(visitor: str = "v1", session: str = "s1", **changes: Any) -> Arrival:
    """One chat message of a visitor in a session."""
    reference = f"chat:{session}"
    values: dict[str, Any] = {
        "channel": Channel.CHAT,
        "account": "demo",
        "external_id": f"{visitor}:{next(_numbers)}",
        "sender": Party(kind=PointKind.VISITOR, value=visitor),
        "text": "Hello, is anybody there?",
        "occurred_at": datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
        "thread": Thread(references=(reference,), own=(reference,)),
    }
    return Arrival.model_validate(values | changes)
