"""The business hours of a model for the console: as forms, and changes of them in its text."""

import asyncio
import contextlib
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo, available_timezones

from pydantic import TypeAdapter, ValidationError

from agent_ui.hours_desk import BadHours, DayAhead, HoursForm, HoursLine, HoursPage
from config.flaws import unreadable
from config.model_texts import as_language
from hub import clock
from hub.errors import Rejected
from hub.store.models import Origin, Version
from routing.definition import Definition
from routing.forms.hours import HoursWritten, Opened, with_day, with_hours, without_hours
from routing.hours.calendar import Calendar
from routing.hours.definition import Hours
from routing.hours.holidays import countries
from routing.hours.span import Spans
from routing.lifecycle.reading import name_of
from routing.lifecycle.versions import Versions
from routing.model import Model
from routing.model_file import read_definition, read_model
from routing.said import dutch, said

_AHEAD = timedelta(days=366)
_CLOSED = ("", "closed", "gesloten", "dicht")
_PARTS = re.compile(r"[,;]|\s(?:and|en)\s")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SPANS: TypeAdapter[Opened] = TypeAdapter(Spans)
_Change = Callable[[str, Definition], str]


class HoursOfModels:
    """See `agent_ui.hours_desk.HoursDesk`."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions

    async def page(self, number: int, language: str) -> HoursPage:
        with unreadable():
            model = (await self._versions.read(number))[1]
        chosen = as_language(language)
        lines = await asyncio.to_thread(
            lambda: tuple(_line(hours, model) for hours in model.definition.hours.values())
        )
        return HoursPage(
            lines,
            {role.id: getattr(role.title, chosen) for role in model.roles.values()},
            _zones(),
            countries(),
        )

    async def written(self, number: int, name: str, form: HoursForm) -> str:
        return await self._written(number, _kept(name, form))

    async def keep(
        self, number: int, revision: int, name: str, form: HoursForm, *, by: str
    ) -> Version:
        return await self._save(number, revision, _kept(name, form), by)

    async def remove(self, number: int, revision: int, name: str, *, by: str) -> Version:
        def removed(text: str, definition: Definition) -> str:
            _known(definition, [name])
            return without_hours(text, name)

        return await self._save(number, revision, removed, by)

    async def set_day(
        self, number: int, revision: int, names: Sequence[str], day: str, opened: str, *, by: str
    ) -> Version:
        return await self._save(number, revision, _with_day(names, day, opened), by)

    async def draft_of_day(
        self, number: int, names: Sequence[str], day: str, opened: str, *, by: str
    ) -> Version:
        changed = await self._written(number, _with_day(names, day, opened))
        return await self._versions.draft(
            changed, by=by, origin=Origin.CONSOLE, title=day, note="", based_on=number
        )

    async def _save(self, number: int, revision: int, change: _Change, by: str) -> Version:
        version = await self._versions.version(number)
        changed = await self._written(number, change)
        return await self._versions.save(
            number, revision, written=changed, title=version.title, note=version.note, by=by
        )

    async def _written(self, number: int, change: _Change) -> str:
        text = await self._versions.text(number)
        with unreadable():
            return await asyncio.to_thread(_changed, text, number, change)


def _changed(text: str, number: int, change: _Change) -> str:
    """Raises BrokenModel where the outcome could not be used."""
    name = name_of(number)
    changed = change(text, read_definition(text, name))
    read_model(changed, name)
    return changed


def _kept(name: str, form: HoursForm) -> _Change:
    wanted = _read(form)

    def kept(text: str, definition: Definition) -> str:
        if name:
            _known(definition, [name])
        return with_hours(text, definition, name or _new_name(form, definition), wanted)

    return kept


def _with_day(names: Sequence[str], day: str, opened: str) -> _Change:
    when, spans = _day(day, "day"), _spans(opened, "opened")
    if not names:
        raise BadHours("hours", {"en": "choose at least one", "nl": "kies er minstens één"})

    def changed(text: str, definition: Definition) -> str:
        _known(definition, names)
        return with_day(text, definition, names, when, spans)

    return changed


def _known(definition: Definition, names: Sequence[str]) -> None:
    if not set(names) <= definition.hours.keys():
        raise Rejected("no_hours", "These hours are not in the model any more.", status=409)


def _new_name(form: HoursForm, definition: Definition) -> str:
    """The name that the model knows new hours by, from their title."""
    plain = re.sub(r"[^a-z0-9]+", "-", form.title_en.casefold()).strip("-")[:50] or "hours"
    name, count = plain, 2
    while name in definition.hours:
        name, count = f"{plain}-{count}", count + 1
    return name


def _read(form: HoursForm) -> HoursWritten:
    for language, title in (("en", form.title_en), ("nl", form.title_nl)):
        if not title.strip():
            missing = {"en": "write a name", "nl": "schrijf een naam"}
            raise BadHours(f"title_{language}", missing)
    return HoursWritten(
        title={"en": form.title_en.strip(), "nl": form.title_nl.strip()},
        time_zone=form.time_zone.strip(),
        week=[_spans(typed, f"day.{number}") for number, typed in enumerate(form.week)],
        holidays=form.holidays.strip(),
        exceptions={
            _day(day, "exceptions"): _spans(typed, day) for day, typed in form.exceptions.items()
        },
        roles=form.roles,
    )


def _day(typed: str, field: str) -> date:
    with contextlib.suppress(ValueError):
        if _DAY.fullmatch(typed):
            return date.fromisoformat(typed)
    what = said("a date is written like 2026-12-24")
    raise BadHours(field, {"en": what, "nl": what.nl})


def _spans(typed: str, field: str) -> Opened:
    if typed.strip().casefold() in _CLOSED:
        return ()
    try:
        return _SPANS.validate_python([part.strip() for part in _PARTS.split(typed)])
    except ValidationError as error:
        found = error.errors()[0]
        what = found.get("ctx", {}).get("error")
        text = what.args[0] if what is not None else found["msg"]
        raise BadHours(field, {"en": text, "nl": dutch(text)}) from error


def _line(hours: Hours, model: Model) -> HoursLine:
    roles = tuple(role.id for role in model.roles.values() if role.hours == hours.id)
    channels = [use for use in model.channels.values() if use.hours == hours.id]
    form = HoursForm(
        title_en=hours.title.en,
        title_nl=hours.title.nl,
        time_zone=hours.time_zone,
        week=tuple(map(_typed, hours.days)),
        holidays=hours.holidays or "",
        exceptions={
            day.isoformat(): _typed(hours.exceptions[day]) for day in sorted(hours.exceptions)
        },
        roles=roles,
    )
    ahead = tuple(_ahead(hours))
    return HoursLine(hours.id, hours.line, form, ahead, used=bool(roles or channels))


def _ahead(hours: Hours) -> Sequence[DayAhead]:
    calendar, first = Calendar(hours), clock.now().astimezone(ZoneInfo(hours.time_zone)).date()
    found = []
    for number in range(_AHEAD.days):
        day = first + timedelta(days=number)
        holiday, is_exception = calendar.holiday(day), day in hours.exceptions
        if holiday or is_exception:
            names = holiday.model_dump() if holiday else {}
            found.append(DayAhead(day, _typed(calendar.on(day)), names, is_exception))
    return found


def _typed(opened: Opened) -> str:
    return ", ".join(map(str, opened))


def _zones() -> Sequence[str]:
    """Those with a place in their name, as people choose them."""
    return sorted(one for one in available_timezones() if "/" in one and not one.startswith("Etc"))
