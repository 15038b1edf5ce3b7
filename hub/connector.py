"""The contract of a connector: what it gets, what it must offer, what it returns.

A connector parses and speaks the other side's protocol. It hands arrivals to the intake, and
returns or raises for a message to send; it uses the store only for what its channel needs besides,
as a mailbox's cursor or what a visitor has seen. It decides nothing about retrying: it raises
`Rejected`, `Retry`, `Unavailable` or `Uncertain`, and `outbound` decides.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from hub.asking import IsRecorded, WhatToAsk, nothing_recorded, nothing_to_ask
from hub.bus import Bus
from hub.deliveries import EventKind
from hub.http import Route
from hub.intake import Intake
from hub.interaction import Channel, DeliveryState
from hub.isolation import Workers
from hub.metrics import Metrics
from hub.outgoing import Committing, OutgoingFile, OutgoingMessage, SendResult
from hub.passing import PassOn, nowhere_to_pass
from hub.settings import HubSettings, Section
from hub.store import Blobs, Database
from hub.tokens import Tokens

__all__ = [
    "Committing",
    "Connector",
    "ConnectorContext",
    "ConnectorKind",
    "Finding",
    "OutgoingFile",
    "OutgoingMessage",
    "SendResult",
]


@dataclass(frozen=True)
class Finding:
    """One line of `loket check`: what is wrong and what to do; `ok` lines say what was tried.

    What is `Said` the console shows in the language of its reader.
    """

    part: str
    ok: bool
    what: str
    hint: str = ""
    fault: str = ""
    """What is wrong by a name for which the console has words; empty where there is none."""
    warns: bool = False
    """Of what is `ok`: it works, and yet somebody has something to do."""


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
    database: Database  # for what the channel needs besides the intake: cursors, what was seen
    blobs: Blobs
    tokens: Tokens
    bus: Bus
    workers: Workers
    metrics: Metrics
    report: Callable[[str, DeliveryState], Awaitable[None]]
    """Called with (interaction id, state) when a connector learns what became of a message."""
    wake: Callable[[], None]
    """Called after a write that adds outbox rows."""
    ask: WhatToAsk = nothing_to_ask
    """What the interaction model wants to know before a contact."""
    is_recorded: IsRecorded = nothing_recorded
    """Whether the interaction model has a call that we make recorded."""
    default_accounts: Mapping[Channel, str] = field(default_factory=dict)
    """From which of our accounts to write to a customer of our own accord."""
    pass_on: PassOn = nowhere_to_pass
    """Sends a mail that is not kept."""
    topic_of_event: Callable[[EventKind], str] = lambda _kind: ""
    """The topic of the interaction model that a delivery event is work about; empty for none."""


@dataclass(frozen=True)
class ConnectorKind:
    """One line in config/installed.py."""

    name: str
    settings: type[Section]
    build: Callable[[Any, ConnectorContext], Connector]
    description: str = field(default="")
