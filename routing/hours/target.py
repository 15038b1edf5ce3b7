"""Which of several targets holds: that of the model, or what was agreed with this customer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from routing.hours.calendar import Calendar
from routing.moment import Clock


@dataclass(frozen=True, slots=True)
class Target:
    """So many seconds by this calendar, which is that of the business hours or all time, as `clock`
    says; `source` is the agreement that sets it, empty for the model."""

    seconds: int
    calendar: Calendar
    clock: Clock
    source: str = ""


def strictest(targets: Iterable[Target], start: datetime) -> Target | None:
    """The target that is due first, so that an agreement makes stricter and never laxer.

    Seconds cannot be compared: four business hours may end later than eight hours by the clock. Of
    two that end at one time, the first given; one that never comes is no promise.
    """
    best: Target | None = None
    best_due: datetime | None = None
    for target in targets:
        due = target.calendar.add(start, target.seconds)
        if due is not None and (best_due is None or due < best_due):
            best, best_due = target, due
    return best
