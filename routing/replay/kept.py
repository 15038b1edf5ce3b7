"""Whether a promise would have been kept, by when the answer and the resolution really came."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.promises import Promise, What
from hub.store.recorded import Recorded
from routing.decision import Handling
from routing.hours.calendar import Calendar
from routing.hours.clock import Happening, read_clock
from routing.hours.stored import as_stored
from routing.hours.target import Target, strictest
from routing.model import Model
from routing.promising import agreed_target


class Kept(StrEnum):
    """What became of a promise. `RUNNING`: not met yet, and not due yet either."""

    NOT_PROMISED = "not_promised"
    KEPT = "kept"
    RUNNING = "running"
    BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class Promised:
    """A target in seconds, counted by this calendar."""

    promise: Promise
    seconds: int
    calendar: Calendar

    def kept(self, work: Recorded, until: datetime) -> Kept:
        """How it ended, or how it stands at `until`. Who answers at the very moment is in time."""
        met_at = _met_at(self.promise, work)
        elapsed = ((met_at or until) - work.at).total_seconds()
        # Open time is never more than all time, so most need no calendar.
        if met_at and elapsed <= self.seconds:
            return Kept.KEPT
        if not met_at and elapsed < self.seconds:
            return Kept.RUNNING
        due_at = self._due_at(work, until)
        if met_at:
            return Kept.BREACHED if due_at and met_at > due_at else Kept.KEPT
        return Kept.BREACHED if due_at and until >= due_at else Kept.RUNNING

    def _due_at(self, work: Recorded, until: datetime) -> datetime | None:
        """None when it is never due, or not while its clock is paused."""
        if self.promise is not Promise.RESOLUTION or not work.pauses:
            return self.calendar.add(work.at, self.seconds)
        return read_clock(self.seconds, self.calendar, _happenings(work), until).due_at


Promises = tuple[Promised | None, Promised | None]
"""Of the first answer and of the resolution; None where nothing is promised."""


class Promising:
    """What models promise. Calendars of the same hours are one, so that promises of two models can
    be compared, and what both promise is looked at once."""

    def __init__(self) -> None:
        self._calendars: dict[str, Calendar] = {}

    def promises(self, handling: Handling, model: Model, work: Recorded | None = None) -> Promises:
        """As the model sets them; for one customer's work by what was agreed where that is
        stricter."""
        return (
            self._promised(Promise.FIRST_RESPONSE, handling, model, work),
            self._promised(Promise.RESOLUTION, handling, model, work),
        )

    def _promised(
        self, promise: Promise, handling: Handling, model: Model, work: Recorded | None
    ) -> Promised | None:
        seconds = getattr(handling, promise)
        calendar = self._one(model.counting(handling.role, handling.clock))
        if work is None or not work.agreed:
            return Promised(promise, seconds, calendar) if seconds else None
        targets = [Target(seconds, calendar, handling.clock)] if seconds else []
        agreed = (agreed_target(promise, one, handling.role, model) for one in work.agreed)
        found = strictest([*targets, *(one for one in agreed if one)], work.at)
        return Promised(promise, found.seconds, self._one(found.calendar)) if found else None

    def _one(self, calendar: Calendar) -> Calendar:
        stored = json.dumps(as_stored(calendar), sort_keys=True)
        return self._calendars.setdefault(stored, calendar)


def _met_at(promise: Promise, work: Recorded) -> datetime | None:
    """Resolving meets the promise of an answer too."""
    if promise is Promise.RESOLUTION:
        return work.resolved_at
    return work.first_response_at or work.resolved_at


def _happenings(work: Recorded) -> Iterator[Happening]:
    yield Happening(work.at, What.STARTED)
    for pause in work.pauses:
        yield Happening(pause.at, pause.what)
    if work.resolved_at:
        yield Happening(work.resolved_at, What.MET)
