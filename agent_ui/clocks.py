"""The promises of a conversation as rulers to draw: what counted, what did not, what is left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.ruler import Kind, Ruler
from hub.store.deadlines import MET, Deadline

WIDTH = 1000.0
"""The length of a ruler, in the units of its drawing."""
_MOST_NOT_COUNTED = 0.25
"""A night or a weekend is drawn no longer than this part of the target: else it would be all that
one sees. The list beside the ruler says how long it was."""


@dataclass(frozen=True)
class Bar:
    """One stretch of a ruler; `ahead` is still to come."""

    x: float
    width: float
    kind: Kind
    ahead: bool


@dataclass(frozen=True)
class Clock:
    """`now_at` is where the present is on the ruler; None when the promise was met."""

    deadline: Deadline
    ruler: Ruler
    bars: tuple[Bar, ...]
    now_at: float | None


def clocks_of(
    deadlines: Sequence[Deadline], ruler: Callable[[Deadline, datetime], Ruler], now: datetime
) -> list[Clock]:
    """One for each promise that was made and not withdrawn, in the order in which they began."""
    made = [one for one in deadlines if one.state != MET or one.met_at]
    return [_clock(one, ruler(one, now)) for one in made]


def _clock(deadline: Deadline, ruler: Ruler) -> Clock:
    bars = _bars(ruler)
    past = [bar for bar in bars if not bar.ahead]
    reached = past[-1].x + past[-1].width if past else 0.0
    return Clock(deadline, ruler, bars, None if ruler.met_at else reached)


def _bars(ruler: Ruler) -> tuple[Bar, ...]:
    stretches = [(one, False) for one in ruler.segments] + [(one, True) for one in ruler.ahead]
    most = ruler.target * _MOST_NOT_COUNTED
    lengths = [
        one.seconds if one.kind is Kind.COUNTED else min(one.seconds, most) for one, _ in stretches
    ]
    unit = WIDTH / (sum(lengths) or 1)
    bars: list[Bar] = []
    x = 0.0
    for (one, ahead), length in zip(stretches, lengths, strict=True):
        bars.append(Bar(round(x, 1), round(length * unit, 1), one.kind, ahead))
        x += length * unit
    return tuple(bars)
