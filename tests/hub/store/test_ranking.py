"""The order of a queue: fair, and the same at any time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.store.ranking import URGENCY_MINUTES, rank

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PRIORITIES = st.integers(0, 10_080)
TARGETS = st.none() | st.integers(0, 100_000)


def due(since: datetime, minutes: int | None) -> datetime | None:
    return None if minutes is None else since + timedelta(minutes=minutes)


def test_a_minute_of_priority_is_a_minute_of_waiting() -> None:
    assert rank(NOON, 60, None) == rank(NOON - HOUR, 0, None)
    assert rank(NOON, 59, None) > rank(NOON - HOUR, 0, None)


def test_what_was_promised_sooner_comes_sooner() -> None:
    chat, mail, letter = (rank(NOON, 0, due(NOON, m)) for m in (1, 240, 2 * URGENCY_MINUTES))
    assert chat < mail < letter == rank(NOON, 0, None)


@given(minutes=st.integers(1, 10_000_000), priority=PRIORITIES, target=TARGETS)
def test_nothing_starves(minutes: int, priority: int, target: int | None) -> None:
    """What waits a week longer than anything can be urgent or important goes first."""
    oldest = rank(NOON, 0, None)
    later = NOON + timedelta(minutes=minutes + 10_080 + URGENCY_MINUTES)
    assert oldest < rank(later, priority, due(later, target))


@given(seconds=st.integers(-(10**8), 10**8), minutes=st.integers(0, 10**5), p=PRIORITIES, t=TARGETS)
def test_of_two_alike_the_older_is_first(seconds: int, minutes: int, p: int, t: int | None) -> None:
    older = NOON + timedelta(seconds=seconds)
    newer = older + timedelta(minutes=minutes)
    assert rank(older, p, due(older, t)) <= rank(newer, p, due(newer, t))
