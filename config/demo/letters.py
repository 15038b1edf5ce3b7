"""Mails as customers write them, sent over SMTP to Loket's own listener."""

import random
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, formataddr
from mimetypes import guess_type

import aiosmtplib

from config.demo import example
from config.demo.addresses import HOST, address_of
from config.demo.example import DATA, Letter, Writer
from config.demo.mailbox import Mail, Mailbox
from hub import clock
from hub.errors import LoketError

SECONDS = 30


class Refused(LoketError):
    """Loket's mail server did not take the mail; the text is its answer, or why there is none."""


@dataclass(frozen=True)
class File:
    name: str
    content: bytes


@dataclass(frozen=True)
class Draft:
    """A mail that is not on its way yet. `automatic`: a machine answers, not a person."""

    sender: str
    sender_name: str
    to: str
    subject: str
    text: str
    file: File | None = None
    in_reply_to: str = ""
    references: str = ""
    automatic: bool = False


class PostOffice:
    """Sends for the customers, and keeps what was sent in their mailbox."""

    def __init__(self, mailbox: Mailbox, port: int) -> None:
        self._mailbox = mailbox
        self._port = port

    async def send(self, draft: Draft) -> Mail:
        """Send it. Raises Refused."""
        message = _message(draft)
        try:
            await aiosmtplib.send(
                message,
                sender=draft.sender,
                recipients=[draft.to],
                hostname=HOST,
                port=self._port,
                timeout=SECONDS,
                start_tls=False,
            )
        except aiosmtplib.SMTPException as error:
            raise Refused(_answer(error)) from error
        raw = message.as_bytes(policy=SMTP_POLICY)
        return await self._mailbox.add(draft.sender, raw, from_us=False)


def draft_of(letter: Letter, writer: Writer, chance: random.Random) -> Draft:
    """The letter, filled in and signed by its writer."""
    values = {"name": writer.name.split()[0], **numbers_of(writer, chance)}
    file = File(letter.file, (DATA / letter.file).read_bytes()) if letter.file else None
    return Draft(
        sender=writer.mail,
        sender_name=writer.name,
        to=address_of(letter.to),
        subject=letter.subject.format_map(values),
        text=letter.text.format_map(values),
        file=file,
    )


def numbers_of(writer: Writer, chance: random.Random) -> dict[str, str]:
    """Of what the writer ordered last; made up for who ordered nothing."""
    numbers = made_up_numbers(chance)
    sold = example.sales().orders.get(writer.mail, ())
    sent = [one for one in sold if one.invoice]
    if sent:
        numbers |= {"order": sent[-1].number, "invoice": sent[-1].invoice}
    return numbers


def made_up_numbers(chance: random.Random) -> dict[str, str]:
    return {
        "order": str(chance.randrange(480_000, 490_000)),
        "invoice": f"VK-{chance.randrange(11_000, 13_000)}",
        "serial": f"BO-{chance.randrange(1_000, 10_000)}",
    }


def reply_to(mail: Mail, text: str, said: str) -> Draft:
    """The customer's answer to a mail of ours. `said` is the line above the quoted text."""
    quoted = "\n".join(f"> {line}".rstrip() for line in mail.text.splitlines())
    subject = mail.subject if mail.subject.lower().startswith("re:") else f"Re: {mail.subject}"
    return Draft(
        sender=mail.person,
        sender_name=mail.person_name,
        to=mail.answer_to,
        subject=subject,
        text=f"{text.strip()}\n\n{said}\n{quoted}\n",
        in_reply_to=mail.message_id,
        references=f"{mail.references} {mail.message_id}".strip(),
    )


def said_on(mail: Mail, language: str) -> str:
    """The line that mail programs put above what they quote."""
    at: datetime = mail.at.astimezone()
    if language == "nl":
        return f"Op {at:%d-%m-%Y} om {at:%H:%M} schreef {mail.ours}:"
    return f"On {at:%d %B %Y} at {at:%H:%M}, {mail.ours} wrote:"


def _message(draft: Draft) -> EmailMessage:
    message = EmailMessage()
    message["From"] = formataddr((draft.sender_name, draft.sender))
    message["To"] = draft.to
    message["Subject"] = " ".join(draft.subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{clock.new_id()}@{draft.sender.rpartition('@')[2]}>"
    if draft.in_reply_to:
        message["In-Reply-To"] = draft.in_reply_to
        message["References"] = draft.references
    if draft.automatic:
        message["Auto-Submitted"] = "auto-replied"
    message.set_content(draft.text)
    if draft.file is not None:
        _attach(message, draft.file)
    return message


def _attach(message: EmailMessage, file: File) -> None:
    kind = guess_type(file.name)[0] or "application/octet-stream"
    main, _, sub = kind.partition("/")
    message.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)


def _answer(error: aiosmtplib.SMTPException) -> str:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return "; ".join(_answer(refused) for refused in error.recipients)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error)
