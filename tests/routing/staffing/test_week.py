"""A typical week is the average of those that were, by the clock on the wall."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.interaction import Channel
from interaction_models import model_of
from routing.staffing.arrivals import Kind, Stream, place_of
from routing.staffing.measured import Times
from routing.staffing.plan import Traffic
from routing.staffing.week import typical_week, week_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = date(2026, 11, 16)
MODEL = model_of("role: service")


def week(*arrived: datetime, weeks: int, target: int | None = None) -> list[Traffic]:
    """Mails for service that came then, in the weeks before this Monday."""
    end = datetime.combine(MONDAY, time(), AMSTERDAM)
    mail = Kind(Channel.EMAIL, "any", "any")
    clock = "business" if target else "calendar"
    streams = Counter(
        Stream(place_of(at, AMSTERDAM), "service", mail, target, clock) for at in arrived
    )
    span = (end - timedelta(weeks=weeks), end)
    return typical_week(streams, span, MODEL, Times({}), monday=MONDAY, zone=AMSTERDAM)


def test_nine_o_clock_stays_nine_o_clock() -> None:
    """The clocks were set back between these two Mondays."""
    [one] = week(
        datetime(2026, 10, 19, 7, 10, tzinfo=UTC),
        datetime(2026, 10, 26, 8, 10, tzinfo=UTC),
        weeks=4,
    )
    assert one.start == datetime(2026, 11, 16, 8, tzinfo=UTC)
    assert (one.arrivals, one.handling) == (0.5, 360)


def test_a_business_target_includes_the_closed_time() -> None:
    late = datetime(2026, 11, 13, 15, 30, tzinfo=UTC)  # half an hour before closing on a Friday
    [one] = week(late, weeks=1, target=3600)
    assert one.start == late + timedelta(days=7)
    assert one.target == 64 * 3600 + 3600


def test_a_time_with_more_mondays_than_fridays_is_fair_to_both() -> None:
    """Ten contacts each Monday and each Friday, in 10 days with two Mondays and one Friday."""
    start = datetime(2026, 11, 16, 0, tzinfo=AMSTERDAM)
    came = [start + timedelta(days=day, hours=9) for day in (0, 4, 7) for _ in range(10)]
    mail = Kind(Channel.EMAIL, "any", "any")
    streams = Counter(
        Stream(place_of(at, AMSTERDAM), "service", mail, None, "calendar") for at in came
    )
    span = (start, start + timedelta(days=10))
    traffic = typical_week(streams, span, MODEL, Times({}), monday=MONDAY, zone=AMSTERDAM)
    assert [one.arrivals for one in traffic] == [10, 10]


def test_less_than_a_week_is_refused() -> None:
    with pytest.raises(ValueError, match="7 days or more"):
        week(weeks=0)


def test_the_monday_of_a_week() -> None:
    assert {week_of(MONDAY + timedelta(days=day)) for day in range(7)} == {MONDAY}
