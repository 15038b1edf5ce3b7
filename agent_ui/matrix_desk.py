"""What the matrix of a model asks of whoever knows the model, and the shapes of the answers.

A layer is a channel and a direction; an empty one stands for all of them. Groups and topics are
ids, `any` for all. Titles are in the language that was asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from agent_ui.model_desk import Choices, Value

ANY = "any"


@dataclass(frozen=True)
class Layer:
    channel: str = ""
    direction: str = ""


@dataclass(frozen=True)
class Head:
    """A group or a topic; `depth` in its tree, 0 for all of them (which have no title)."""

    id: str
    title: str
    depth: int


@dataclass(frozen=True)
class MatrixCell:
    """Who is responsible: `own` when a row says so for exactly this cell, else by the row `row`.
    `nobody`: no row names a role. `findings`: sentences of the proof."""

    role: str
    title: str
    own: bool
    nobody: bool
    allowed: bool
    row: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    topic: Head
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True)
class Matrix:
    """`used`: whether the channel is used in this direction at all."""

    choices: Choices
    groups: tuple[Head, ...]
    lines: tuple[Line, ...]
    used: bool


@dataclass(frozen=True)
class Spot:
    """One cell of one layer."""

    group: str = ANY
    topic: str = ANY
    layer: Layer = Layer()


@dataclass(frozen=True)
class CellChange:
    """What to write for one cell, by field as it stands in a form; empty: nothing, so that it is
    inherited."""

    spot: Spot
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Saved:
    """How many cells were written, and in how many of them nobody stands in any more: it was the
    backup that became responsible, or a role that has none did."""

    cells: int
    without_backup: int


@dataclass(frozen=True)
class CellForm:
    """`values`: all that holds here, each with the row that it came from; `own`: what a row says
    for exactly this cell, as it stands in a form, with that row's `line` (0: there is none)."""

    group: Head
    topic: Head
    values: tuple[Value, ...]
    own: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


FIELDS = (
    "role",
    "backup_role",
    "allowed",
    "instead",
    "recorded",
    "priority_minutes",
    "sla.first_response",
    "sla.next_response",
    "sla.resolution",
    "sla.clock",
)
"""The plain ones, that are changed here; the others in the text."""


class MatrixDesk(Protocol):
    """Raises Unreadable for a version that cannot be read, and for what would make it so."""

    async def matrix(self, number: int, layer: Layer, only: str, language: str) -> Matrix:
        """`only`: one group, empty for all."""

    async def cell(self, number: int, spot: Spot, language: str) -> CellForm: ...

    async def change(
        self, number: int, revision: int, changes: Sequence[CellChange], *, by: str
    ) -> Saved:
        """Raises Rejected (`model_changed`) when somebody else was faster."""
