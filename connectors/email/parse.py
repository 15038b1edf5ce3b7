"""From a raw mail to a `ParsedMail`. Whatever the mail holds, something comes out.

Runs in a worker process, as what it reads was written by strangers; `reading` is the door to it.
"""

import contextlib
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from io import BufferedReader, BytesIO
from typing import BinaryIO, cast

from connectors.email.mail import NOBODY, ParsedMail, Problems, ReadOptions
from connectors.email.parsing import bounce, identifiers
from connectors.email.parsing.addresses import Mailbox, parse_mailboxes
from connectors.email.parsing.automatic import classify, has_null_sender, is_daemon
from connectors.email.parsing.charsets import decode
from connectors.email.parsing.clean import clean_text
from connectors.email.parsing.content import Content, read_content
from connectors.email.parsing.fields import Fields
from connectors.email.parsing.limits import SUBJECT_CHARS
from connectors.email.parsing.mime import StructureReader
from connectors.email.parsing.parts import Part
from connectors.email.parsing.quoting import separate
from connectors.email.parsing.verify import verify_sender
from connectors.email.raw import RawContent
from hub import clock
from hub.blobs import Blobs
from hub.interaction import Automatic, Bounce, Verification

_BUFFER = 256 * 1024
_LONGEST_DATE = 200
_FIRST_MAIL = datetime(1990, 1, 1, tzinfo=UTC)
_FUTURE = timedelta(days=1)
_FORWARD = re.compile(r"(?:fw|fwd|doorst|wg|tr|rv|i)\s?:", re.IGNORECASE)
_ADDRESSED = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
_BARE_BYTES = 64 * 1024
WITHOUT_LAYOUT = "shown without its layout"
ONLY_BEGINNING = "only its beginning is shown, as it came"


def parse_together(
    mails: Sequence[tuple[RawContent, ReadOptions]],
) -> list[ParsedMail | OSError]:
    """Several mails in one go; of each what it is, or what the disk said."""
    parsed: list[ParsedMail | OSError] = []
    for raw, options in mails:
        try:
            parsed.append(parse_mail(raw, options))
        except OSError as error:
            parsed.append(error)
    return parsed


def parse_mail(raw: RawContent, options: ReadOptions) -> ParsedMail:
    """Raises OSError when the file cannot be read or an attachment not be written, and no more."""
    try:
        return _parse(raw, options)
    except (OSError, MemoryError):
        raise
    except Exception as error:
        kind = type(error).__name__
    if options.plain:
        return bare_mail(raw, options, f"reading it failed ({kind}): {ONLY_BEGINNING}")
    problem = f"reading it failed ({kind}): {WITHOUT_LAYOUT}"
    return parse_mail(raw, options.modest(problem))


def bare_mail(raw: RawContent, options: ReadOptions, problem: str) -> ParsedMail:
    """The beginning of the mail as it came, for one that cannot be read."""
    with _opened(raw) as (stream, sha256, size):
        beginning = stream.read(_BARE_BYTES)
    problems = Problems(options.problem)
    problems.add(problem)
    return ParsedMail(
        message_id=f"sha256-{sha256}@missing.invalid",
        raw_sha256=sha256,
        size=size,
        text=clean_text(decode(beginning, "")[0], _BARE_BYTES),
        problem=str(problems),
    )


def _parse(raw: RawContent, options: ReadOptions) -> ParsedMail:
    problems = Problems(options.problem)
    with _opened(raw) as (stream, sha256, size):
        if size == 0:
            problems.add("the mail is empty")
        root = StructureReader(stream, Blobs(options.blobs), problems).read()
    content = read_content(root, problems, plain=options.plain)
    mail = _mail(root, content, options, problems, sha256)
    if root.fields.doubtful:
        problems.add("its header was decoded with doubt")
    return replace(mail, size=size, problem=str(problems))


