"""A clock is a ruler of counted, paused and closed time that everyone can check."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from business_hours import plain, random_hours
from examples import examples
from hub.promises import What
from hub.ruler import Kind, Ruler, Segment
from routing.hours.calendar import Calendar
from routing.hours.clock import Happening, read_clock
from routing.hours.definition import Hours

HOUR = 3600
ALWAYS = Calendar()
OFFICE = Calendar(plain(zone="UTC", mon_fri="09:00-17:00"))
EVENING = Calendar(plain(zone="UTC", mon_fri="17:00-21:00"))


def at(text: str) -> datetime:
    """A time on Friday 20 November 2026, or `+1 10:00` for days later."""
    days, _, clock = text.rpartition(" ")
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, 20, hour, minute, tzinfo=UTC) + timedelta(days=int(days or 0))


def clock(
    now: str, *happenings: tuple[str, What], target: int = 4 * HOUR, calendar: Calendar = OFFICE
) -> Ruler:
    moved = {What.MOVED: EVENING}
    done = [Happening(at(time), what, moved.get(what)) for time, what in happenings]
    return read_clock(target, calendar, done, at(now))


def drawn(segments: Sequence[Segment]) -> list[tuple[str, float]]:
    return [(segment.kind.value, segment.seconds / HOUR) for segment in segments]


def test_a_weekend_does_not_count() -> None:
    ruler = clock("+3 10:00", ("15:00", What.STARTED))
    assert drawn(ruler.segments) == [("counted", 2), ("closed", 64), ("counted", 1)]
    assert drawn(ruler.ahead) == [("counted", 1)]
    assert (ruler.due_at, ruler.warn_at) == (at("+3 11:00"), at("+3 10:00"))
    assert (ruler.left, ruler.warned, ruler.breached) == (HOUR, True, False)


def test_a_pause_moves_the_due_time() -> None:
    paused = clock("12:00", ("9:00", What.STARTED), ("10:00", What.PAUSED))
    assert (paused.paused, paused.due_at, paused.ahead) == (True, None, ())
    ruler = clock("13:00", ("9:00", What.STARTED), ("10:00", What.PAUSED), ("12:30", What.RESUMED))
    assert drawn(ruler.segments) == [("counted", 1), ("paused", 2.5), ("counted", 0.5)]
    assert ruler.due_at == at("15:30")


def test_moving_does_not_start_again_but_counts_by_other_hours() -> None:
    ruler = clock("16:00", ("14:00", What.STARTED), ("15:00", What.MOVED))
    assert ruler.counted == HOUR
    assert drawn(ruler.segments) == [("counted", 1), ("closed", 1)]
    assert ruler.due_at == at("20:00")


@pytest.mark.parametrize(("met", "late"), [("13:00", False), ("13:01", True)])
def test_who_answers_at_the_very_moment_is_in_time(met: str, late: bool) -> None:
    ruler = clock("20:00", ("9:00", What.STARTED), (met, What.MET))
    assert ruler.breached is late
    assert ruler.met_at == at(met)
    assert ruler.segments[-1].end == at(met)
    assert ruler.ahead == ()


def test_what_is_not_met_when_it_is_due_is_breached() -> None:
    assert not clock("12:59", ("9:00", What.STARTED)).breached
    late = clock("14:00", ("9:00", What.STARTED))
    assert (late.breached, late.left) == (True, -HOUR)


def test_a_clock_that_never_started_says_nothing() -> None:
    ruler = clock("12:00", ("9:00", What.PAUSED), ("10:00", What.MET))
    assert (ruler.segments, ruler.due_at, ruler.met_at) == ((), None, None)


def test_hours_that_never_open_are_never_due() -> None:
    ruler = clock("12:00", ("9:00", What.STARTED), calendar=Calendar(plain()))
    assert (ruler.due_at, ruler.breached, drawn(ruler.segments)) == (None, False, [("closed", 3)])


START = datetime(2026, 10, 23, 6, tzinfo=UTC)  # the clocks are set back on the 25th
minutes = st.integers(0, 8 * 1440)
histories = st.lists(st.tuples(minutes, st.sampled_from(What)), max_size=6)


def history(steps: Sequence[tuple[int, What]], other: Calendar) -> list[Happening]:
    happened = [Happening(START, What.STARTED)]
    for minute, what in steps:
        calendar = other if what is What.MOVED else None
        happened.append(Happening(START + timedelta(minutes=minute), what, calendar))
    return happened


@settings(max_examples=examples(60), deadline=None)
@given(
    hours=random_hours(), others=random_hours(), steps=histories, now=minutes,
    target=st.integers(1, 200_000),
)  # fmt: skip
def test_a_ruler_has_no_holes_and_adds_up(
    hours: Hours, others: Hours, steps: list[tuple[int, What]], now: int, target: int
) -> None:
    seen_at = START + timedelta(minutes=now)
    happened = history(steps, Calendar(others))
    ruler = read_clock(target, Calendar(hours), happened, seen_at)
    end = ruler.met_at or seen_at
    line = [*ruler.segments, *ruler.ahead]
    assert all(one.end == two.start for one, two in pairwise(line))
    assert sum(one.seconds for one in ruler.segments) == (end - START).total_seconds()
    counted = sum(one.seconds for one in ruler.segments if one.kind is Kind.COUNTED)
    assert counted == pytest.approx(ruler.counted)
    if len({one.at for one in happened}) == len(happened):
        assert ruler == read_clock(target, Calendar(hours), reversed(happened), seen_at)
    if ruler.due_at is not None and ruler.met_at is None:
        assert ruler.breached == (ruler.left <= 0)
        assert ruler.warn_at is not None
        assert ruler.warn_at <= ruler.due_at


@settings(max_examples=examples(40), deadline=None)
@given(hours=random_hours(), others=random_hours(), steps=histories, target=st.integers(1, 200_000))
def test_at_the_due_time_the_whole_target_is_counted(
    hours: Hours, others: Hours, steps: list[tuple[int, What]], target: int
) -> None:
    open_ended = [(minute, what) for minute, what in steps if what is not What.MET]
    happened = history(open_ended, Calendar(others))
    calendar = Calendar(hours)
    due = read_clock(target, calendar, happened, START + timedelta(days=9)).due_at
    if due is None:
        return
    assert read_clock(target, calendar, happened, due).counted == pytest.approx(target)
    before = read_clock(target, calendar, happened, due - timedelta(seconds=1))
    assert not before.breached
    assert before.counted < target


@settings(max_examples=examples(40), deadline=None)
@given(hours=random_hours(), begin=minutes, length=st.integers(1, 3000), now=minutes)
def test_a_pause_gives_back_exactly_its_open_time(
    hours: Hours, begin: int, length: int, now: int
) -> None:
    calendar = Calendar(hours)
    paused, resumed = (START + timedelta(minutes=m) for m in (begin, begin + length))
    seen_at = START + timedelta(minutes=max(now, begin + length))
    started = [Happening(START, What.STARTED)]
    pause = [Happening(paused, What.PAUSED), Happening(resumed, What.RESUMED)]
    plain_clock = read_clock(HOUR, calendar, started, seen_at)
    with_pause = read_clock(HOUR, calendar, started + pause, seen_at)
    given_back = calendar.seconds_between(paused, resumed)
    assert with_pause.left - plain_clock.left == pytest.approx(given_back)
