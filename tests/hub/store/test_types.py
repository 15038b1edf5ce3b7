"""Moments as SQLite keeps them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.dialects import sqlite

from hub.store.types import Instant

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def _written(moment: datetime) -> object:
    write = Instant().bind_processor(sqlite.dialect())
    assert write
    return write(moment)


def test_the_two_hours_of_an_autumn_night_that_read_alike_are_two() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=AMSTERDAM)
    second = first.replace(fold=1)
    assert first == second  # as Python sees it
    assert _written(first) == "2026-10-25 00:30:00.000000"
    assert _written(second) == "2026-10-25 01:30:00.000000"


def test_a_moment_is_kept_to_the_microsecond() -> None:
    assert _written(datetime(2026, 3, 1, 9, 5, 7, 42, tzinfo=UTC)) == "2026-03-01 09:05:07.000042"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        _written(datetime(2026, 3, 1, 9, 5))  # noqa: DTZ001 (that is the point)