def _mail(
    root: Part, content: Content, options: ReadOptions, problems: Problems, sha256: str
) -> ParsedMail:
    fields = root.fields
    sender, verification = _sender(fields, options, problems)
    subject = fields.line("subject", SUBJECT_CHARS)
    separated = separate(content.text, forwarded=_FORWARD.match(subject) is not None)
    automatic, bounced = _machine(root, content, sender.address, subject, options)
    sent_at = _date(fields)
    addressed = (value for name in _ADDRESSED for value in fields.all(name))
    return ParsedMail(
        message_id=identifiers.message_id(fields, sha256),
        raw_sha256=sha256,
        fingerprint=_fingerprint(sender, sent_at, subject, content),
        references=identifiers.references(fields),
        sent_at=sent_at,
        sender=sender,
        reply_to=parse_mailboxes(fields.get("reply-to")),
        to=parse_mailboxes(", ".join(fields.all("to"))),
        cc=parse_mailboxes(", ".join(fields.all("cc"))),
        subject=subject,
        text=separated.text,
        quoted=separated.quoted,
        html=content.html,
        attachments=content.files,
        tokens=identifiers.plus_tokens((*options.envelope_to, *addressed)),
        markers=identifiers.body_markers(content.text),
        number=identifiers.subject_number(subject),
        automatic=automatic,
        bounce=bounced,
        verification=verification,
    )


def _sender(
    fields: Fields, options: ReadOptions, problems: Problems
) -> tuple[Mailbox, Verification]:
    written = list(fields.all("from"))
    if len(written) > 1:
        problems.add("it names its sender more than once: the first is shown, and may be false")
    senders = parse_mailboxes(", ".join(written[:1]))
    if len(senders) == 1:
        sender = senders[0]
        return sender, verify_sender(fields, sender.address, options.trusted)
    # Several authors, or none that can be read: nothing vouches for whom we choose.
    others = (fields.get("sender"), options.envelope_from or "", fields.get("return-path"))
    candidates = (*senders, *(box for other in others for box in parse_mailboxes(other)))
    if not candidates:
        problems.add("it has no usable sender address")
    return next(iter(candidates), NOBODY), Verification.UNVERIFIED


def _machine(
    root: Part, content: Content, sender: str, subject: str, options: ReadOptions
) -> tuple[Automatic, Bounce | None]:
    null_sender = has_null_sender(root.fields, options.envelope_from)
    found = bounce.read_bounce(root, content.text, from_daemon=null_sender or is_daemon(sender))
    if found is not None:
        return Automatic.BOUNCE, found
    kind = classify(
        root.fields,
        sender=sender,
        subject=subject,
        is_report=bounce.is_report(root),
        null_sender=null_sender,
    )
    return kind, None


def _date(fields: Fields) -> datetime | None:
    """When it was sent, in UTC; None when it does not say so believably."""
    try:
        written = parsedate_to_datetime(fields.get("date")[:_LONGEST_DATE])
        sent_at = (written if written.tzinfo else written.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        sent_at = _FIRST_MAIL
    if _FIRST_MAIL < sent_at < clock.now() + _FUTURE:
        return sent_at
    return None


def _fingerprint(sender: Mailbox, sent_at: datetime | None, subject: str, content: Content) -> str:
    files = ",".join(file.sha256 for file in content.files)
    facts = (sender.address, str(sent_at), subject, content.text, content.html, files)
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:16]


@contextlib.contextmanager
def _opened(raw: RawContent) -> Iterator[tuple[BinaryIO, str, int]]:
    """The mail from its beginning on, its SHA-256 in hex and its size."""
    if isinstance(raw, bytes):
        yield BytesIO(raw), hashlib.sha256(raw).hexdigest(), len(raw)
        return
    with raw.open("rb", buffering=_BUFFER) as stream:
        sha256 = hashlib.file_digest(cast("BufferedReader", stream), "sha256").hexdigest()
        size = stream.tell()
        stream.seek(0)
        yield stream, sha256, size
