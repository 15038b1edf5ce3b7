"""Bars and the grid of the week: nothing is lost, and days are those of the organisation."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent_ui.office.charts import LEVELS, hours_of_bar, hours_of_place, volumes, week

DAY = timedelta(days=1)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def hour(at: datetime) -> int:
    return int(at.timestamp()) // 3600


def test_a_day_is_one_of_the_organisation() -> None:
    since = datetime(2026, 10, 24, tzinfo=AMSTERDAM).astimezone(UTC)
    until = datetime(2026, 10, 27, tzinfo=AMSTERDAM).astimezone(UTC)
    late = datetime(2026, 10, 24, 22, tzinfo=UTC)
    chart = volumes({hour(late): 3, hour(late - timedelta(hours=1)): 2}, since, until, AMSTERDAM)
    assert [(bar.label, bar.count) for bar in chart.bars] == [
        ("2026-10-24", 2),
        ("2026-10-25", 3),
        ("2026-10-26", 0),
    ]
    assert chart.bars[2].height == 0


def test_the_night_in_which_the_clock_goes_back_keeps_its_hour() -> None:
    since = datetime(2026, 10, 25, tzinfo=AMSTERDAM).astimezone(UTC)
    until = datetime(2026, 10, 26, tzinfo=AMSTERDAM).astimezone(UTC)
    hours = {hour(since) + n: 1 for n in range(25)}
    chart = volumes(hours, since, until, AMSTERDAM)
    assert sum(bar.count for bar in chart.bars) == 25
    assert len(chart.bars) == 24


def test_a_day_that_begins_at_half_past_keeps_its_first_hour() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    since = datetime(2026, 11, 2, tzinfo=kolkata).astimezone(UTC)
    chart = volumes({hour(since): 2}, since, since + DAY, kolkata)
    assert sum(bar.count for bar in chart.bars) == 2
    days = volumes({hour(since): 2}, since, since + 3 * DAY, kolkata)
    assert [bar.count for bar in days.bars] == [2, 0, 0]


def test_its_lines_stand_at_round_numbers() -> None:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    ups = {
        highest: [count for _, count in volumes({hour(now): highest}, now, now + DAY, UTC).up]
        for highest in (1, 7, 26, 151, 2976)
    }
    assert ups == {
        1: [0, 1],
        7: [0, 2, 4, 6, 8],
        26: [0, 10, 20, 30],
        151: [0, 50, 100, 150, 200],
        2976: [0, 1000, 2000, 3000],
    }


def test_nothing_is_drawn_as_nothing() -> None:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    chart = volumes({}, now, now + timedelta(days=400), UTC)
    assert {bar.height for bar in chart.bars} == {0}
    assert week({}, UTC) == []


def test_the_fullest_hour_of_the_week_has_the_highest_level() -> None:
    monday = datetime(2026, 11, 2, 9, tzinfo=UTC)
    found = dict(week({hour(monday): 10, hour(monday + timedelta(days=1)): 1}, UTC))
    assert [place.level for place in found[9]] == [LEVELS, 1, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "Asia/Kolkata", "America/New_York"])
@pytest.mark.parametrize("first", [date(2026, 3, 26), date(2026, 10, 22), date(2026, 10, 25)])
@pytest.mark.parametrize("days", [1, 2, 11])
def test_each_place_counts_the_hours_that_lead_to_it(zone: str, first: date, days: int) -> None:
    """Also where the clock goes forward or back, and where a day begins at half past."""
    here = ZoneInfo(zone)
    since, until = (
        datetime.combine(first + timedelta(days=n), time(), here).astimezone(UTC) for n in (0, days)
    )
    within = range(hour(since), -(-int(until.timestamp()) // 3600))
    hours = {one: 1 + one % 5 for one in within}
    counted: list[int] = []
    for at, places in week(hours, here):
        for day, place in enumerate(places):
            found = hours_of_place(day, at, since, until, here)
            assert place.count == sum(hours[one] for one in found)
            counted += found
    assert sorted(counted) == list(within)
    counted = []
    for bar in volumes(hours, since, until, here).bars:
        found = hours_of_bar(bar.label, since, until, here)
        assert bar.count == sum(hours[one] for one in found)
        counted += found
    assert sorted(counted) == list(within)


def test_the_hour_that_the_clock_repeats_is_one_place_and_the_one_it_skips_is_none() -> None:
    since = datetime(2026, 10, 25, tzinfo=AMSTERDAM).astimezone(UTC)
    assert len(hours_of_place(6, 2, since, since + DAY, AMSTERDAM)) == 2
    since = datetime(2026, 3, 29, tzinfo=AMSTERDAM).astimezone(UTC)
    assert hours_of_place(6, 2, since, since + DAY, AMSTERDAM) == frozenset()
