"""A model as plain mappings, lists and scalars, as it is written: with what stands in its entries
and nothing else. Two models are the same when this is the same, whatever lines they stand on."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from routing.definition import Definition
from routing.entry import Duration, Entry, as_written
from routing.hours.span import Span
from routing.moment import Moment
from routing.tree import ANY

_PLACE = ("id", "line")
_WHERE = ("target_group", "channel", "direction", "topic")

Plain = dict[str, Any]


def plain(definition: Definition) -> Plain:
    """The sections in the order of a model file, empty ones left out. Durations are text (`4h`),
    yes and no are True and False, everything else is text, a whole number or None."""
    sections: Plain = {}
    for name in Definition.model_fields:
        value = getattr(definition, name)
        if name == "moments":
            sections[name] = [_row(row) for row in value]
        elif isinstance(value, Mapping):
            sections[name] = {_key(key): written(entry) for key, entry in value.items()}
        else:
            sections[name] = value
    return {name: value for name, value in sections.items() if value or name in _NEEDED}


_NEEDED = ("version", "organisation", "triage_role", "roles", "channels", "moments")


def written(value: Any) -> Any:
    """One value of a model as plain data."""
    match value:
        case Mapping():
            return {_key(key): written(item) for key, item in value.items()}
        case tuple() | list():
            return [written(item) for item in value]
        case BaseModel() if not isinstance(value, Span):
            return _entry(value)
        case _:
            return _scalar(value)


def _scalar(value: Any) -> Any:
    match value:
        case bool() | int() | None:
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else format(value, "f")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _entry(entry: BaseModel) -> Plain:
    fields = type(entry).model_fields
    own = _PLACE if isinstance(entry, Entry) else ()
    return {
        name: _field(info, getattr(entry, name))
        for name, info in fields.items()
        if name in entry.model_fields_set and name not in own
    }


def _field(info: FieldInfo, value: Any) -> Any:
    if value is not None and Duration in get_args(info.annotation):
        return as_written(value)
    return written(value)


def _row(row: Moment) -> Plain:
    """What it holds for comes first, then what it settles."""
    found = _entry(row)
    where = {name: found.get(name) for name in (*_WHERE, "order")}
    kept = {name: value for name, value in where.items() if value not in (None, ANY)}
    return kept | {name: value for name, value in found.items() if name not in where}


def _key(key: Any) -> str:
    return key.isoformat() if isinstance(key, date) else str(written(key))
