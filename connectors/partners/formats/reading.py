"""What all formats share: how a body is taken apart, and how a complaint names its place."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from hub.deliveries import EventKind, NewEvent

T = TypeVar("T")
Names = Mapping[str, str]


@dataclass(frozen=True)
class Post:
    """What came, and from whom. `codes`: what codes of this partner mean."""

    partner: str
    body: bytes
    headers: Mapping[str, str]
    codes: Mapping[str, EventKind] = field(default_factory=dict)


@dataclass(frozen=True)
class Complaint:
    """What is wrong with one event: its place in the post, the field as a JSON pointer (RFC 6901),
    and what to do."""

    event: int
    pointer: str
    detail: str


class Malformed(ValueError):
    """Nothing of the body can be read."""


class Wrong(ValueError):
    """A field is not as it must be."""

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer
        self.detail = detail


@dataclass
class Read:
    """What was read; `malformed`: why nothing could be."""

    malformed: str = ""
    events: list[NewEvent] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)

    def add(
        self, place: int, make: Callable[[], NewEvent], names: Names = MappingProxyType({})
    ) -> None:
        """Add an event, or what is wrong with it. `names`: the pointers by which the sender knows
        fields of ours."""
        self.events += self.parse(place, make, names)

    def parse(
        self, place: int, make: Callable[[], T], names: Names = MappingProxyType({})
    ) -> list[T]:
        """What `make` gives, or nothing, and then a complaint about it."""
        try:
            return [make()]
        except Wrong as error:
            self.complaints.append(Complaint(place, error.pointer, error.detail))
        except ValidationError as error:
            for wrong in error.errors(include_url=False):
                pointer = names.get(str(next(iter(wrong["loc"]), ""))) or pointer_of(wrong["loc"])
                self.complaints.append(Complaint(place, pointer, wrong["msg"]))
        return []


Reader = Callable[[Post], Read]
"""Raises Malformed when nothing of the body can be read."""


class Foreign(BaseModel):
    """A shape of somebody else: what we do not know in it is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def json_of(body: bytes) -> Any:
    """Raises Malformed."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"The body is not JSON: {error}") from error


def objects_of(value: Any, what: str) -> Sequence[Any]:
    """Raises Malformed when it is no list."""
    if not isinstance(value, list):
        raise Malformed(f"{what} must be a list.")
    return value


def pointer_of(place: Sequence[int | str]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)


_TIME = TypeAdapter(datetime)


def time_of(value: Any) -> datetime:
    """A time of ISO 8601; without a zone it is UTC. Raises ValidationError."""
    at = _TIME.validate_python(value)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def stamp(*parts: object) -> str:
    """An id for an event whose sender gives it none: the same event has the same one."""
    written = "\0".join(str(part) for part in parts)
    return hashlib.sha256(written.encode()).hexdigest()
