"""A stored reply on its way to a connector, and what the connector answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hub.interaction import DeliveryState, Interaction


@dataclass(frozen=True)
class OutgoingFile:
    filename: str
    content_type: str
    path: Path


@dataclass(frozen=True)
class OutgoingMessage:
    """A stored reply with what its connector needs around it.

    `references`: Message-IDs of the conversation's earlier mails, without brackets, oldest first;
    `token`: the signed reference that brings the answer back into the conversation; `bulk`: one of
    many alike, which answers go before.
    """

    interaction: Interaction
    conversation_number: int
    token: str
    references: tuple[str, ...] = ()
    files: tuple[OutgoingFile, ...] = ()
    bulk: bool = False


@dataclass(frozen=True)
class SendResult:
    """`sent`: the other side took it; `delivered`: the customer has it; `waiting`: the customer is
    away and it is kept for when they are back."""

    state: Literal[DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.WAITING]
    provider_id: str = ""


Committing = Callable[[], Awaitable[None]]
"""Called by `send` right before the step after which a crash leaves the outcome unknown."""
