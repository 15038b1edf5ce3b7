"""A typical week is the average of those that were, by the clock on the wall."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.interaction import Channel
from hub.store.arriving import Arrived
from interaction_models import model_of
from routing.staffing.week import typical_week, week_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY = date(2026, 11, 16)
MODEL = model_of("role: service")


def mail(at: datetime, target: int | None = None, clock: str = "") -> Arrived:
    return Arrived("service", Channel.EMAIL, at, target, clock)


def test_nine_o_clock_stays_nine_o_clock() -> None:
    """The clocks were set back between these two Mondays."""
    mails = [
        mail(datetime(2026, 10, day, hour, 10, tzinfo=UTC)) for day, hour in ((19, 7), (26, 8))
    ]
    [one] = typical_week(mails, 14, MODEL, monday=MONDAY, zone=AMSTERDAM)
    assert one.start == datetime(2026, 11, 16, 8, tzinfo=UTC)
    assert (one.arrivals, one.handling) == (1, 360)


def test_a_business_target_includes_the_closed_time() -> None:
    late = datetime(2026, 11, 13, 15, 30, tzinfo=UTC)  # half an hour before closing on a Friday
    [one] = typical_week([mail(late, 3600, "business")], 7, MODEL, monday=MONDAY, zone=AMSTERDAM)
    assert one.start == late + timedelta(days=7)
    assert one.target == 64 * 3600 + 3600


def test_less_than_a_week_is_refused() -> None:
    with pytest.raises(ValueError, match="7 days or more"):
        typical_week([], 6, MODEL, monday=MONDAY, zone=AMSTERDAM)


def test_the_monday_of_a_week() -> None:
    assert {week_of(MONDAY + timedelta(days=day)) for day in range(7)} == {MONDAY}
