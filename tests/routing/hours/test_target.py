"""Of several targets the strictest holds, whatever it is counted in."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from business_hours import plain
from routing.hours.calendar import Calendar
from routing.hours.target import Target, strictest
from routing.moment import Clock

FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)
OFFICE = Calendar(plain(zone="UTC", mon_fri="09:00-17:00"))
ALWAYS = Calendar()
HOUR = 3600
BUSINESS, CALENDAR = Clock


def test_four_business_hours_may_be_later_than_eight_by_the_clock() -> None:
    business, by_the_clock = Target(4 * HOUR, OFFICE, BUSINESS), Target(8 * HOUR, ALWAYS, CALENDAR)
    assert strictest([business, by_the_clock], FRIDAY) == by_the_clock
    assert strictest([business, by_the_clock], FRIDAY - timedelta(hours=4)) == business


def test_no_promise_is_stricter_than_none() -> None:
    never = Target(HOUR, Calendar(plain()), BUSINESS)
    assert strictest([never], FRIDAY) is None
    assert strictest([never, Target(HOUR, ALWAYS, CALENDAR)], FRIDAY) is not None


targets = st.builds(
    Target, st.integers(1, 10**6), st.sampled_from([OFFICE, ALWAYS]), st.sampled_from(Clock)
)


@given(st.lists(targets, min_size=1, max_size=5), targets)
def test_one_target_more_never_makes_it_later(some: list[Target], more: Target) -> None:
    before, after = strictest(some, FRIDAY), strictest([*some, more], FRIDAY)
    assert before is not None
    assert after is not None
    before_due = before.calendar.add(FRIDAY, before.seconds)
    after_due = after.calendar.add(FRIDAY, after.seconds)
    assert before_due is not None
    assert after_due is not None
    assert after_due <= before_due
