"""One row of the interaction model: which contacts it holds for, and what it settles for them."""

import re
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from hub.interaction import Channel, Frozen
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
    Once,
    Title,
)
from routing.said import said
from routing.tree import ANY, depth


class Clock(StrEnum):
    """In which time targets run: in the business hours of the role, or around the clock."""

    BUSINESS = "business"
    CALENDAR = "calendar"


class Sla(Frozen):
    """Targets in seconds, counted by `clock`. `next_response`: from the oldest message of the
    customer that was not answered yet, once the first one was."""

    first_response: Duration | None = None
    next_response: Duration | None = None
    resolution: Duration | None = None
    clock: Clock = Clock.CALENDAR


class InformationSource(StrEnum):
    """Where required information comes from; `ask` means that the agent asks the customer."""

    CUSTOMER = "customer"
    ORDER = "order"
    AGREEMENT = "agreement"
    DELIVERY = "delivery"
    ASK = "ask"


_FIELD = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,4}")


def _dotted(field: str) -> str:
    if not _FIELD.fullmatch(field):
        raise ValueError(said("a field is written like order.number"))
    return field


Dotted = Annotated[str, StringConstraints(max_length=100), AfterValidator(_dotted)]


class Information(Named):
    """`field` says where exactly in its source it is, `order.number`; it is filled from there."""

    source: InformationSource
    field: Dotted | None = None

    @model_validator(mode="after")
    def _field_of_its_source(self) -> Self:
        if self.field and self.field.partition(".")[0] != self.source:
            raise ValueError(
                said(
                    "the field must begin with `{source}.`, as the source says", source=self.source
                )
            )
        return self


class Result(Named):
    """What to record at the end; with `choices` it is one of them, otherwise free text."""

    choices: NamedOnce[Named] = ()


class Step(Named):
    """`blocking`: what follows may not start before this is done. `who`: the role that does it
    when that is another than the responsible one; `aid`: what to use for it."""

    blocking: bool = False
    who: str | None = None
    aid: Title | None = None


class Steps(Frozen):
    before: NamedOnce[Step] = ()
    during: NamedOnce[Step] = ()
    after: NamedOnce[Step] = ()


class Authority(Frozen):
    """What the role may decide alone, in words and, where it can be counted, in numbers. Above it
    the role `approver` decides, `within` so many seconds."""

    en: Line
    nl: Line
    limits: dict[Name, Decimal] = Field(default_factory=dict)
    approver: str | None = None
    within: Duration | None = None

    @model_validator(mode="after")
    def _approved_by_somebody(self) -> Self:
        if self.within is not None and self.approver is None:
            raise ValueError(
                said("`within` needs an `approver`: the role that decides within that time")
            )
        return self


class Setting(Frozen):
    """Everything that a row can settle. A row settles only the fields written in it; the defaults
    here hold where no row does.

    `sticky`: rather the agent who helped this customer last. `capacity`: how much of an agent's 100
    units this work takes; without it the channel says. `instead`: what to offer where it is not
    allowed. `recorded`: phone calls are recorded, of callers who agree to it.
    """

    role: str = ""
    backup_role: str | None = None
    priority_minutes: int = Field(0, ge=0, le=10_080)
    sla: Sla = Sla()
    skills: dict[Name, Level] = Field(default_factory=dict)
    required_information: NamedOnce[Information] = ()
    results: NamedOnce[Result] = ()
    steps: Steps = Steps()
    authority: tuple[Authority, ...] = ()
    sticky: bool = False
    capacity: int | None = Field(None, ge=1, le=100)
    allowed: bool = True
    instead: Once[Channel] = ()
    recorded: bool = False


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
_GETTERS = {field: attrgetter(field) for field in FIELDS}


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

    @cached_property
    def specificity(self) -> tuple[int, bool, bool, int]:
        """Of two rows that hold for one contact, the first is more specific when no number here is
        lower and at least one is higher. Two rows can each be more specific in their own way."""
        return (
            depth(self.target_group),
            self.channel is not None,
            self.direction is not None,
            depth(self.topic),
        )

    @cached_property
    def settled(self) -> tuple[str, ...]:
        """The fields that are written in this row, in the order of `FIELDS`."""
        return tuple(field for field, keys in FIELDS.items() if self._writes(*keys))

    def settles(self, field: str) -> bool:
        return field in self.settled

    def _writes(self, name: str, *parts: str) -> bool:
        part_of = getattr(self, name)
        return name in self.model_fields_set and all(
            part in part_of.model_fields_set for part in parts
        )

    def value(self, field: str) -> Any:
        return _GETTERS[field](self)
