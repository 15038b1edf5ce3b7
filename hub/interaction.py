"""The normalized vocabulary: what every channel's contact looks like once it is inside.

`Arrival` is what a connector hands to the intake; `Interaction` is what the store keeps.
All models are frozen; all times carry the UTC zone.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A value: compared by content, never changed, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Channel(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    CHAT = "chat"
    PORTAL = "portal"
    PARTNER = "partner"
    MANUAL = "manual"


LIVE = frozenset({Channel.PHONE, Channel.CHAT})
"""Channels on which the customer waits at the other end: this work interrupts other work."""
NOBODY_WAITS = "nobody_waits"
"""A detail of a contact over such a channel of which the customer is gone: a message on voicemail,
somebody who hung up in the menu."""


class Direction(StrEnum):
    """Inbound is from customer to organisation; outbound the other way."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class DeliveryState(StrEnum):
    """Where a message of ours is, on its way to the customer."""

    QUEUED = "queued"
    SENDING = "sending"
    TRANSMITTING = "transmitting"
    """From here on, what a crash leaves behind may have arrived."""
    UNCERTAIN = "uncertain"
    """It may have arrived; a person decides whether it is sent again."""
    WAITING = "waiting"
    """The customer is away; it is kept for when they are back."""
    SENT = "sent"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    BOUNCED = "bounced"
    WITHDRAWN = "withdrawn"
    """Who wrote it took it back before it left."""


class PointKind(StrEnum):
    """The kinds of address by which a party can be known."""

    EMAIL = "email"
    PHONE = "phone"
    VISITOR = "visitor"
    PORTAL = "portal"
    PARTNER = "partner"
    DOMAIN = "domain"


class Automatic(StrEnum):
    """Why a message needs no person, mostly because none wrote it; empty when it does."""

    NO = ""
    REPLY = "reply"
    GENERATED = "generated"
    BULK = "bulk"
    BOUNCE = "bounce"
    COMMAND = "command"
    """A word that the channel carries out: STOP, START, HELP."""


class Verification(StrEnum):
    """Whether the sender is who the message says, as far as the channel can tell."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    FAILED = "failed"


class Party(Frozen):
    """One side of a contact. `value` is in the canonical form of its kind
    (lower-case mail address, E.164 number, opaque visitor id)."""

    kind: PointKind
    value: str = Field(min_length=1, max_length=512)
    name: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.value}"


class Attachment(Frozen):
    """A file that came with an interaction; its bytes are in the blob store under `sha256`.

    `content_type` is what the sender claims; serve nothing by it. `thumbnail` is the hash of a
    small picture of it that we made ourselves, and so may be shown; empty for none.
    """

    id: str
    filename: str
    content_type: str
    size: int
    sha256: str
    inline: bool = False
    content_id: str = ""
    thumbnail: str = ""


class Thread(Frozen):
    """What an arrival says about the conversation it belongs to, strongest first.

    `token`: a signed reference that we gave out (tokens.py); `references`: ids of messages it
    answers, nearest first; `marker`: a signed reference found in the body; `number`: a conversation
    number found in the subject; `own`: the ids under which later messages may refer to this one.
    `within`: the channel has no references, so it continues what this sender has open: a
    conversation on this channel in which something was said within that time, else the newest one
    if the sender's address is verified, or the one of several that it names or is about. `matter`:
    the same for a call, a chat or a letter, with the topic that was chosen, empty for none: it
    continues what a customer who is sure has open, if only one thing may be it.
    """

    token: str = ""
    references: tuple[str, ...] = ()
    marker: str = ""
    number: int | None = None
    own: tuple[str, ...] = ()
    within: timedelta | None = None
    matter: str | None = None


class Bounce(Frozen):
    """A delivery report (RFC 3464) about a message that we sent."""

    message_id: str
    recipient: str = ""
    permanent: bool
    status: str = ""
    diagnostic: str = ""


class Arrival(Frozen):
    """One inbound contact as a connector normalized it, before the intake gave it ids.

    `account` is our side of the channel (the mailbox, the number, the site); `external_id` is the
    provider's id: the pair (channel and account, external_id) is what makes a duplicate.
    What came in, byte by byte, is `original`, or in the blob store under `raw_sha256` when it is
    large. `about`: the id of the customer whom it concerns, where that is not the sender.
    """

    channel: Channel
    account: str
    external_id: str = Field(min_length=1)
    sender: Party
    recipients: tuple[Party, ...] = ()
    subject: str = ""
    text: str = ""
    quoted: str = ""
    html: str = ""
    language: str = ""
    topic: str = ""
    about: str = ""
    occurred_at: AwareDatetime
    automatic: Automatic = Automatic.NO
    verification: Verification = Verification.UNVERIFIED
    problem: str = ""
    attachments: tuple[Attachment, ...] = ()
    raw_sha256: str = ""
    original: bytes = Field(b"", repr=False)
    thread: Thread = Thread()
    bounce: Bounce | None = None
    details: dict[str, str] = Field(default_factory=dict)
    correlation_id: str = ""


class Accepted(Frozen):
    """The intake's answer: the arrival is kept. `duplicate`: it had been kept before."""

    interaction_id: str
    conversation_id: str
    sequence: int
    duplicate: bool = False


class InteractionKind(StrEnum):
    MESSAGE = "message"
    NOTE = "note"
    EVENT = "event"


class Interaction(Frozen):
    """One contact moment as the store keeps it; `sequence` counts from 1 in its conversation."""

    version: int = 1
    id: str
    conversation_id: str
    customer_id: str
    sequence: int
    kind: InteractionKind = InteractionKind.MESSAGE
    channel: Channel
    account: str
    direction: Direction
    external_id: str
    sender: Party
    recipients: tuple[Party, ...] = ()
    subject: str = ""
    text: str = ""
    quoted: str = ""
    html: str = ""
    language: str = ""
    topic: str = ""
    occurred_at: datetime
    received_at: datetime
    automatic: Automatic = Automatic.NO
    verification: Verification = Verification.UNVERIFIED
    problem: str = ""
    attachments: tuple[Attachment, ...] = ()
    raw_sha256: str = ""
    agent_id: str | None = None
    details: dict[str, str] = Field(default_factory=dict)
    correlation_id: str = ""
