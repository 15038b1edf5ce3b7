"""What the page "what would have happened" asks of whoever can replay, and the shapes of answers.

Titles are in the language that was asked for. What a customer wrote is in an answer only where the
agent who asks may read that conversation.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from agent_ui.staffing import People
from agent_ui.texts import Texts
from hub.store.agents import Agent
from hub.store.model_replays import Run


@dataclass(frozen=True)
class Move:
    """So many contacts go from role to role; ids beside the titles."""

    former: str
    former_id: str
    role: str
    role_id: str
    count: int
    example: str


@dataclass(frozen=True)
class Watch:
    """Something to look at: `what` is `first_response`, `resolution`, `no_role`, `no_members` or
    `refused`; `new` are so by this version only."""

    what: str
    before: int
    after: int
    new: int
    example: str


@dataclass(frozen=True)
class Count:
    """A role, channel or topic; no title: no topic."""

    title: str
    before: int
    after: int
    moved: int
    late_before: int
    late_after: int
    unhandled: int


@dataclass(frozen=True)
class Result:
    total: int
    moved: int
    learned: int
    members_known: bool
    moves: tuple[Move, ...]
    watched: tuple[Watch, ...]
    roles: tuple[Count, ...]
    channels: tuple[Count, ...]
    topics: tuple[Count, ...]


@dataclass(frozen=True)
class Wanted:
    """Which of the contacts that differ. `what`: `changed`, `moved`, `breached`, `unhandled` or
    `refused`; the roles are ids, "" for any."""

    what: str = "changed"
    former: str = ""
    role: str = ""


@dataclass(frozen=True)
class Contact:
    """`subject` is empty where the agent may not read it, and `readable` says so."""

    interaction_id: str
    conversation_id: str
    at: datetime
    channel: str
    former: str
    role: str
    topic: str
    marks: tuple[str, ...]
    readable: bool
    subject: str


@dataclass(frozen=True)
class Contacts:
    """One page of them, of so many pages."""

    total: int
    pages: int
    contacts: tuple[Contact, ...]


@dataclass(frozen=True)
class Half:
    """What one version makes of a contact; `promises` are words of `words.KEPT`."""

    version: int
    role: str
    topic: str
    group: str
    row: str
    line: int
    allowed: bool
    nobody: str
    first_response: str
    resolution: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Opened:
    contact: Contact
    before: Half
    after: Half


class ReplayDesk(Protocol):
    """Raises Rejected for what cannot be, Unreadable for a version that cannot be read."""

    async def run(self, number: int) -> Run | None:
        """The last one of this version."""

    async def begin(self, number: int, base: int, days: int, *, by: str) -> Run: ...

    async def cancel(self, number: int) -> None: ...

    async def result(self, run: Run, language: str) -> Result | None:
        """None while there is none."""

    async def staffing(self, run: Run, language: str) -> People | None:
        """People needed by both versions; None while there is nothing."""

    async def contacts(
        self, run: Run, wanted: Wanted, page: int, agent: Agent, language: str
    ) -> Contacts:
        """The page of so many, from 0."""

    async def open(
        self, run: Run, interaction_id: str, agent: Agent, language: str
    ) -> Opened | None:
        """One contact by both sides; None when it made no work."""

    def export(
        self, run: Run, wanted: Wanted, agent: Agent, texts: Texts
    ) -> AsyncIterator[Sequence[str]]:
        """Lines of CSV in words, some at a time."""

    async def export_staffing(self, run: Run, texts: Texts) -> Sequence[str]:
        """Lines of CSV in words."""
