"""Open time is counted as a clock on the wall shows it, also when the clock is set."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from business_hours import hours_of, plain, random_hours
from examples import examples
from routing.hours.calendar import Calendar, Opening
from routing.hours.definition import Hours

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MINUTE = timedelta(minutes=1)
HOUR = 3600


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM, fold=fold).astimezone(UTC)


def hours_open(calendar: Calendar, first: str, last: str) -> float:
    return calendar.seconds_between(local(first), local(last)) / HOUR


OFFICE = Calendar(hours_of())


def test_a_week_a_holiday_and_days_that_differ() -> None:
    assert OFFICE.is_open(local("2026-11-20 08:30"))
    assert not OFFICE.is_open(local("2026-11-20 17:30"))
    assert not OFFICE.is_open(local("2026-11-21 12:30"))
    assert hours_open(OFFICE, "2026-12-24 00:00", "2026-12-25 00:00") == 4.5
    assert hours_open(OFFICE, "2026-12-25 00:00", "2026-12-26 00:00") == 0
    assert hours_open(OFFICE, "2027-01-04 00:00", "2027-01-05 00:00") == 0
    assert OFFICE.next_opening(local("2026-12-24 13:00")) == local("2026-12-28 08:30")


def test_holidays_have_names_also_on_weekends() -> None:
    boxing_day = OFFICE.holiday(date(2026, 12, 26))
    assert boxing_day is not None
    assert (boxing_day.en, boxing_day.nl) == ("Second Day of Christmas", "Tweede kerstdag")
    assert OFFICE.on(date(2026, 12, 26)) == ()
    # King's Day is kept a day earlier when the 27th of April is a Sunday.
    assert OFFICE.holiday(date(2025, 4, 26)) is not None
    assert OFFICE.holiday(date(2025, 4, 27)) is None


def test_a_language_that_the_library_lacks_falls_back() -> None:
    day = Calendar(hours_of(holidays="DE-BY")).holiday(date(2026, 1, 6))
    assert day is not None
    assert day.en == day.nl == "Epiphany"


def test_a_leap_day_is_a_day() -> None:
    daily = Calendar(plain(mon_sun="09:00-10:00"))
    assert hours_open(daily, "2028-02-28 00:00", "2028-03-01 00:00") == 2
    assert hours_open(daily, "2027-02-28 00:00", "2027-03-01 00:00") == 1


def test_a_target_ends_at_closing_time_rather_than_at_the_next_opening() -> None:
    assert OFFICE.add(local("2026-11-20 16:30"), HOUR) == local("2026-11-20 17:30")
    assert OFFICE.add(local("2026-11-20 16:30"), HOUR + 1) == local("2026-11-21 10:00:01")
    assert OFFICE.add(local("2026-11-20 20:00"), 0) == local("2026-11-20 20:00")


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    nights = Calendar(plain(fri="22:00-06:00"))
    assert nights.is_open(local("2026-11-21 05:59"))
    assert not nights.is_open(local("2026-11-20 05:59"))
    holidays = Calendar(hours_of(week={"mon-sun": "22:00-06:00"}, exceptions={}))
    assert holidays.is_open(local("2026-12-25 03:00"))
    assert not holidays.is_open(local("2026-12-25 23:00"))


def test_midnight_divides_nothing() -> None:
    day_and_night = Calendar(plain(mon_fri="00:00-24:00"))
    week = day_and_night.spans(local("2026-11-16 00:00"), local("2026-11-23 00:00"))
    assert week == [Opening(local("2026-11-16 00:00"), local("2026-11-21 00:00"))]
    at_new_year = Calendar(plain(mon_sun="00:00-24:00"))
    span = (local("2026-12-01 00:00"), local("2027-02-01 00:00"))
    assert at_new_year.spans(*span) == [Opening(*span)]


@pytest.mark.parametrize(
    ("span", "spring", "autumn"),
    [
        ("00:00-24:00", 23, 25),
        ("01:00-04:00", 2, 4),
        ("02:00-03:00", 0, 2),
        ("02:30-03:15", 0.25, 1.75),
        ("01:30-02:30", 0.5, 2),
        ("02:15-02:45", 0, 1.5),
        ("00:00-02:00", 2, 2),
        ("03:00-05:00", 2, 2),
    ],
)
def test_the_nights_in_which_the_clock_is_set(span: str, spring: float, autumn: float) -> None:
    calendar = Calendar(plain(mon_sun=span))
    assert hours_open(calendar, "2026-03-29 00:00", "2026-03-30 00:00") == spring
    assert hours_open(calendar, "2026-10-25 00:00", "2026-10-26 00:00") == autumn


def test_hours_that_come_twice_are_open_from_the_first_to_the_last() -> None:
    calendar = Calendar(plain(sun="02:30-08:00"))
    assert calendar.next_opening(local("2026-10-25 00:00")) == local("2026-10-25 02:30", fold=0)
    until = Calendar(plain(sun="00:00-02:30"))
    assert until.is_open(local("2026-10-25 02:29", fold=1))
    assert not until.is_open(local("2026-10-25 02:30", fold=1))


def test_a_day_that_a_country_skipped() -> None:
    samoa = Calendar(plain(zone="Pacific/Apia", mon_sun="09:00-17:00"))
    start, end = datetime(2011, 12, 29, 12, tzinfo=UTC), datetime(2012, 1, 2, tzinfo=UTC)
    opened = [one.start.astimezone(ZoneInfo("Pacific/Apia")).day for one in samoa.spans(start, end)]
    assert opened == [29, 31, 1, 2]


def test_what_never_opens_says_so() -> None:
    never = Calendar(hours_of(week={}, exceptions={}))
    now = local("2026-11-20 12:00")
    assert never.next_opening(now) is None
    assert never.add(now, 1) is None
    assert never.seconds_between(now, now + timedelta(days=4000)) == 0


def test_what_opens_for_the_last_time() -> None:
    once = Calendar(hours_of(week={}, exceptions={"2033-05-02": "09:00-10:00"}))
    now = local("2026-11-20 12:00")
    assert once.next_opening(now) == local("2033-05-02 09:00")
    assert once.add(now, HOUR) == local("2033-05-02 10:00")
    assert once.add(now, HOUR + 1) is None


def test_hours_too_scarce_for_a_target_say_so() -> None:
    assert Calendar(plain(mon="09:00-09:01")).add(local("2026-11-20 12:00"), 366 * 86_400) is None


def test_without_hours_it_is_always_open() -> None:
    always = Calendar()
    start = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert always.add(start, 400 * 86_400) == start + timedelta(days=400)
    assert always.seconds_between(start, start + timedelta(days=800, seconds=1)) == 800 * 86_400 + 1
    assert always.next_opening(start) == start


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        OFFICE.is_open(datetime(2026, 11, 20, 12))  # noqa: DTZ001
    with pytest.raises(ValueError, match="only time that passes"):
        OFFICE.add(local("2026-11-20 12:00"), -1)


changes = st.sampled_from(
    ("2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-04-24",
     "2026-10-29", "2026-12-31", "2028-02-29", "2026-12-26")
)  # fmt: skip


def by_the_minute(hours: Hours, first: date, days: int) -> list[bool]:
    """Whether each minute is open, by asking a clock on the wall about every one of them.

    A span is open from the first to the last minute at which the clock shows a time in it.
    """
    zone = ZoneInfo(hours.time_zone)
    begin = datetime.combine(first, time(), UTC)
    around = range(-3 * 1440, (days + 3) * 1440)
    shown = [(begin + n * MINUTE).astimezone(zone).replace(tzinfo=None) for n in around]
    opened = [False] * len(shown)
    calendar = Calendar(hours)
    for offset in range(-3, days + 3):
        day = first + timedelta(days=offset)
        for span in calendar.on(day):
            midnight = datetime.combine(day, time())
            start, end = midnight + span.start * MINUTE, midnight + span.end * MINUTE
            inside = [n for n, at in enumerate(shown) if start <= at < end]
            for n in range(inside[0], inside[-1] + 1) if inside else ():
                opened[n] = True
    return opened[3 * 1440 : (days + 3) * 1440]


@settings(max_examples=examples(8), deadline=None)
@given(hours=random_hours(), change=changes)
def test_every_minute_around_a_change_of_the_clock(hours: Hours, change: str) -> None:
    first = date.fromisoformat(change) - timedelta(days=1)
    begin = datetime.combine(first, time(), UTC)
    expected = by_the_minute(hours, first, 3)
    calendar = Calendar(hours)
    assert [calendar.is_open(begin + n * MINUTE) for n in range(len(expected))] == expected
    end = begin + len(expected) * MINUTE
    assert calendar.seconds_between(begin, end) == 60 * sum(expected)
    assert sum((s.end - s.start).total_seconds() for s in calendar.spans(begin, end)) == 60 * sum(
        expected
    )


moments = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001
    max_value=datetime(2031, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
some_seconds = st.one_of(st.integers(0, 40 * 86_400), st.floats(0, 1000).map(lambda s: round(s, 6)))


@settings(max_examples=examples(40), deadline=None)
@given(hours=random_hours(), start=moments, seconds=some_seconds)
def test_adding_is_counting_backwards(hours: Hours, start: datetime, seconds: float) -> None:
    calendar = Calendar(hours)
    end = calendar.add(start, seconds)
    if end is None:
        assert calendar.seconds_between(start, start.replace(year=start.year + 50)) < seconds
        return
    assert calendar.seconds_between(start, end) == seconds
    earlier = end - timedelta(microseconds=1)
    assert seconds == 0 or calendar.seconds_between(start, earlier) < seconds


@settings(max_examples=examples(40), deadline=None)
@given(hours=random_hours(), times=st.tuples(moments, moments, moments))
def test_counting_adds_up_and_never_goes_back(
    hours: Hours, times: tuple[datetime, datetime, datetime]
) -> None:
    calendar = Calendar(hours)
    one, two, three = times
    between = calendar.seconds_between
    assert between(one, two) + between(two, three) == pytest.approx(between(one, three), abs=1e-5)
    assert between(one, two) == -between(two, one)
    early, late = sorted((one, two))
    assert 0 <= between(early, late) <= (late - early).total_seconds()


@settings(max_examples=examples(40), deadline=None)
@given(hours=random_hours(), times=st.tuples(moments, moments), more=st.integers(1, 100_000))
def test_who_starts_or_takes_longer_is_never_done_earlier(
    hours: Hours, times: tuple[datetime, datetime], more: int
) -> None:
    calendar = Calendar(hours)
    early, late = sorted(times)
    first, second, longer = (
        calendar.add(early, 7200), calendar.add(late, 7200), calendar.add(early, 7200 + more)
    )  # fmt: skip
    if first and second and longer:
        assert first <= second
        assert first < longer


@settings(max_examples=examples(40), deadline=None)
@given(hours=random_hours(), at=moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(hours: Hours, at: datetime) -> None:
    calendar = Calendar(hours)
    opening = calendar.next_opening(at)
    if opening is not None:
        assert calendar.is_open(opening)
        assert calendar.seconds_between(at, opening) == 0
