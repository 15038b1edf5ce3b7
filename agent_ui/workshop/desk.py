"""What the pages of a five-step session ask of whoever knows the interaction model.

The console knows no routing: wiring hands in a `WorkshopDesk`. Titles in its answers are in the
language that was asked for; cards are named as in `hub.workshop`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from agent_ui.model_desk import FindingLine
from hub.store.models import Version
from hub.store.workshops import Workshop
from hub.workshop import Board, Write


@dataclass(frozen=True)
class Inherited:
    """What holds for a field of a row that says nothing of it itself; `row` is the card of the row
    that says it."""

    text: str
    row: str


@dataclass(frozen=True)
class Combination:
    """Whether contacts about a topic go over a channel. `own` is what the row of exactly this says
    (`yes`, `no` or nothing), `wider` what would hold without it, `by` the row that decides;
    `differs`: two rows contradict each other."""

    topic: str
    channel: str
    allowed: bool
    own: str
    wider: bool
    by: str
    role: str
    differs: bool


@dataclass(frozen=True)
class Misfit:
    """Something written that cannot be in a model."""

    card: str
    field: str
    text: str


@dataclass(frozen=True)
class Proved:
    """A finding, the cards that it is about, and the card of the row where it can be mended."""

    finding: FindingLine
    cards: tuple[str, ...]
    row: str


class Answers(Protocol):
    """What holds by the cards of one board."""

    @property
    def misfits(self) -> Sequence[Misfit]: ...

    @property
    def untranslated(self) -> Mapping[str, Sequence[str]]:
        """The cards that lack a language, by language."""

    def inherited(self, row: str) -> Mapping[str, Inherited]:
        """By field, as `ModelDesk` calls them."""

    def combinations(self, group: str, direction: str) -> Iterable[Combination]:
        """For the key of a group, or `any`."""


class WorkshopDesk(Protocol):
    def beginning(self, time_zone: str) -> Sequence[Write]:
        """The cards with which a session from nothing begins."""

    async def cards_of(self, number: int) -> Sequence[Write]:
        """The cards of a version; raises Unreadable."""

    async def answers(self, board: Board, language: str) -> Answers: ...

    async def findings(self, board: Board, language: str) -> Sequence[Proved]:
        """What the proof says of the board as it is, the gravest first."""

    async def draft(self, workshop: Workshop, board: Board, *, by: str) -> Version:
        """A version of the board, with its action list: the last draft of the session anew while
        nobody else touched it, else a new one. `by` is an agent id."""
