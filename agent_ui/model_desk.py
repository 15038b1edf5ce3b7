"""What the pages of the interaction model ask of whoever knows it, and the shapes of the answers.

The console knows no routing: wiring hands in a `ModelDesk`. Titles in its answers are in the
language that was asked for; `language` is "en" or "nl".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from hub.store.agents import Agent
from hub.store.models import Version
from hub.store.signatures import Signature


@dataclass(frozen=True)
class Flaw:
    """Something wrong with a text, and what to do about it, by language; `line` counts from 1, 0 is
    the whole."""

    line: int
    said: Mapping[str, str]


class Unreadable(Exception):
    """A version that cannot be read, with everything that is wrong with it."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        super().__init__(f"{len(flaws)} flaws")
        self.flaws = tuple(flaws)


@dataclass(frozen=True)
class Spot:
    """A target group or a topic. `kind`: `one`; `below`, it and all under it; `any`, all of them;
    `root`, none that is known."""

    title: str
    kind: str = "one"


@dataclass(frozen=True)
class Value:
    """What holds for one field, and the row that says so; no row: what holds without any."""

    field: str
    text: str
    row: str = ""
    line: int = 0


@dataclass(frozen=True)
class LostLine:
    """A row that holds, with the fields that others settle before it, by why."""

    row: str
    line: int
    fields: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class RowLine:
    """A row: for whom, which way, about what, and what it settles itself. Directions and channels
    are names, `any` for all."""

    id: str
    line: int
    group: Spot
    direction: str
    channel: str
    topic: Spot
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Choices:
    """What can be chosen in forms: title by name."""

    groups: Mapping[str, str]
    channels: Sequence[str]
    topics: Mapping[str, str]
    roles: Mapping[str, str]


@dataclass(frozen=True)
class Filter:
    """Only rows that hold for these, and that name this role; empty is all."""

    group: str = ""
    channel: str = ""
    topic: str = ""
    role: str = ""


@dataclass(frozen=True)
class Rows:
    choices: Choices
    rows: tuple[RowLine, ...]
    total: int


@dataclass(frozen=True)
class Trial:
    """A made-up contact; `topic` is what the customer stated."""

    group: str = ""
    direction: str = "inbound"
    channel: str = "email"
    topic: str = ""
    account: str = ""
    sender: str = ""
    subject: str = ""
    text: str = ""


@dataclass(frozen=True)
class Outcome:
    """Who gets it, sentences that say why, everything that holds for it, and the rows that hold as
    well."""

    role: str
    reasons: tuple[str, ...]
    values: tuple[Value, ...]
    lost: tuple[LostLine, ...] = ()


@dataclass(frozen=True)
class FindingLine:
    """Something that the proof of a model found. `severity`: `error`, `warning` or `note`;
    `rows`: what is concerned, in words, with its line; `example`: a contact that shows it, and
    `contact` the same in words; `yaml`: the repair as text for the model; `reference` is the same
    for the same finding."""

    severity: str
    text: str
    rows: tuple[tuple[str, int], ...]
    example: Trial | None
    contact: str
    repair: str
    yaml: str
    reference: str


@dataclass(frozen=True)
class AskedLine:
    """A row that an owner is asked to sign; `said` is their last word on it. `is_new`: the version
    that is live does not say this."""

    role: str
    role_title: str
    owner: str
    fingerprint: str
    row: RowLine
    said: Signature | None
    is_new: bool


@dataclass(frozen=True)
class PlaceLine:
    """Combinations of what stands here; directions and channels are names, `any` for all."""

    groups: tuple[Spot, ...]
    directions: tuple[str, ...]
    channels: tuple[str, ...]
    topics: tuple[Spot, ...]


@dataclass(frozen=True)
class ChangeLine:
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class DifferenceLine:
    """`former` and `role` are titles, empty where the role stays."""

    former: str
    role: str
    count: int
    changes: tuple[ChangeLine, ...]
    places: tuple[PlaceLine, ...]


@dataclass(frozen=True)
class WordingLine:
    """Entries of a section that came (`added`), went (`removed`) or changed."""

    section: str
    what: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    combinations: int
    moving: int
    moving_otherwise: int
    changing: int
    differences: tuple[DifferenceLine, ...] = ()
    wordings: tuple[WordingLine, ...] = field(default=())


class ModelDesk(Protocol):
    """Changes raise Rejected where they are not allowed; what rests on a text that cannot be read
    raises Unreadable. `by` is an agent id. `fixed`: the model's file alone says what holds."""

    @property
    def fixed(self) -> bool: ...

    def time_zone(self) -> str:
        """In which the organisation writes times, as `Europe/Amsterdam`."""

    async def flaws(self, written: str) -> Sequence[Flaw]: ...

    async def proof_of(
        self, written: str, language: str
    ) -> tuple[Sequence[Flaw], Sequence[FindingLine]]:
        """What is wrong with a text that nobody saved yet; what the proof says of it when it can be
        read, ties too."""

    async def rows(self, number: int, only: Filter, language: str) -> Rows: ...

    async def choices(self, number: int, language: str) -> Choices: ...

    async def attempt(self, number: int, trial: Trial, language: str) -> Outcome: ...

    async def decision(self, number: int, trial: Trial) -> dict[str, Any]:
        """The same as data, as it is kept with work."""

    async def findings(self, number: int, language: str) -> Sequence[FindingLine]:
        """What the proof says, the gravest first."""

    async def compare(self, base: int, number: int, language: str) -> Comparison: ...

    async def sheet(self, number: int, language: str) -> Sequence[AskedLine]: ...

    async def draft(
        self, written: str, *, title: str, note: str, based_on: int | None, by: str
    ) -> Version: ...

    async def save(
        self, number: int, revision: int, *, written: str, title: str, note: str, by: str
    ) -> Version: ...

    async def check(self, number: int, *, by: str) -> Version:
        """Also puts what the proof calls an error on the action list."""

    async def sign(
        self, number: int, agent: Agent, *, accepted: bool, remark: str, rows: Sequence[str]
    ) -> int: ...

    async def activate(
        self, number: int, *, by: str, at: datetime | None, override: str
    ) -> Version: ...

    async def cancel(self, number: int, *, by: str) -> Version: ...

    async def withdraw(self, number: int, *, by: str) -> Version: ...

    async def roll_back(self, number: int, *, by: str, reason: str) -> Version: ...
