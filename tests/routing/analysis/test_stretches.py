"""Open and closed time as sets of minutes and as stretches are the same thing."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from routing.analysis.stretches import Stretches, both, hours_in, less, together
from routing.hours.calendar import Opening

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
MINUTES = st.sets(st.integers(0, 20))


def stretches(minutes: set[int]) -> Stretches:
    """Neighbouring minutes as one stretch."""
    found: list[Opening] = []
    for minute in sorted(minutes):
        start = MIDNIGHT + timedelta(minutes=minute)
        end = start + timedelta(minutes=1)
        if found and found[-1].end == start:
            found[-1] = Opening(found[-1].start, end)
        else:
            found.append(Opening(start, end))
    return tuple(found)


@given(MINUTES, MINUTES)
def test_stretches_combine_like_sets(one: set[int], other: set[int]) -> None:
    mine, theirs = stretches(one), stretches(other)
    assert both(mine, theirs) == stretches(one & other)
    assert less(mine, theirs) == stretches(one - other)
    assert together([mine, theirs]) == stretches(one | other)
    assert round(hours_in(mine) * 60) == len(one)
