"""Which of several targets holds: that of the model, or what was agreed with this customer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from routing.hours.calendar import Calendar
from routing.moment import Clock

_NEVER = datetime.max.replace(tzinfo=UTC)
_TWO = 2


@dataclass(frozen=True, slots=True)
class Target:
    """So many seconds by this calendar, which is that of the business hours or all time, as `clock`
    says; `source` is the agreement that sets it, empty for the model."""

    seconds: int
    calendar: Calendar
    clock: Clock
    source: str = ""


def strictest(targets: Iterable[Target], start: datetime) -> Target | None:
    """The target that is due first, so that an agreement makes stricter and never laxer; None when
    there is none.

    Seconds cannot be compared: four business hours may end later than eight hours by the clock. Of
    two that end at one time, the first given; one that never comes is the last.
    """
    found = list(targets)
    if len(found) < _TWO:
        return found[0] if found else None
    return min(found, key=lambda one: one.calendar.add(start, one.seconds) or _NEVER)
