"""A model as far as it could be read, so that everything wrong with it can be said at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import Field

from hub.interaction import Frozen
from routing.definition import ChannelUse, Role, Skill, TargetGroup, Topic
from routing.entry import Entry, Line
from routing.hours.definition import Hours
from routing.model_file.entries import read_entry
from routing.model_file.problem import Problems
from routing.moment import Moment

Kind = TypeVar("Kind", bound=Entry)


SECTIONS = ("roles", "skills", "hours", "channels", "target_groups", "topics")
"""Those that are keyed by name."""


class Document(Frozen):
    """The outermost keys of the file; their entries are read one by one."""

    version: Line
    organisation: Line
    triage_role: Line
    roles: dict[str, Any]
    skills: dict[str, Any] = Field(default_factory=dict)
    hours: dict[str, Any] = Field(default_factory=dict)
    channels: dict[str, Any]
    target_groups: dict[str, Any] = Field(default_factory=dict)
    topics: dict[str, Any] = Field(default_factory=dict)
    moments: list[Any] = Field(default_factory=list)


@dataclass(frozen=True)
class Draft:
    """An entry that is broken in itself is None here: it is still known by its name.

    `whole` says that every section is there and is a section; otherwise looking for names in them
    would only repeat what was said already. `skills` is None when that section is left out.
    """

    document: Document | None
    roles: dict[str, Role | None]
    skills: dict[str, Skill | None] | None
    hours: dict[str, Hours | None]
    channels: dict[str, ChannelUse | None]
    target_groups: dict[str, TargetGroup | None]
    topics: dict[str, Topic | None]
    moments: list[Moment | None]
    whole: bool

    @property
    def rows(self) -> Iterator[tuple[int, Moment]]:
        """The rows that could be read, each with its place in the list."""
        return ((place, row) for place, row in enumerate(self.moments) if row)


def read_draft(data: Any, problems: Problems) -> Draft:
    document = read_entry(Document, data, (), problems)
    sections = data if isinstance(data, dict) else {}
    moments = sections.get("moments")
    return Draft(
        document=document,
        roles=_mapping(Role, sections, "roles", problems),
        skills=_mapping(Skill, sections, "skills", problems) if "skills" in sections else None,
        hours=_mapping(Hours, sections, "hours", problems),
        channels=_mapping(ChannelUse, sections, "channels", problems),
        target_groups=_mapping(TargetGroup, sections, "target_groups", problems),
        topics=_mapping(Topic, sections, "topics", problems),
        moments=[
            read_entry(Moment, value, ("moments", place), problems)
            for place, value in enumerate(moments if isinstance(moments, list) else [])
        ],
        whole=_is_whole(sections),
    )


def _mapping(
    kind: type[Kind], sections: dict[str, Any], name: str, problems: Problems
) -> dict[str, Kind | None]:
    found = sections.get(name)
    entries = found if isinstance(found, dict) else {}
    return {key: read_entry(kind, value, (name, key), problems) for key, value in entries.items()}


def _is_whole(sections: dict[str, Any]) -> bool:
    return all(
        isinstance(sections.get(name), dict)
        for name in SECTIONS
        if name in sections or Document.model_fields[name].is_required()
    )
