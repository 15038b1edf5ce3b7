"""What a mail is once it has been read, and what its reader must be told."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from connectors.email.parsing.addresses import Mailbox
from hub.interaction import Automatic, Bounce, Verification

NOBODY = Mailbox("")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """`blobs`: where attachments go. `trusted`: authserv-ids whose verdict on the sender counts.

    `envelope_from` and `envelope_to` are SMTP's, where known; an empty sender is the null sender.
    `problem` goes before what reading finds. `plain` leaves HTML alone, but for its bare text.
    """

    blobs: Path
    trusted: tuple[str, ...] = ()
    envelope_from: str | None = None
    envelope_to: tuple[str, ...] = ()
    problem: str = ""
    plain: bool = False

    def modest(self, problem: str) -> "ReadOptions":
        """The same with less ambition, and the reason for that."""
        problem = "; ".join(filter(None, (self.problem, problem)))
        return replace(self, plain=True, problem=problem)


@dataclass(frozen=True)
class MailFile:
    """An attachment whose bytes are in the blob store."""

    filename: str
    content_type: str
    size: int
    sha256: str
    inline: bool = False
    content_id: str = ""


@dataclass(frozen=True)  # with slots, pickling it on the way from the reader takes longer
class ParsedMail:
    """All ids are without angle brackets. `sender.address` is empty when the mail has none.

    `fingerprint` tells whether two mails with one Message-ID are the same mail. `references` are
    nearest first. `tokens`, `markers` and `number` are candidates: nobody has checked them yet.
    """

    message_id: str
    raw_sha256: str
    size: int = 0
    fingerprint: str = ""
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None
    sender: Mailbox = NOBODY
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    subject: str = ""
    text: str = ""
    quoted: str = ""
    html: str = ""
    attachments: tuple[MailFile, ...] = ()
    tokens: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    number: int | None = None
    automatic: Automatic = Automatic.NO
    bounce: Bounce | None = None
    verification: Verification = Verification.UNVERIFIED
    problem: str = ""


class Problems:
    """What was wrong with a mail, in plain words, each said once."""

    def __init__(self, first: str = "") -> None:
        self._said = {first: None} if first else {}

    def add(self, text: str) -> None:
        self._said.setdefault(text)

    def __str__(self) -> str:
        return "; ".join(self._said)
