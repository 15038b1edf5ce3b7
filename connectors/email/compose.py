"""Makes the mail that carries a stored reply: what it says besides the text. Pure."""

import re

from connectors.email.build import OutgoingMail
from connectors.email.parsing.addresses import Mailbox
from connectors.email.reply_address import reply_address
from connectors.email.settings import AccountSettings
from hub.outgoing import OutgoingMessage

# What mail programs put before the subject of an answer or a forwarded mail: English, German,
# Dutch, Scandinavian, French, Spanish.
_PREFIXES = re.compile(
    r"\A(?:\s*(?:re|aw|antw|betr|sv|vs|ref|res|fwd?|wg|doorst|tr|rv)(?:\[\d+\])?\s*:)+\s*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\s*\[#\d+\]")


def compose(
    message: OutgoingMessage, account: AccountSettings, *, organisation: str, separator: str
) -> OutgoingMail:
    """The mail as it goes out. Its Message-ID is the stored one, the same at every try.

    One that is passed on and belongs to no conversation has no token and no number.
    """
    interaction, token = message.interaction, message.token
    copies = interaction.details.get("cc", "")
    return OutgoingMail(
        sender=Mailbox(account.address, account.from_name or organisation),
        to=tuple(Mailbox(party.value, party.name) for party in interaction.recipients),
        reply_to=reply_address(account.address, token, separator) if token else "",
        subject=interaction.subject
        if "forward" in interaction.details
        else answer_subject(
            interaction.subject, message.conversation_number, first=not message.references
        ),
        cc=tuple(Mailbox(one.strip()) for one in copies.split(",") if one.strip()),
        text=interaction.text,
        html=interaction.html,
        message_id=interaction.external_id,
        date=interaction.occurred_at,
        in_reply_to=message.references[-1] if message.references else "",
        references=message.references,
        marker=message.token,
        automatic=interaction.automatic,
        files=message.files,
    )


def answer_subject(subject: str, number: int, *, first: bool) -> str:
    """`Re:` once, the conversation's number once; without a number as it is. `first`: there is
    nothing it answers."""
    if not number:
        return subject
    plain = _PREFIXES.sub("", _NUMBER.sub("", subject)).strip()
    return f"{'' if first else 'Re: '}{plain} [#{number}]".replace("  ", " ").strip()
