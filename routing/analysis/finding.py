"""One thing that is wrong with a model, or that its makers should know, with all that shows it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from hub.interaction import Channel, Direction, Frozen
from routing.inherit import Cell
from routing.moment import Moment


class Severity(StrEnum):
    """An error sends contacts wrong or leaves them; a warning may; a note is good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Kind(StrEnum):
    """Every kind of finding; `words` has its sentences."""

    GAP = "gap"
    TIE = "tie"
    OVERLAP = "overlap"
    UNREACHABLE_ROW = "unreachable_row"
    REDUNDANT_ROW = "redundant_row"
    NO_MEMBERS = "no_members"
    NO_BACKUP_MEMBERS = "no_backup_members"
    NOBODY_ON_DUTY = "nobody_on_duty"
    IMPOSSIBLE_SLA = "impossible_sla"
    BACKUP_CYCLE = "backup_cycle"
    OWN_BACKUP = "own_backup"
    NO_SOURCE = "no_source"
    UNREACHABLE_TOPIC = "unreachable_topic"
    MISSING_SKILL = "missing_skill"


SEVERITIES = {
    Kind.GAP: Severity.ERROR,
    Kind.TIE: Severity.ERROR,
    Kind.OVERLAP: Severity.NOTE,
    Kind.UNREACHABLE_ROW: Severity.WARNING,
    Kind.REDUNDANT_ROW: Severity.NOTE,
    Kind.NO_MEMBERS: Severity.ERROR,
    Kind.NO_BACKUP_MEMBERS: Severity.WARNING,
    Kind.NOBODY_ON_DUTY: Severity.WARNING,
    Kind.IMPOSSIBLE_SLA: Severity.ERROR,
    Kind.BACKUP_CYCLE: Severity.ERROR,
    Kind.OWN_BACKUP: Severity.WARNING,
    Kind.NO_SOURCE: Severity.WARNING,
    Kind.UNREACHABLE_TOPIC: Severity.WARNING,
    Kind.MISSING_SKILL: Severity.ERROR,
}


class Text(Frozen):
    en: str
    nl: str


class Named(Text):
    """What something is called; `raw` is its id."""

    raw: str


class Sentence(Text):
    """`key`: the same whatever the things in it are called."""

    key: str


class RowAt(Frozen):
    """A row or another entry of the model and the line it is on."""

    row: str
    line: int

    @classmethod
    def of(cls, row: Moment) -> "RowAt":
        return cls(row=row.id, line=row.line)


class Example(Frozen):
    """A contact that shows the finding; `at` is when it comes in, where that matters (UTC)."""

    target_group: str
    direction: Direction
    channel: Channel
    topic: str
    at: datetime | None = None

    @property
    def cell(self) -> Cell:
        return Cell(self.target_group, self.direction, self.channel, self.topic)

    @classmethod
    def of(cls, cell: Cell, at: datetime | None = None) -> "Example":
        """Of a combination with a direction and a channel; ValueError for any other."""
        return cls.model_validate({**cell._asdict(), "at": at})


class Repair(Frozen):
    """What to do about it; `yaml` is that as text for the model file, where it can be said so."""

    text: Text
    yaml: str = ""


class Finding(Frozen):
    kind: Kind
    severity: Severity
    text: Sentence
    rows: tuple[RowAt, ...] = ()
    example: Example | None = None
    repair: Repair | None = None

    @property
    def rank(self) -> tuple[Any, ...]:
        """The gravest first, then in the order of the file."""
        line = self.rows[0].line if self.rows else 0
        return list(Severity).index(self.severity), list(Kind).index(self.kind), line, self.text.en
