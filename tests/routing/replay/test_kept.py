"""Whether a promise would have been kept follows from when the answer really came."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from business_hours import plain, random_hours
from hub.interaction import Automatic, Channel, Direction
from hub.promises import Promise, What
from hub.store.recorded import Pause, Recorded
from routing.hours.calendar import Calendar
from routing.hours.clock import Happening, read_clock
from routing.hours.definition import Hours
from routing.replay import Kept
from routing.replay.kept import Promised

HOUR = 3600
FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)
OFFICE = Calendar(plain(zone="UTC", mon_fri="09:00-17:00"))
WORK = Recorded(
    work_item_id="w",
    interaction_id="i",
    conversation_id="c",
    channel=Channel.EMAIL,
    direction=Direction.INBOUND,
    account="",
    sender="",
    subject="",
    text="",
    topic="",
    target_group="",
    automatic=Automatic.NO,
    at=FRIDAY,
    first_response_at=None,
    resolved_at=None,
)


def after(hours: float) -> datetime:
    return FRIDAY + timedelta(hours=hours)


def kept(work: Recorded, *, hours: float = 4, now: float = 200, resolution: bool = False) -> Kept:
    promise = Promise.RESOLUTION if resolution else Promise.FIRST_RESPONSE
    return Promised(promise, round(hours * HOUR), OFFICE).kept(work, after(now))


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(3, Kept.KEPT), (68, Kept.KEPT), (68.01, Kept.BREACHED), (100, Kept.BREACHED)],
)
def test_only_open_time_counts(hours: float, expected: Kept) -> None:
    """Four open hours from Friday 15:00 end on Monday 11:00."""
    assert kept(replace(WORK, first_response_at=after(hours))) is expected
    assert kept(replace(WORK, resolved_at=after(hours)), resolution=True) is expected


def test_what_is_not_answered_runs_until_it_is_due() -> None:
    assert kept(WORK, now=3) is Kept.RUNNING
    assert kept(WORK, now=67.9) is Kept.RUNNING
    assert kept(WORK, now=68) is Kept.BREACHED


def test_resolving_without_an_answer_meets_the_promise_of_an_answer() -> None:
    assert kept(replace(WORK, resolved_at=after(1))) is Kept.KEPT
    assert kept(replace(WORK, first_response_at=after(1)), resolution=True) is Kept.BREACHED


def test_a_pause_moves_when_a_resolution_is_due_but_not_an_answer() -> None:
    pauses = (Pause(after(1), What.PAUSED), Pause(after(69), What.RESUMED))
    paused = replace(WORK, pauses=pauses, resolved_at=after(71.9), first_response_at=after(71.9))
    assert kept(paused, resolution=True) is Kept.KEPT
    assert kept(paused) is Kept.BREACHED
    assert kept(replace(paused, resolved_at=after(72.1)), resolution=True) is Kept.BREACHED
    waiting = replace(WORK, pauses=pauses[:1])
    assert kept(waiting, resolution=True, now=500) is Kept.RUNNING


def test_hours_that_never_open_break_no_promise() -> None:
    closed = Promised(Promise.FIRST_RESPONSE, HOUR, Calendar(plain(zone="UTC")))
    assert closed.kept(WORK, after(1000)) is Kept.RUNNING
    assert closed.kept(replace(WORK, first_response_at=after(900)), after(1000)) is Kept.KEPT


@given(
    hours=random_hours(),
    target=st.integers(1, 60 * HOUR),
    met=st.none() | st.floats(0.01, 300),
    pauses=st.lists(st.floats(0.01, 250), max_size=4, unique=True),
)
def test_it_is_what_the_ruler_of_that_clock_says(
    hours: Hours, target: int, met: float | None, pauses: list[float]
) -> None:
    """The short ways give what counting it all gives."""
    calendar, until = Calendar(hours), after(300)
    kinds = (What.PAUSED, What.RESUMED, What.PAUSED, What.RESUMED)
    times = [after(one) for one in sorted(pauses) if met is None or one < met]
    found = tuple(Pause(at, what) for at, what in zip(times, kinds, strict=False))
    work = replace(WORK, pauses=found, resolved_at=None if met is None else after(met))
    happenings = [Happening(FRIDAY, What.STARTED), *(Happening(*pause) for pause in found)]
    if work.resolved_at:
        happenings.append(Happening(work.resolved_at, What.MET))
    ruler = read_clock(target, calendar, happenings, until)
    expected = Kept.KEPT if work.resolved_at else Kept.RUNNING
    outcome = Promised(Promise.RESOLUTION, target, calendar).kept(work, until)
    assert outcome is (Kept.BREACHED if ruler.breached else expected)
