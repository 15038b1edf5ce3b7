"""One stretch of a day in local time, written as `08:30-17:30`."""

import re
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, model_serializer, model_validator

from hub.interaction import Frozen
from routing.said import said

NOON = 12 * 60
DAY = 24 * 60

_SPAN = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])\s*[-–]\s*([01]?[0-9]|2[0-4]):([0-5][0-9])")  # noqa: RUF001 (a dash that word processors make)
_WRITTEN = said("hours are written like 08:30-17:30, or closed")


class Span(Frozen):
    """Minutes since the midnight with which its day begins; `end` is not part of it.

    An end above 1440 lies on the next day: `22:00-06:00` is 1320 to 1800. `24:00` may be an end.
    """

    start: int
    end: int

    @model_validator(mode="before")
    @classmethod
    def _read(cls, written: Any) -> Any:
        if not isinstance(written, str):
            return written
        found = _SPAN.fullmatch(written.strip())
        if not found:
            raise ValueError(_WRITTEN)
        hour, minute, end_hour, end_minute = map(int, found.groups())
        start, end = hour * 60 + minute, end_hour * 60 + end_minute
        if start >= DAY or end > DAY:
            raise ValueError(said("a day ends at 24:00"))
        return {"start": start, "end": end if end > start else _over_midnight(start, end)}

    @model_serializer
    def __str__(self) -> str:
        end = self.end if self.end <= DAY else self.end - DAY
        return f"{_time(self.start)}-{_time(end)}"


def _over_midnight(start: int, end: int) -> int:
    """The end on the next day. Only a night is meant to be one: anything else is a slip."""
    if start == end:
        raise ValueError(
            said("a span that begins and ends at one time is empty; all day is 00:00-24:00")
        )
    if start < NOON or end > NOON:
        raise ValueError(
            said(
                "the end lies before the beginning; swap the times "
                "(over midnight goes from noon or later to noon or before, like 22:00-06:00)"
            )
        )
    return end + DAY


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _listed(written: Any) -> Any:
    match written:
        case None | dict():
            raise ValueError(_WRITTEN)
        case "closed":
            return ()
        case str():
            return (written,)
        case _:
            return written


def _in_order(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    ordered = tuple(sorted(spans, key=lambda span: span.start))
    for earlier, later in pairwise(ordered):
        if later.start < earlier.end:
            raise ValueError(
                said("{earlier} and {later} overlap; make them one", earlier=earlier, later=later)
            )
    return ordered


Spans = Annotated[tuple[Span, ...], BeforeValidator(_listed), AfterValidator(_in_order)]
"""What one day is written as: `closed`, one span, or a list of spans."""
