"""Changes of the business hours of a model in its text: a week, holidays, days that differ, and
which roles keep to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from routing.definition import Definition
from routing.forms.yaml_edit import YamlText
from routing.hours.days import DAYS
from routing.hours.definition import Hours
from routing.hours.span import Span

CLOSED = "closed"
Opened = tuple[Span, ...]
"""What one day has; nothing when it is closed."""


@dataclass(frozen=True)
class HoursWritten:
    """What hours are to say. `week`: each day, from Monday; `roles`: who keeps to them."""

    title: Mapping[str, str]
    time_zone: str
    week: Sequence[Opened]
    holidays: str = ""
    exceptions: Mapping[date, Opened] = field(default_factory=dict)
    roles: Sequence[str] = ()


def with_hours(text: str, definition: Definition, name: str, wanted: HoursWritten) -> str:
    """The text with these hours, new or changed; only what differs is written anew. `definition` is
    what the text says."""
    written = YamlText(text)
    present = definition.hours.get(name)
    if present is None:
        _add(written, definition, name, wanted)
    else:
        _change(written, present, wanted)
    for role in definition.roles.values():
        if role.id in wanted.roles and role.hours != name:
            written.put(("roles", role.id, "hours"), name)
        elif role.id not in wanted.roles and role.hours == name:
            written.remove(("roles", role.id, "hours"))
    return written.text()


def with_day(
    text: str, definition: Definition, names: Sequence[str], day: date, opened: Opened
) -> str:
    """The text in which a day differs in these hours."""
    written = YamlText(text)
    for name in names:
        present = definition.hours[name]
        _put_exceptions(written, present, {**present.exceptions, day: opened})
    return written.text()


def without_hours(text: str, name: str) -> str:
    written = YamlText(text)
    written.remove(("hours", name))
    return written.text()


def _add(written: YamlText, definition: Definition, name: str, wanted: HoursWritten) -> None:
    entry: dict[str, Any] = {
        "title": dict(wanted.title),
        "time_zone": wanted.time_zone,
        "week": _week(wanted.week),
    }
    entry |= {"holidays": wanted.holidays} if wanted.holidays else {}
    if wanted.exceptions:
        entry["exceptions"] = {day: _spans(wanted.exceptions[day]) for day in wanted.exceptions}
    if definition.hours:
        written.put(("hours", name), entry)
    else:
        written.put(("hours",), {name: entry})


def _change(written: YamlText, present: Hours, wanted: HoursWritten) -> None:
    at = ("hours", present.id)
    if dict(wanted.title) != present.title.model_dump():
        written.put((*at, "title"), dict(wanted.title))
    if wanted.time_zone != present.time_zone:
        written.put((*at, "time_zone"), wanted.time_zone)
    if tuple(wanted.week) != present.days:
        written.put((*at, "week"), _week(wanted.week))
    if wanted.holidays != (present.holidays or ""):
        if wanted.holidays:
            written.put((*at, "holidays"), wanted.holidays)
        else:
            written.remove((*at, "holidays"))
    _put_exceptions(written, present, wanted.exceptions)


def _put_exceptions(written: YamlText, present: Hours, wanted: Mapping[date, Opened]) -> None:
    at = ("hours", present.id, "exceptions")
    if dict(wanted) == present.exceptions:
        return
    if not wanted:
        written.remove(at)
    elif not present.exceptions:
        written.put(at, {day: _spans(wanted[day]) for day in sorted(wanted)})
    else:
        kept = written.keys(at)
        for day in present.exceptions.keys() - wanted.keys():
            written.remove((*at, kept[day.isoformat()]))
        for day in sorted(wanted):
            if present.exceptions.get(day) != wanted[day]:
                written.put((*at, kept.get(day.isoformat(), day)), _spans(wanted[day]))
        written.loosen(at)


def _week(days: Sequence[Opened]) -> dict[str, Any]:
    """Days that follow each other with the same hours as one range; closed days are not named."""
    found: dict[str, Any] = {}
    for opened, run in groupby(range(7), key=lambda number: days[number]):
        numbers = list(run)
        if opened:
            last = f"-{DAYS[numbers[-1]]}" if len(numbers) > 1 else ""
            found[DAYS[numbers[0]] + last] = _spans(opened)
    return found


def _spans(opened: Opened) -> Any:
    """As a file has it."""
    if not opened:
        return CLOSED
    return str(opened[0]) if len(opened) == 1 else [str(span) for span in opened]
