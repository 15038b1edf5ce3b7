"""Hours and clocks as the store keeps them: a deadline brings along the hours it is counted by, so
that its ruler can be drawn when the model is another."""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from hub.promises import What
from hub.ruler import Ruler
from hub.store.deadlines import Deadline
from routing.entry import ID
from routing.hours.calendar import Calendar
from routing.hours.clock import Happening, read_clock
from routing.hours.definition import Hours

_REMEMBERED = 64


@lru_cache(maxsize=_REMEMBERED)
def as_stored(calendar: Calendar) -> dict[str, Any]:
    """What a history keeps of the calendar that holds from then on; nothing when it is always
    open."""
    if calendar.hours is None:
        return {}
    return {"hours": calendar.hours.model_dump(mode="json", exclude={"id", "line"})}


def ruler_of(deadline: Deadline, now: datetime) -> Ruler:
    """The clock of a deadline as it stands now."""
    happenings = list(_happenings(deadline))
    first = happenings[0].calendar if happenings else None
    return read_clock(deadline.target, first or Calendar(), happenings, now)


def _happenings(deadline: Deadline) -> Iterator[Happening]:
    for entry in deadline.history:
        what = What(entry["what"])
        calendar = _calendar(json.dumps(entry.get("hours"), sort_keys=True))
        decides = what in (What.STARTED, What.MOVED)
        at = datetime.fromisoformat(entry["at"])
        yield Happening(at, what, calendar if decides else None)


@lru_cache(maxsize=_REMEMBERED)
def _calendar(stored: str) -> Calendar:
    hours = json.loads(stored)
    return Calendar(Hours.model_validate({ID: "stored", **hours}) if hours else None)
