"""The ruler of a clock: which time counted, which was paused, which was closed. Made by routing,
which knows the hours; shown by the console."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    COUNTED = "counted"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Segment:
    """From `start` to `end`, in UTC; the segments of a ruler leave no room between them."""

    start: datetime
    end: datetime
    kind: Kind

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True, slots=True)
class Ruler:
    """A clock as it stands `now`. Lengths are in seconds, times in UTC.

    `segments` go from the start to now, or to when the target was met; `ahead` goes on to `due_at`
    when the clock runs. `due_at` and `warn_at` are None while it is not known when they come: the
    clock is paused, or the hours never open again.
    """

    target: int
    now: datetime
    segments: tuple[Segment, ...]
    ahead: tuple[Segment, ...]
    counted: float
    due_at: datetime | None
    warn_at: datetime | None
    met_at: datetime | None
    paused: bool

    @property
    def left(self) -> float:
        """What may still be counted; less than nothing when it is too late."""
        return self.target - self.counted

    @property
    def breached(self) -> bool:
        """Not met when it was due. Who answers at the very moment is in time."""
        if self.due_at is None:
            return False
        return self.met_at > self.due_at if self.met_at else self.now >= self.due_at

    @property
    def warned(self) -> bool:
        """Whether the time to warn has come, or came before it was met."""
        return self.warn_at is not None and (self.met_at or self.now) >= self.warn_at
