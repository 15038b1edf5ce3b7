"""A limit lets through a minute's worth at once and evenly after, for each key by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import limits
from hub.limits import Bucket, Buckets


@given(per_minute=st.integers(1, 100), gaps=st.lists(st.floats(0, 30), max_size=200))
def test_no_minute_sees_more_than_twice_the_limit(per_minute: int, gaps: list[float]) -> None:
    bucket, now, passed = Bucket(per_minute), 1000.0, list[float]()
    for gap in gaps:
        now += gap
        if bucket.take(now) == 0:
            passed.append(now)
    for start in passed:
        assert len([at for at in passed if start <= at < start + 60]) <= 2 * per_minute


@given(per_minute=st.integers(1, 100), start=st.floats(0, 1e6))
def test_waiting_as_long_as_was_said_is_enough(per_minute: int, start: float) -> None:
    bucket = Bucket(per_minute, at=start)
    assert [bucket.take(start) for _ in range(per_minute)] == [0] * per_minute
    wait = bucket.take(start)
    assert 0 < wait <= 60
    assert bucket.take(start + wait + 0.001) == 0


def test_each_key_has_its_own() -> None:
    buckets = Buckets(1)
    assert buckets.take("one", 0) == 0
    assert buckets.take("other", 0) == 0
    assert buckets.take("one", 0) > 0


def test_a_flood_from_many_addresses_costs_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MOST_KEYS", 100)
    buckets = Buckets(1)
    for number in range(1000):
        buckets.take(f"address {number}", now=number / 1000)
    assert len(buckets._buckets) <= 100


def test_making_room_forgets_first_what_has_nothing_to_remember(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "_MOST_KEYS", 3)
    buckets = Buckets(1)
    for key, now in (("old", 0), ("older", 0), ("busy", 100), ("new", 100)):
        buckets.take(key, now)
    assert buckets.take("busy", 100) > 0
