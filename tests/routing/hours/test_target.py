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


def test_what_never_comes_is_the_last() -> None:
    never, some_time = Target(HOUR, Calendar(plain()), BUSINESS), Target(99, ALWAYS, CALENDAR)
    assert strictest([never, some_time], FRIDAY) == some_time
    assert strictest([never], FRIDAY) == never
    assert strictest([], FRIDAY) is None


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
