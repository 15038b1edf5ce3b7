"""What reports tell of finished work, from `work_facts`: counts, lengths of time, and the items
behind each figure. A period goes by when customers began to wait."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    func,
    or_,
    select,
    true,
)

from hub import clock
from hub.interaction import Channel
from hub.store import attendance, report_columns, work_facts
from hub.store.among import among
from hub.store.constants import constant
from hub.store.report_columns import NONE, Work
from hub.store.tables import agents, reviews
from hub.store.tables import work_facts as facts

LONGEST = timedelta(days=367)

TIMES = ("first_seconds", "next_seconds", "resolution_seconds", "handling_seconds")
PERCENTILES = (50, 90, 95)
_UNHAPPY = 2


@dataclass(frozen=True)
class Period:
    """From `since` to before `until`, in UTC; what is empty filters nothing.
    `topic` and `group` stand for all below them too."""

    since: datetime
    until: datetime
    role: str = ""
    channel: str = ""
    topic: str = ""
    group: str = ""
    agent_id: str = ""

    @property
    def hours(self) -> tuple[int, int]:
        return int(self.since.timestamp()) // 3600, -(-int(self.until.timestamp()) // 3600)


@dataclass(frozen=True)
class Sums:
    """Counts over finished work; `key` is what it is grouped by. `stayed`: solved by the first who
    had it, and the customer did not come back."""

    key: tuple[str, ...]
    count: int
    first_due: int
    first_in_time: int
    abandoned: int
    moved: int
    moves: int
    repeated: int
    stayed: int
    promised: int
    kept: int
    handled: int
    handling_seconds: int
    unit_seconds: int
    rated: int
    rating: int

    @property
    def level(self) -> float | None:
        return _share(self.first_in_time, self.first_due)

    @property
    def resolved_first(self) -> float | None:
        return _share(self.stayed, self.count)

    @property
    def kept_share(self) -> float | None:
        return _share(self.kept, self.promised)

    @property
    def moved_share(self) -> float | None:
        return _share(self.moved, self.count)

    @property
    def repeated_share(self) -> float | None:
        return _share(self.repeated, self.count)

    @property
    def score(self) -> float | None:
        return _share(self.rating, self.rated)

    @property
    def handling(self) -> float | None:
        """Seconds in hand, on average."""
        return _share(self.handling_seconds, self.handled)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True)
class Spread:
    """A length of time over much work: how many had one, and the seconds that so many per cent of
    them took at most."""

    count: int
    at: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Finished:
    """One work item behind a figure; `resolution_seconds` is None while it is open."""

    conversation_id: str
    number: int
    subject: str
    role: str
    channel: Channel
    topic: str
    came_at: datetime
    first_seconds: int | None
    resolution_seconds: int | None
    handling_seconds: int | None
    transfers: int
    repeats: int
    rating: int | None


_IS = facts.c
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "all": true(),
    "first_due": _IS.first_in_time.is_not(None),
    "first_in_time": _IS.first_in_time.is_(True),
    "first_too_late": _IS.first_in_time.is_(False),
    "abandoned": _IS.abandoned.is_(True),
    "moved": _IS.transfers > 0,
    "repeated": _IS.repeats > 0,
    "stayed": and_(_IS.transfers == 0, _IS.repeats == 0, _IS.abandoned.is_(False)),
    "promised": _IS.promised > 0,
    "broken": _IS.kept < _IS.promised,
    "rated": _IS.rating.is_not(None),
    "unhappy": _IS.rating <= _UNHAPPY,
    "first_seconds": _IS.first_seconds.is_not(None),
    "next_seconds": _IS.next_seconds.is_not(None),
    "resolution_seconds": _IS.resolution_seconds.is_not(None),
    "handling_seconds": _IS.handling_seconds.is_not(None),
}
FIGURES = tuple(_CONDITIONS)

GROUPS: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "roles": ("role", "channel"),
    "rows": ("model_row", "role"),
    "topics": ("topic",),
    "groups": ("target_group",),
    "agents": ("agent_id",),
}


def read(connection: Connection, period: Period) -> Work:
    """The finished work of a period, to be counted by the functions below."""
    return report_columns.read(connection, period.hours, *_chosen(period))


def sums(work: Work, by: str) -> list[Sums]:
    """Grouped by one of `GROUPS`, those with the most work first."""
    group, keys = work.groups(GROUPS[by])
    measures = _measures(work)
    counts = np.bincount(group, minlength=len(keys))
    totals = {
        name: np.bincount(group, weights=values, minlength=len(keys))
        for name, values in measures.items()
    }
    order = sorted(range(len(keys)), key=lambda place: (-counts[place], keys[place]))
    found = [place for place in order if counts[place] or not GROUPS[by]]
    return [
        Sums(
            keys[place],
            int(counts[place]),
            **{name: round(float(values[place])) for name, values in totals.items()},
        )
        for place in found
    ]


def _measures(work: Work) -> dict[str, Any]:
    """What is added up, by the names of `Sums`."""
    n = work.numbers
    handled, rated = n["handling_seconds"] != NONE, n["rating"] != NONE
    held = np.where(handled, n["handling_seconds"], 0)
    return {
        "first_due": n["first_in_time"] != NONE,
        "first_in_time": n["first_in_time"] == 1,
        "abandoned": n["abandoned"] == 1,
        "moved": n["transfers"] > 0,
        "moves": n["transfers"],
        "repeated": n["repeats"] > 0,
        "stayed": (n["transfers"] == 0) & (n["repeats"] == 0) & (n["abandoned"] == 0),
        "promised": n["promised"],
        "kept": n["kept"],
        "handled": handled,
        "handling_seconds": held,
        "unit_seconds": held * n["units"] / 100,
        "rated": rated,
        "rating": np.where(rated, n["rating"], 0),
    }


def spread(work: Work, time: str) -> Spread:
    """How long one of `TIMES` took."""
    seconds = np.sort(work.numbers[time][work.numbers[time] != NONE])
    if not len(seconds):
        return Spread(0)
    last = len(seconds) - 1
    return Spread(
        len(seconds),
        {percent: int(seconds[round(last * percent / 100)]) for percent in PERCENTILES},
    )


@dataclass(frozen=True)
class Behind:
    """The finished work behind a figure; of one group (`by`, `key`) only, if one is given, and of
    what came in one of these `hours` (since 1970)."""

    period: Period
    figure: str
    by: str = ""
    key: Sequence[str] = ()
    hours: Collection[int] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found = [_within(self.period), _CONDITIONS[self.figure]]
        if self.hours is not None:
            found.append(among(_IS.came_hour, self.hours))
        for name, value in zip(GROUPS.get(self.by, ()), self.key, strict=False):
            nobody = name == "agent_id" and not value
            found.append(_IS[name].is_(None) if nobody else _IS[name] == value)
        return found


def count(connection: Connection, behind: Behind) -> int:
    query = select(func.count()).select_from(facts).where(*behind.conditions())
    found: int = connection.execute(query).scalar_one()
    return found


def items(connection: Connection, behind: Behind, *, limit: int, offset: int = 0) -> list[Finished]:
    """The longest is first for a length of time, else the newest."""
    first = _IS[behind.figure] if behind.figure in TIMES else _IS.came_hour
    order = (first.desc(), _IS.came_at.desc(), _IS.work_item_id)
    query = select(facts).where(*behind.conditions()).order_by(*order)
    rows = connection.execute(query.limit(limit).offset(offset)).all()
    told = work_facts.subjects(connection, [row.conversation_id for row in rows])
    return [_finished(row, *told.get(row.conversation_id, (0, ""))) for row in rows]


def _finished(row: Any, number: int, subject: str) -> Finished:
    return Finished(
        conversation_id=row.conversation_id,
        number=number,
        subject=subject,
        role=row.role,
        channel=Channel(row.channel),
        topic=row.topic,
        came_at=row.came_at,
        first_seconds=row.first_seconds,
        resolution_seconds=row.resolution_seconds,
        handling_seconds=row.handling_seconds,
        transfers=row.transfers,
        repeats=row.repeats,
        rating=row.rating,
    )


def available_seconds(connection: Connection, period: Period) -> dict[str, int]:
    """By agent, for how long they took offers in the period, or finished what they had taken."""
    return attendance.seconds(connection, period.since, min(period.until, clock.now()))


def reviewed(connection: Connection, period: Period) -> dict[str, tuple[int, int]]:
    """By agent: how many reviews were made in the period, and their average in per cent."""
    columns = reviews.c
    rows = connection.execute(
        select(columns.agent_id, func.count(), func.avg(columns.percent))
        .where(columns.at >= period.since, columns.at < period.until)
        .group_by(columns.agent_id)
    )
    return {row[0]: (row[1], round(row[2])) for row in rows}


def names(connection: Connection) -> dict[str, str]:
    """Of all agents, also those who left."""
    return {row.id: row.name for row in connection.execute(select(agents.c.id, agents.c.name))}


def _within(period: Period) -> ColumnElement[bool]:
    first, end = period.hours
    return and_(_IS.came_hour >= constant(first), _IS.came_hour < constant(end), *_chosen(period))


def _chosen(period: Period) -> list[ColumnElement[bool]]:
    """What is finished and passes the filters, of the hours of the period."""
    group = [in_branch(_IS.target_group, period.group)] if period.group else []
    return [*filters(period, facts.c), *group, *_edges(period)]


def _edges(period: Period) -> list[ColumnElement[bool]]:
    """Where midnight is not on a whole hour of UTC, as in India, the first and the last hour of a
    day are another day's as well."""
    return [
        edge
        for at, edge in (
            (period.since, _IS.came_at >= period.since),
            (period.until, _IS.came_at < period.until),
        )
        if at.minute or at.second
    ]


def filters(period: Period, columns: Any) -> list[ColumnElement[bool]]:
    """On work, open or finished; the target group is kept with finished work alone."""
    found = []
    if period.role:
        found.append(columns.role == period.role)
    if period.channel:
        found.append(columns.channel == period.channel)
    if period.agent_id:
        found.append(columns.agent_id == period.agent_id)
    if period.topic:
        found.append(in_branch(columns.topic, period.topic))
    return found


def in_branch(column: Any, branch: str) -> ColumnElement[bool]:
    return or_(column == branch, column.startswith(f"{branch}/", autoescape=True))
