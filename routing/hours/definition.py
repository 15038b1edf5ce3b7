"""Business hours as a model writes them: a week, holidays, and days that differ."""

import re
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from routing.entry import ID, Entry, Name, Title
from routing.hours.days import DAYS, Days, numbers
from routing.hours.holidays import HolidaysOf
from routing.hours.span import DAY, Span, Spans
from routing.said import said

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name in _zones():
        return name
    near = get_close_matches(name[:60], sorted(_zones()), n=1, cutoff=0.5)
    advice = (
        said("did you mean {near}", near=near[0])
        if near
        else said("write it like Europe/Amsterdam")
    )
    raise ValueError(said("there is no time zone with this name; {advice}", advice=advice))


def _date(written: Any) -> Any:
    if not isinstance(written, str):
        return written
    if not _DATE.fullmatch(written):
        raise ValueError(said("a date is written like 2026-12-24"))
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ValueError(said("there is no such day; a date is written like 2026-12-24")) from None


TimeZone = Annotated[str, AfterValidator(_known_zone)]
"""A name of the IANA time zone database."""
Day = Annotated[date, BeforeValidator(_date)]


class Hours(Entry):
    """When a role is there. All times are local wall time in `time_zone`.

    `week`: what is open on which days, as written; days without hours are closed. `holidays` are
    closed. `exceptions` replace what the week and the holidays say of a day. Hours over midnight
    belong to the day on which they begin: a holiday does not end the night before it.
    """

    id: Name = Field(validation_alias=ID)
    title: Title
    time_zone: TimeZone
    week: dict[Days, Spans]
    holidays: HolidaysOf | None = None
    exceptions: dict[Day, Spans] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _without_overlap(self) -> "Hours":
        taken: dict[int, str] = {}
        for written in self.week:
            for number in numbers(written):
                first = taken.setdefault(number, written)
                if first != written:
                    raise ValueError(
                        said(
                            "{day} is in {first} and in {written}; keep one",
                            day=DAYS[number],
                            first=first,
                            written=written,
                        )
                    )
        _check_nights(self.days)
        return self

    @property
    def days(self) -> tuple[tuple[Span, ...], ...]:
        """What is open on each day of the week, from Monday."""
        by_number = {number: spans for key, spans in self.week.items() for number in numbers(key)}
        return tuple(by_number.get(number, ()) for number in range(7))


def _check_nights(days: tuple[tuple[Span, ...], ...]) -> None:
    """A night may not run into what the next day opens with."""
    for number, spans in enumerate(days):
        following = (number + 1) % 7
        for night in (span for span in spans if span.end > DAY):
            for span in days[following]:
                if span.start < night.end - DAY:
                    raise ValueError(
                        said(
                            "{night} of {day} runs into {span} of {following}; "
                            "let one begin where the other ends",
                            night=night,
                            day=DAYS[number],
                            span=span,
                            following=DAYS[following],
                        )
                    )
