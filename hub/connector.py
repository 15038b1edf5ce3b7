"""The contract of a connector: what it gets, what it must offer, what it returns.

A connector parses and speaks the other side's protocol. It never touches the database or the bus:
it hands arrivals to the intake, and returns or raises for a message to send. It decides nothing
about retrying: it raises `Rejected`, `Retry`, `Unavailable` or `Uncertain`, and `outbound` decides.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from hub.bus import Bus
from hub.http import Route
from hub.intake import Intake
from hub.interaction import Channel, Interaction
from hub.isolation import Workers
from hub.metrics import Metrics
from hub.settings import HubSettings, Section
from hub.store import Blobs, Database
from hub.tokens import Tokens


@dataclass(frozen=True)
class OutgoingFile:
    filename: str
    content_type: str
    path: Path


@dataclass(frozen=True)
class OutgoingMessage:
    """A stored reply with what its connector needs around it.

    `references`: ids of the conversation's earlier messages on this channel, oldest first;
    `token`: the signed reference that brings the answer back into the conversation.
    """

    interaction: Interaction
    conversation_number: int
    token: str
    references: tuple[str, ...] = ()
    files: tuple[OutgoingFile, ...] = ()


@dataclass(frozen=True)
class SendResult:
    """`sent`: the other side took it; `delivered`: the customer has it; `waiting`: the customer is
    away and it is kept for when they are back."""

    state: Literal["sent", "delivered", "waiting"]
    provider_id: str = ""


Committing = Callable[[], Awaitable[None]]
"""Called by `send` right before the step after which a crash leaves the outcome unknown."""


@dataclass(frozen=True)
class Finding:
    """One line of `loket check`: what is wrong and what to do; `ok` lines say what was tried."""

    part: str
    ok: bool
    what: str
    hint: str = ""


class Connector(Protocol):
    name: str
    sends: Sequence[Channel]

    def routes(self) -> Sequence[Route]:
        """The HTTP doors of this connector."""

    async def start(self) -> None:
        """Begin to receive. Must not fail because the other side is away: keep trying instead."""

    async def stop(self) -> None:
        """Stop receiving; finish what is in hand."""

    async def send(self, message: OutgoingMessage, committing: Committing) -> SendResult:
        """Send one message, or raise Rejected, Retry, Unavailable or Uncertain."""

    async def check(self) -> Sequence[Finding]:
        """Try what the settings name, without receiving or sending anything."""

    @property
    def problem(self) -> str:
        """Why it does not work just now, for /readyz; empty when it does."""


@dataclass(frozen=True)
class ConnectorContext:
    """What wiring hands to every connector."""

    hub: HubSettings
    intake: Intake
    database: Database  # for a connector's own cursors only
    blobs: Blobs
    tokens: Tokens
    bus: Bus
    workers: Workers
    metrics: Metrics


@dataclass(frozen=True)
class ConnectorKind:
    """One line in config/installed.py."""

    name: str
    settings: type[Section]
    build: Callable[[Any, ConnectorContext], Connector]
    description: str = field(default="")
