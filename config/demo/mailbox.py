"""The customers' side of the mail in the sandbox: what they sent and what Loket sent them.

Each mail is a file in one folder, so that it outlives a restart and any mail program can open it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from functools import cache
from pathlib import Path

import nh3

from config.demo import example
from hub import clock

MOST_MAILS = 2_000
MOST_SHOWN = 80
LONGEST_TEXT = 100_000
_PERSON = "X-Sandbox-Person"
_SIDE = "X-Sandbox-Side"
_SUFFIX = ".eml"


@dataclass(frozen=True)
class Mail:
    """One mail of `person`, the customer: received from us, or sent to us."""

    id: str
    person: str
    person_name: str
    from_us: bool
    ours: str
    answer_to: str
    subject: str
    text: str
    at: datetime
    message_id: str
    references: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Correspondent:
    """A customer with mail. `last` is the newest, `answered` the id of the newest from us."""

    address: str
    name: str
    last: Mail
    answered: str


class Mailbox:
    """The newest mails of all customers together, oldest first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        files = sorted(folder.glob(f"*{_SUFFIX}"))
        self._mails = {path.stem: _read(path.stem, path.read_bytes()) for path in files}

    @property
    def version(self) -> str:
        """Changes whenever a mail is added."""
        return next(reversed(self._mails), "")

    async def add(self, person: str, raw: bytes, *, from_us: bool) -> Mail:
        """Keep a mail of this customer; when there are too many, the oldest goes."""
        mail_id = clock.new_id()
        side = "received" if from_us else "sent"
        head = f"{_PERSON}: {person.lower()}\r\n{_SIDE}: {side}\r\n"
        mail = await asyncio.to_thread(_keep, self._path(mail_id), head.encode() + raw)
        self._mails[mail_id] = mail
        while len(self._mails) > MOST_MAILS:
            oldest = next(iter(self._mails))
            del self._mails[oldest]
            self._path(oldest).unlink(missing_ok=True)
        return mail

    def get(self, mail_id: str) -> Mail | None:
        return self._mails.get(mail_id)

    async def content(self, mail: Mail, number: int) -> bytes:
        """The bytes of one of its files."""
        raw = await asyncio.to_thread(self._path(mail.id).read_bytes)
        part = list(_parsed(raw).iter_attachments())[number]
        content = part.get_payload(decode=True)
        return content if isinstance(content, bytes) else b""

    def of(self, person: str) -> Sequence[Mail]:
        return [mail for mail in self._mails.values() if mail.person == person.lower()]

    def from_us(self) -> Sequence[Mail]:
        return [mail for mail in self._mails.values() if mail.from_us]

    def correspondents(self) -> list[Correspondent]:
        """Whoever has mail: first those with the newest answer, so that traffic hides none."""
        by_person: dict[str, list[Mail]] = {}
        for mail in reversed(self._mails.values()):
            by_person.setdefault(mail.person, []).append(mail)
        found = [
            Correspondent(person, _name_of(mails), mails[0], _newest_answer(mails))
            for person, mails in by_person.items()
        ]
        found.sort(key=lambda one: one.answered, reverse=True)
        return found[:MOST_SHOWN]

    def _path(self, mail_id: str) -> Path:
        return self._folder / f"{mail_id}{_SUFFIX}"


def _keep(path: Path, raw: bytes) -> Mail:
    path.write_bytes(raw)
    return _read(path.stem, raw)


def _name_of(mails: Sequence[Mail]) -> str:
    return next((mail.person_name for mail in mails if mail.person_name), mails[0].person)


def _newest_answer(mails: Sequence[Mail]) -> str:
    return next((mail.id for mail in mails if mail.from_us), "")


def _read(mail_id: str, raw: bytes) -> Mail:
    """Whoever can reach the sandbox may send it nonsense: what cannot be read shows as it came."""
    try:
        return _parse(mail_id, raw)
    except Exception:
        person = raw.partition(b"\r\n")[0].partition(b": ")[2].decode(errors="replace")
        text = raw.decode("latin-1")[:LONGEST_TEXT]
        now = clock.now()
        return Mail(mail_id, person, "", True, "", "", "?", text, now, "", "", ())


def _parse(mail_id: str, raw: bytes) -> Mail:
    message = _parsed(raw)
    from_us = message[_SIDE] == "received"
    sender, recipients = _addresses(message, "From"), _addresses(message, "To")
    theirs, ours = (recipients, sender) if from_us else (sender, recipients)
    person = str(message[_PERSON])
    return Mail(
        id=mail_id,
        person=person,
        person_name=next((name for name, address in theirs if name and address == person), "")
        or _customers().get(person, ""),
        from_us=from_us,
        ours=next((address for _, address in ours), ""),
        answer_to=next((a for _, a in _addresses(message, "Reply-To") or sender), ""),
        subject=str(message["Subject"] or ""),
        text=_text(message),
        at=_date(message),
        message_id=str(message["Message-ID"] or "").strip(),
        references=" ".join(str(message["References"] or "").split()),
        files=tuple(part.get_filename() or "file" for part in message.iter_attachments()),
    )


@cache
def _customers() -> dict[str, str]:
    """What customers are called, for mail that names only their address."""
    return {writer.mail: writer.name for writer in example.writers()}


def _parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 (what policy.default makes)
    return message


def _addresses(message: EmailMessage, header: str) -> list[tuple[str, str]]:
    pairs = getaddresses([str(value) for value in message.get_all(header, [])])
    return [(name, address.lower()) for name, address in pairs if address]


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    content = str(body.get_content())
    if body.get_content_subtype() == "html":
        content = nh3.clean(content, tags=set())
    return content.strip()[:LONGEST_TEXT]


def _date(message: EmailMessage) -> datetime:
    try:
        at = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return clock.now()
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
