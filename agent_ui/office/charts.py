"""Counts over time as bars for the page's SVG, and as a grid of the hours of the week. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import cycle

WIDTH = 980
HEIGHT = 220
_LEFT, _RIGHT, _ABOVE, _BELOW = 44, 8, 10, 26
_MOST_LINES = 5
_MOST_LABELS = 12
_HOURLY_UP_TO = timedelta(days=2)
LEVELS = 5


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    count: int
    label: str


@dataclass(frozen=True)
class Chart:
    """`up`: the lines of the grid with their numbers; `marks`: (x, label) of some bars. `hourly`:
    each bar is an hour, else a day."""

    bars: Sequence[Bar]
    up: Sequence[tuple[float, int]]
    marks: Sequence[tuple[float, str]]
    bottom: float
    hourly: bool


def volumes(hours: Mapping[int, int], since: datetime, until: datetime, zone: tzinfo) -> Chart:
    """Bars for each day of the period, or for each hour of a short one; `hours` counts by hours
    since 1970."""
    hourly = _is_hourly(since, until)
    labels = [*_hours(since, until, zone)] if hourly else [*_days(since, until, zone)]
    counts = dict.fromkeys(labels, 0)
    for hour, count in hours.items():
        label = _label_of(hour, since, zone, hourly=hourly)
        if label in counts:
            counts[label] += count
    return _drawn(counts, hourly=hourly)


def hours_of_bar(label: str, since: datetime, until: datetime, zone: tzinfo) -> frozenset[int]:
    """The hours (since 1970) that are counted in the bar with this label; none for no bar."""
    hourly = _is_hourly(since, until)
    return frozenset(
        hour
        for hour in _hours_within(since, until)
        if _label_of(hour, since, zone, hourly=hourly) == label
    )


def _is_hourly(since: datetime, until: datetime) -> bool:
    return until - since <= _HOURLY_UP_TO


def _hours_within(since: datetime, until: datetime) -> range:
    return range(int(since.timestamp()) // 3600, -(-int(until.timestamp()) // 3600))


def _label_of(hour: int, since: datetime, zone: tzinfo, *, hourly: bool) -> str:
    began = max(datetime.fromtimestamp(hour * 3600, UTC), since)
    return _label(began.astimezone(zone), hourly=hourly)


def _drawn(counts: Mapping[str, int], *, hourly: bool) -> Chart:
    highest = max(max(counts.values(), default=0), 1)
    step = _step(highest)
    top = -(-highest // step) * step
    place = (WIDTH - _LEFT - _RIGHT) / max(len(counts), 1)
    every = -(-len(counts) // _MOST_LABELS) or 1
    bars = [
        Bar(
            x=_LEFT + number * place + place * 0.1,
            y=_y(count, top),
            width=place * 0.8,
            height=_y(0, top) - _y(count, top),
            count=count,
            label=label,
        )
        for number, (label, count) in enumerate(counts.items())
    ]
    marks = [(bar.x + bar.width / 2, bar.label) for bar in bars[::every]]
    up = [(_y(count, top), count) for count in range(0, top + 1, step)]
    return Chart(bars, up, marks, _y(0, top), hourly)


def _step(highest: int) -> int:
    """From line to line: 1, 2 or 5, or one of them with noughts, as people count."""
    step, factors = 1, cycle((2, 2.5, 2))
    while highest > step * _MOST_LINES:
        step = round(step * next(factors))
    return step


def _y(count: int, top: int) -> float:
    return _ABOVE + (1 - count / top) * (HEIGHT - _ABOVE - _BELOW)


def _label(local: datetime, *, hourly: bool) -> str:
    return local.strftime("%Y-%m-%d %H:00") if hourly else local.strftime("%Y-%m-%d")


def _days(since: datetime, until: datetime, zone: tzinfo) -> Sequence[str]:
    day: date = since.astimezone(zone).date()
    last = (until - timedelta(seconds=1)).astimezone(zone).date()
    return [(day + timedelta(days=n)).isoformat() for n in range((last - day).days + 1)]


def _hours(since: datetime, until: datetime, zone: tzinfo) -> Sequence[str]:
    count = int((until - since).total_seconds()) // 3600
    return [
        _label((since + timedelta(hours=n)).astimezone(zone), hourly=True) for n in range(count)
    ]


@dataclass(frozen=True)
class Place:
    """One hour of the week: how many came then, and how many that is beside the others (0 to
    `LEVELS`)."""

    count: int
    level: int


def week(hours: Mapping[int, int], zone: tzinfo) -> Sequence[tuple[int, Sequence[Place]]]:
    """By hour of the day, for the seven days from Monday; only hours in which something came."""
    counts: dict[tuple[int, int], int] = {}
    for hour, count in hours.items():
        key = _place_of(hour, zone)
        counts[key] = counts.get(key, 0) + count
    highest = max(counts.values(), default=0)
    return [
        (
            hour,
            [
                Place(count := counts.get((hour, day), 0), -(-count * LEVELS // highest))
                for day in range(7)
            ],
        )
        for hour in sorted({hour for hour, _ in counts})
    ]


def hours_of_place(
    day: int, hour: int, since: datetime, until: datetime, zone: tzinfo
) -> frozenset[int]:
    """The hours (since 1970) that are counted in one place of the grid: `hour` of the `day` from
    Monday."""
    within = _hours_within(since, until)
    return frozenset(one for one in within if _place_of(one, zone) == (hour, day))


def _place_of(hour: int, zone: tzinfo) -> tuple[int, int]:
    local = datetime.fromtimestamp(hour * 3600, UTC).astimezone(zone)
    return local.hour, local.weekday()
