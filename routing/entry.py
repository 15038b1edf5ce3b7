"""What all entries of an interaction model share: how values are written, titles and places."""

import re
from collections import Counter
from collections.abc import Hashable
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from hub.interaction import Channel, Direction, Frozen
from routing.said import said
from routing.tree import ANY

ID = "@id"
LINE = "@line"
"""Under these keys a reader hands in what is not written inside the entry itself."""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(?:[0-9]{1,6}[smhd])+")
_PART = re.compile(r"([0-9]+)([smhd])")
_LONGEST = 366 * _UNITS["d"]


def _seconds(value: Any) -> Any:
    """`1h30m` as 5400. Whole seconds pass, so that a stored value reads back."""
    if not isinstance(value, str):
        return value
    if not _DURATION.fullmatch(value):
        raise ValueError(said("a duration is written like 30m, 4h, 2d or 1h30m"))
    return sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(value))


def as_written(seconds: int) -> str:
    """A duration as a model writes it: `2d`, `27h`, `1h30m`. Days only when they are whole: in
    business time a day of 24 open hours is no day that anybody knows."""
    if seconds and seconds % _UNITS["d"] == 0:
        return f"{seconds // _UNITS['d']}d"
    text = ""
    for unit in "hms":
        count, seconds = divmod(seconds, _UNITS[unit])
        text += f"{count}{unit}" if count else ""
    return text or "0s"


def _any_as_none(value: Any) -> Any:
    return None if value == ANY else value


Duration = Annotated[int, BeforeValidator(_seconds), Field(gt=0, le=_LONGEST)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Path = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*){0,9}$", max_length=200),
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Level = Annotated[int, Field(ge=1, le=5)]


AnyChannel = Annotated[Channel | None, BeforeValidator(_any_as_none)]
AnyDirection = Annotated[Direction | None, BeforeValidator(_any_as_none)]
"""None stands for `any`."""


class Title(Frozen):
    en: Line
    nl: Line


class Named(Frozen):
    name: Name
    title: Title


_Item = TypeVar("_Item", bound=Named)
_Value = TypeVar("_Value", bound=Hashable)


class Entry(Frozen):
    """Something with its own place in the file, so that a decision can point at it."""

    line: int = Field(0, validation_alias=LINE)


def _each_name_once(items: tuple[_Item, ...]) -> tuple[_Item, ...]:
    for name, count in Counter(item.name for item in items).items():
        if count > 1:
            raise ValueError(
                said(
                    "choose another name: {name} is there {count} times in one list",
                    name=name,
                    count=count,
                )
            )
    return items


def _once(items: tuple[_Value, ...]) -> tuple[_Value, ...]:
    for item, count in Counter(items).items():
        if count > 1:
            raise ValueError(
                said("write {item} once: it is there {count} times", item=item, count=count)
            )
    return items


Once = Annotated[tuple[_Value, ...], AfterValidator(_once)]
NamedOnce = Annotated[tuple[_Item, ...], AfterValidator(_each_name_once)]
"""A list in which each name occurs once, so that the name can stand for the item."""
