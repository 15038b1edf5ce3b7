"""Ids that tell when they were made."""

from datetime import timedelta

from hub import clock


def test_the_first_id_of_a_moment_parts_what_was_made_before_from_what_comes() -> None:
    made = clock.new_id()
    now = clock.now()
    second = timedelta(seconds=1)
    assert clock.first_id(now - second) < made < clock.first_id(now + second)
    assert clock.first_id(now)[14] == made[14] == "7"
    assert len(clock.first_id(now)) == len(made)
