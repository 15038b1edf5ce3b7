"""One row of the interaction model: which contacts it holds for, and what it settles for them."""

from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Any

from pydantic import Field

from hub.interaction import Frozen
from routing.entry import (
    AnyChannel,
    AnyDirection,
    Duration,
    Entry,
    Level,
    Line,
    Name,
    Named,
    NamedOnce,
)
from routing.tree import ANY, depth


class Sla(Frozen):
    """Targets in calendar time."""

    first_response: Duration | None = None
    resolution: Duration | None = None


class InformationSource(StrEnum):
    """Where required information comes from; `ask` means that the agent asks the customer."""

    CUSTOMER = "customer"
    ORDER = "order"
    AGREEMENT = "agreement"
    DELIVERY = "delivery"
    ASK = "ask"


class Information(Named):
    source: InformationSource


class Result(Named):
    """What to record at the end; with `choices` it is one of them, otherwise free text."""

    choices: NamedOnce[Named] = ()


class Step(Named):
    """`blocking`: what follows may not start before this is done."""

    blocking: bool = False


class Steps(Frozen):
    before: NamedOnce[Step] = ()
    during: NamedOnce[Step] = ()
    after: NamedOnce[Step] = ()


class Authority(Frozen):
    """What the role may decide alone, in words and, where it can be counted, in numbers."""

    en: Line
    nl: Line
    limits: dict[Name, Decimal] = Field(default_factory=dict)


class Setting(Frozen):
    """Everything that a row can settle. A row settles only the fields written in it; the defaults
    here hold where no row does."""

    role: str = ""
    backup_role: str | None = None
    priority_minutes: int = Field(0, ge=0, le=10_080)
    sla: Sla = Sla()
    skills: dict[Name, Level] = Field(default_factory=dict)
    required_information: NamedOnce[Information] = ()
    results: NamedOnce[Result] = ()
    steps: Steps = Steps()
    authority: tuple[Authority, ...] = ()
    allowed: bool = True


def _fields() -> dict[str, tuple[str, ...]]:
    """The parts of `sla` and `steps` inherit one by one, so each of them is a field of its own."""
    fields: dict[str, tuple[str, ...]] = {}
    for name, info in Setting.model_fields.items():
        if isinstance(info.default, Frozen):
            parts = type(info.default).model_fields
            fields.update({f"{name}.{part}": (name, part) for part in parts})
        else:
            fields[name] = (name,)
    return fields


FIELDS = _fields()
"""Every field that inherits, by its name in explanations, with the keys that lead to it."""


class Moment(Entry, Setting):
    """One row: for whom, which way, over which channel and about what; then what it settles.

    `order` decides between rows of which neither is more specific than the other.
    """

    target_group: str = ANY
    channel: AnyChannel = None
    direction: AnyDirection = None
    topic: str = ANY
    order: int = Field(0, ge=-1000, le=1000)

    @property
    def id(self) -> str:
        """What the row holds for, as one line; no two rows of a model hold for the same."""
        return f"{self.target_group} {self.direction or ANY} {self.channel or ANY} {self.topic}"

    @property
    def specificity(self) -> tuple[int, bool, bool, int]:
        """Of two rows that hold for one contact, the first is more specific when no number here is
        lower and at least one is higher. Two rows can each be more specific in their own way."""
        return (
            depth(self.target_group),
            self.channel is not None,
            self.direction is not None,
            depth(self.topic),
        )

    def settles(self, field: str) -> bool:
        name, *parts = FIELDS[field]
        part_of = getattr(self, name)
        return name in self.model_fields_set and all(
            part in part_of.model_fields_set for part in parts
        )

    def value(self, field: str) -> Any:
        return attrgetter(field)(self)
