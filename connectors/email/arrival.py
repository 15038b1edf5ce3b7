"""A read mail in the words of the hub."""

from datetime import datetime

from connectors.email.mail import MailFile, ParsedMail
from connectors.email.parsing.addresses import Mailbox
from connectors.email.reply_address import unpack
from hub import clock
from hub.interaction import Arrival, Attachment, Automatic, Channel, Party, PointKind, Thread
from hub.logs import story


def arrival_of(
    mail: ParsedMail,
    *,
    account: str,
    received_at: datetime,
    original: bytes | None = None,
    ours: bool = False,
) -> Arrival:
    """`account` is the mailbox that it came to; `original` the mail, None when the blob store has
    it; `ours`: we sent it ourselves and it came back."""
    return Arrival(
        channel=Channel.EMAIL,
        account=account,
        external_id=_external_id(mail),
        sender=_sender(mail),
        recipients=tuple(_party(box) for box in dict.fromkeys(mail.to + mail.cc)),
        subject=mail.subject,
        text=mail.text,
        quoted=mail.quoted,
        html=mail.html,
        occurred_at=min(mail.sent_at or received_at, received_at),
        automatic=_automatic(mail, ours=ours),
        verification=mail.verification,
        problem=mail.problem,
        attachments=tuple(_attachment(file) for file in mail.attachments),
        raw_sha256=mail.raw_sha256 if original is None else "",
        original=original or b"",
        thread=Thread(
            token=unpack(mail.tokens[0]) if mail.tokens else "",
            references=mail.references,
            marker=next(iter(mail.markers), ""),
            number=mail.number,
            own=(mail.message_id,),
        ),
        bounce=mail.bounce,
        details=_details(mail),
        correlation_id=story(),
    )


def _automatic(mail: ParsedMail, *, ours: bool) -> Automatic:
    """Answering our own mail would go round in circles."""
    return Automatic.GENERATED if ours and mail.automatic is Automatic.NO else mail.automatic


def _external_id(mail: ParsedMail) -> str:
    """Devices exist that put one Message-ID on every mail; the content tells those apart."""
    return f"{mail.message_id} {mail.fingerprint}".strip()


def _sender(mail: ParsedMail) -> Party:
    if mail.sender.address:
        return _party(mail.sender)
    # One address for all the nameless would make them one customer.
    address = f"unknown-{mail.raw_sha256[:16]}@sender.invalid"
    return Party(kind=PointKind.EMAIL, value=address, name=mail.sender.name)


def _party(box: Mailbox) -> Party:
    return Party(kind=PointKind.EMAIL, value=box.address, name=box.name)


def _attachment(file: MailFile) -> Attachment:
    return Attachment(
        id=clock.new_id(),
        filename=file.filename,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        inline=file.inline,
        content_id=file.content_id,
    )


def _details(mail: ParsedMail) -> dict[str, str]:
    details = {
        "message_id": mail.message_id,
        "reply_to": ", ".join(box.address for box in mail.reply_to),
        "cc": ", ".join(box.address for box in mail.cc),
        "undated": "" if mail.sent_at else "1",  # then the time of receipt counts
    }
    return {name: value for name, value in details.items() if value}
