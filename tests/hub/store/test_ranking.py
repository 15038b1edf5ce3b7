"""The order of a queue: fair, and the same at any time."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from hub.store.deadlines import BREACHED_MINUTES, WARNED_MINUTES
from hub.store.ranking import goes_first, rank, ranked

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOST_PRIORITY = 10_080
PRIORITIES = st.integers(0, MOST_PRIORITY)
URGENCIES = st.sampled_from([0, WARNED_MINUTES, BREACHED_MINUTES])


def test_a_minute_of_priority_is_a_minute_of_waiting() -> None:
    assert rank(NOON, 60, 0) == rank(NOON - HOUR, 0, 0)
    assert rank(NOON, 59, 0) > rank(NOON - HOUR, 0, 0)


def test_a_promise_that_is_nearly_broken_comes_sooner() -> None:
    late, near, far = (rank(NOON, 0, m) for m in (BREACHED_MINUTES, WARNED_MINUTES, 0))
    assert late < near < far


@given(minutes=st.integers(1, 10_000_000), priority=PRIORITIES, urgency=URGENCIES)
def test_nothing_starves(minutes: int, priority: int, urgency: int) -> None:
    """What waits a week longer than anything can be urgent or important goes first."""
    later = NOON + timedelta(minutes=minutes + MOST_PRIORITY + BREACHED_MINUTES)
    assert rank(NOON, 0, 0) < rank(later, priority, urgency)


@given(
    seconds=st.integers(-(10**8), 10**8), minutes=st.integers(0, 10**5), p=PRIORITIES, u=URGENCIES
)
def test_of_two_alike_the_older_is_first(seconds: int, minutes: int, p: int, u: int) -> None:
    older = NOON + timedelta(seconds=seconds)
    newer = older + timedelta(minutes=minutes)
    assert rank(older, p, u) <= rank(newer, p, u)


def test_what_changes_in_an_item_gives_it_its_new_place() -> None:
    item = item_of(rank(NOON, 10, 0))
    assert ranked(item, {"state": "waiting"})["rank"] == rank(NOON, 10, 0)
    assert ranked(item, {"urgency_minutes": 60})["rank"] == rank(NOON, 10, 60)


@given(years=st.integers(0, 50), priority=PRIORITIES, urgency=URGENCIES)
def test_who_is_on_the_line_goes_before_all_that_can_wait(
    years: int, priority: int, urgency: int
) -> None:
    called = rank(NOON, 0, 0, goes_first=True)
    assert called < rank(NOON - timedelta(days=365 * years), priority, urgency)
    assert called < rank(NOON + HOUR, 0, 0, goes_first=True), "of two callers the first"


def test_what_goes_first_stays_so_whatever_changes_in_it() -> None:
    item = item_of(rank(NOON, 10, 0, goes_first=True))
    assert goes_first(item)
    changed = ranked(item, {"urgency_minutes": 60})["rank"]
    assert changed == rank(NOON, 10, 60, goes_first=True)
    assert ranked(item, {"state": "done"})["rank"] == rank(NOON, 10, 0), "until it is done"
    assert not goes_first(item_of(rank(NOON, 10, 0)))


def item_of(place: int) -> SimpleNamespace:
    return SimpleNamespace(waiting_since=NOON, priority_minutes=10, urgency_minutes=0, rank=place)
