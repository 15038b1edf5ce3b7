"""Business hours for tests: as a model writes them, and drawn at random."""

from typing import Any

from hypothesis import strategies as st

from routing.hours.definition import Hours

OFFICE: dict[str, Any] = {
    "title": {"en": "Office hours", "nl": "Kantooruren"},
    "time_zone": "Europe/Amsterdam",
    "week": {"mon-fri": "08:30-17:30", "sat": ["10:00-12:00", "13:00-16:00"]},
    "holidays": "NL",
    "exceptions": {"2026-12-24": "08:30-13:00", "2027-01-04": "closed"},
}

ZONES = (
    "Europe/Amsterdam",
    "America/New_York",
    "Australia/Lord_Howe",  # sets its clocks by half an hour
    "Africa/Cairo",  # at midnight
    "Asia/Kathmandu",  # 5:45 ahead
    "UTC",
)


def hours_of(**changes: Any) -> Hours:
    """Office hours with these keys otherwise."""
    return Hours.model_validate({"@id": "office", **OFFICE, **changes})


def plain(*, zone: str = "Europe/Amsterdam", **week: Any) -> Hours:
    """A week without holidays and exceptions; `mon_fri` is written for `mon-fri`."""
    days = {key.replace("_", "-"): spans for key, spans in week.items()}
    return hours_of(time_zone=zone, week=days, holidays=None, exceptions={})


def _written(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def _day(draw: st.DrawFn) -> list[str]:
    """Up to three spans, of which the last may end in the night; none before four o'clock follows
    such a night, so that no two days overlap."""
    quarter = st.integers(16, 96).map(lambda number: number * 15)
    times = sorted(draw(st.lists(quarter, max_size=6, unique=True)))
    pairs = zip(times[::2], times[1::2], strict=False)
    spans = [f"{_written(start)}-{_written(end)}" for start, end in pairs]
    if len(times) % 2 and 720 <= times[-1] < 1440:
        spans.append(f"{_written(times[-1])}-{_written(draw(st.integers(0, 240)))}")
    return spans or ["00:00-24:00"] if draw(st.booleans()) and not times else spans


@st.composite
def random_hours(draw: st.DrawFn) -> Hours:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    week = {day: draw(_day()) for day in days if draw(st.integers(0, 4))}
    _make_room_for_nights(week)
    place = draw(st.sampled_from((None, "NL", "DE-BY", "US")))
    return hours_of(
        time_zone=draw(st.sampled_from(ZONES)), week=week, holidays=place, exceptions={}
    )


def _make_room_for_nights(week: dict[str, list[str]]) -> None:
    """A day that is open from midnight would overlap the night before it."""
    for day, spans in week.items():
        if spans == ["00:00-24:00"]:
            week[day] = ["04:00-24:00"]
