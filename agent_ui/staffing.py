"""People needed in each half hour of a week, and the drawing of them for the page's SVG."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

SLOTS_A_DAY = 48
DAYS = 7
_SLOTS = SLOTS_A_DAY * DAYS

WIDTH = 980
HEIGHT = 200
_LEFT, _RIGHT, _ABOVE, _BELOW = 36, 8, 10, 26
_MOST_LINES = 5


@dataclass(frozen=True)
class TimeUsed:
    """How long a contact takes; topic and group are empty for all. `source`: `moment`, `topic`,
    `channel` (the median of `count` contacts), `usual` or `given`."""

    channel: str
    topic: str
    group: str
    seconds: float
    source: str
    count: int


@dataclass(frozen=True)
class RolePeople:
    """People to plan by half hour of the week (so many after Monday at midnight), by the older
    version and by the newer."""

    id: str
    title: str
    before: Mapping[int, int]
    after: Mapping[int, int]

    @property
    def hours(self) -> tuple[float, float]:
        """Hours of people in the whole week."""
        return sum(self.before.values()) / 2, sum(self.after.values()) / 2

    @property
    def most(self) -> tuple[int, int]:
        return max(self.before.values(), default=0), max(self.after.values(), default=0)

    @property
    def rows(self) -> Sequence[tuple[int, Sequence[tuple[int, int]]]]:
        """For each half hour of the day in which somebody is needed: both numbers, day by day."""
        used = {place % SLOTS_A_DAY for place in (*self.before, *self.after)}
        return [
            (
                slot,
                [
                    (self.before.get(place, 0), self.after.get(place, 0))
                    for place in range(slot, _SLOTS, SLOTS_A_DAY)
                ],
            )
            for slot in sorted(used)
        ]


@dataclass(frozen=True)
class People:
    zone: str
    roles: tuple[RolePeople, ...]
    times: tuple[TimeUsed, ...]


@dataclass(frozen=True)
class Drawing:
    """`area` is the older version, `line` the newer; `across` where each day begins, `up` the lines
    of the grid with their numbers."""

    area: str
    line: str
    across: tuple[float, ...]
    up: tuple[tuple[float, int], ...]
    bottom: float


def clock_of(slot: int) -> str:
    """`08:30`, from a half hour of the day."""
    return f"{slot // 2:02}:{slot % 2 * 30:02}"


def draw(one: RolePeople) -> Drawing:
    highest = max(*one.most, 1)
    step = -(-highest // _MOST_LINES)
    top = -(-highest // step) * step
    return Drawing(
        area=_area(one.before, top),
        line=_steps(one.after, top),
        across=tuple(_x(day * SLOTS_A_DAY) for day in range(DAYS)),
        up=tuple((_y(count, top), count) for count in range(0, top + 1, step)),
        bottom=_y(0, top),
    )


def _runs(planned: Mapping[int, int]) -> Iterable[tuple[int, int, int]]:
    """First, end and number of each stretch in which the number stays."""
    place = 0
    for count, stretch in groupby(planned.get(place, 0) for place in range(_SLOTS)):
        length = len(list(stretch))
        yield place, place + length, count
        place += length


def _steps(planned: Mapping[int, int], top: int) -> str:
    parts = [f"M{_x(0):.1f} {_y(0, top):.1f}"]
    for first, end, count in _runs(planned):
        parts.append(f"H{_x(first):.1f}V{_y(count, top):.1f}H{_x(end):.1f}")
    return "".join(parts)


def _area(planned: Mapping[int, int], top: int) -> str:
    return f"{_steps(planned, top)}V{_y(0, top):.1f}Z"


def _x(place: int) -> float:
    return _LEFT + place / _SLOTS * (WIDTH - _LEFT - _RIGHT)


def _y(count: int, top: int) -> float:
    return _ABOVE + (1 - count / top) * (HEIGHT - _ABOVE - _BELOW)
