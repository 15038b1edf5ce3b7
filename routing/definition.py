"""An interaction model as written: roles, channels, both trees and the rows.

Every form of a model (the YAML file today) is read into these values. They say what one entry may
look like; whether the entries agree with one another is checked by `model_file`.
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from hub.deliveries import EventKind
from hub.interaction import Channel, Direction, Frozen
from hub.references import Reference
from routing.entry import ID, Entry, Line, Name, Path, Title
from routing.hours.definition import Hours
from routing.moment import Moment


class Mode(StrEnum):
    """How work reaches the agents of a role: it is offered to one, they take it, or either."""

    OFFERED = "offered"
    SELF_SERVICE = "self-service"
    BOTH = "both"


class Choice(StrEnum):
    """To whom work is offered first of those who can take it."""

    LONGEST_IDLE = "longest-idle"
    MOST_CAPACITY = "most-capacity"


class Role(Entry):
    """Who is responsible; `backup` takes over where a row names no backup role itself.

    `owner` is the sign-in name of who answers for the role and signs the rows that name it;
    `hours` names the business hours in which it works, always when there are none.
    """

    id: Name = Field(validation_alias=ID)
    title: Title
    description: Title | None = None
    backup: str | None = None
    owner: Line | None = None
    hours: str | None = None
    mode: Mode = Mode.SELF_SERVICE
    choice: Choice = Choice.LONGEST_IDLE


class Skill(Entry):
    """Something that rows can ask of an agent, at a level from 1 to 5."""

    id: Name = Field(validation_alias=ID)
    title: Title


class ChannelUse(Entry):
    """A channel that the organisation uses, and in which directions. `hours` names the business
    hours in which it is open to customers, always when there are none. `address` is where customers
    reach us, as they are told: a number, a mail address, a web page; without one the channel is not
    in the public contact guide."""

    id: Channel = Field(validation_alias=ID)
    title: Title
    directions: tuple[Direction, ...] = tuple(Direction)
    hours: str | None = None
    address: Line | None = None


def _one_or_more(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


Alike = Annotated[
    dict[Line, Annotated[tuple[Line, ...], BeforeValidator(_one_or_more), Field(min_length=1)]],
    Field(min_length=1),
]
"""What customers have in common: each of these facts about them is one of its values."""


class TargetGroup(Entry):
    """`customers`: who belongs to it without anybody saying so; one of these is enough. Facts are
    the attributes of customers, `segment` for instance, and `organisation`, `kind`, `language`."""

    id: Path = Field(validation_alias=ID)
    title: Title
    description: Title | None = None
    customers: tuple[Alike, ...] = ()


class Pattern(Frozen):
    """A number as it is written, such as `INV-######` (`patterns` says what the signs mean)."""

    pattern: Line
    reference: Reference | None = None


def _pattern(value: Any) -> Any:
    return {"pattern": value} if isinstance(value, str) else value


FILE_KINDS = {
    "image": (".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".bmp", ".tif", ".tiff"),
    "pdf": (".pdf",),
    "document": (".doc", ".docx", ".odt", ".rtf", ".txt"),
    "spreadsheet": (".xls", ".xlsx", ".ods", ".csv"),
    "archive": (".zip", ".7z", ".rar", ".gz", ".tar"),
    "audio": (".mp3", ".m4a", ".wav", ".ogg", ".amr"),
    "video": (".mp4", ".mov", ".avi", ".webm", ".3gp"),
    "invitation": (".ics",),
    "message": (".eml", ".msg"),
}
"""The kinds of files that a rule may name, with the endings of their names."""


class Rules(Frozen):
    """How a topic is recognised when the customer did not state it.

    `words`: words or phrases in the subject, the text or the name of an attachment.
    `senders`: `name@host` for one address, `host` for everyone at it and under it.
    `accounts`: our own address that was written to, whole or as `invoice@`.
    `patterns`: numbers in the subject, the text or the name of an attachment. One with a
    `reference` is to be looked up, and says the topic only where no word does.
    `attachments`: a kind of FILE_KINDS, or the end of a name such as `.xml`.
    `events`: what a carrier tells about a parcel that makes work; what no topic names makes none.
    """

    words: tuple[Line, ...] = ()
    patterns: tuple[Annotated[Pattern, BeforeValidator(_pattern)], ...] = ()
    attachments: tuple[Line, ...] = ()
    senders: tuple[Line, ...] = ()
    accounts: tuple[Line, ...] = ()
    events: tuple[EventKind, ...] = ()


class Topic(Entry):
    id: Path = Field(validation_alias=ID)
    title: Title
    rules: Rules = Rules()


class Definition(Frozen):
    """A whole model as written. The mappings are keyed by id and keep the order of the file."""

    version: str
    organisation: str
    triage_role: str
    roles: dict[str, Role]
    skills: dict[str, Skill] = Field(default_factory=dict)
    hours: dict[str, Hours] = Field(default_factory=dict)
    channels: dict[Channel, ChannelUse]
    target_groups: dict[str, TargetGroup]
    topics: dict[str, Topic]
    moments: tuple[Moment, ...]
