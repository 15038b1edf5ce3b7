"""Mails that are passed on and not kept: what is in them is secret, and soon worth nothing."""

from collections.abc import Awaitable, Callable

from hub import clock
from hub.errors import Unavailable
from hub.interaction import (
    Automatic,
    Channel,
    Direction,
    Interaction,
    Party,
    PointKind,
)
from hub.outgoing import OutgoingMessage, SendResult

PassOn = Callable[[OutgoingMessage], Awaitable[SendResult]]
"""Raises Rejected, Retry, Unavailable or Uncertain, as a connector does."""


def passing_mail(account: str, to: str, subject: str, text: str) -> OutgoingMessage:
    """A mail from our `account` that belongs to no conversation."""
    now, message_id = clock.now(), clock.new_id()
    interaction = Interaction(
        id=message_id,
        conversation_id="",
        customer_id="",
        sequence=1,
        channel=Channel.EMAIL,
        account=account,
        direction=Direction.OUTBOUND,
        external_id=f"{message_id}@{account.rpartition('@')[2]}",
        sender=Party(kind=PointKind.EMAIL, value=account),
        recipients=(Party(kind=PointKind.EMAIL, value=to),),
        subject=subject,
        text=text,
        occurred_at=now,
        received_at=now,
        automatic=Automatic.GENERATED,
    )
    return OutgoingMessage(interaction=interaction, conversation_number=0, token="")


async def nowhere_to_pass(_message: OutgoingMessage) -> SendResult:
    """Where no mail is sent."""
    raise Unavailable("mail", "Set up [connectors.email] with an account that sends.")
