"""Ids that tell when they were made."""

import os
from datetime import timedelta
from uuid import RFC_4122, UUID

from hub import clock


def test_the_first_id_of_a_moment_parts_what_was_made_before_from_what_comes() -> None:
    made = clock.new_id()
    now = clock.now()
    second = timedelta(seconds=1)
    assert clock.first_id(now - second) < made < clock.first_id(now + second)
    assert clock.first_id(now)[14] == made[14] == "7"
    assert len(clock.first_id(now)) == len(made)


def test_who_sleeps_until_something_is_due_sleeps_a_little_and_not_too_long() -> None:
    now = clock.now()
    assert clock.seconds_until(None, longest=2.0) == 2.0
    assert clock.seconds_until(now + timedelta(hours=1), longest=2.0) == 2.0
    assert clock.seconds_until(now - timedelta(hours=1), longest=2.0) == clock.SHORTEST_SLEEP
    assert 3000 < clock.seconds_until(now + timedelta(hours=1), longest=4000) <= 3600


def test_ids_of_one_process_sort_as_they_were_made() -> None:
    """Also the many of one millisecond."""
    made = [clock.new_id() for _ in range(2000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_are_of_the_kind_that_the_standard_calls_version_7() -> None:
    """Hundreds, so that each of the four beginnings of the random part is among them."""
    made = [clock.new_id() for _ in range(300)]
    assert {(UUID(one).version, UUID(one).variant) for one in made} == {(7, RFC_4122)}
    assert {str(UUID(one)) for one in made} == set(made)
    assert {one[19] for one in made} == set("89ab")


def test_a_forked_process_makes_ids_of_its_own() -> None:
    clock.new_id()  # randomness is read ahead by now
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writing, clock.new_id()[-12:].encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 12).decode() not in {clock.new_id()[-12:] for _ in range(300)}
    os.close(reading)
    os.close(writing)
