"""The brake on guessing passwords, which all processes share."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from agent_ui.attempts import Attempt, Attempts, TooManyTries, succeeded
from agent_ui.settings import ConsoleSettings
from hub import clock
from hub.store import Database
from hub.store.tables import sign_ins
from stores import count

HOME, OFFICE, ELSEWHERE = "192.0.2.1", "198.51.100.7", "203.0.113.9"


def brake(database: Database, **limits: Any) -> Attempts:
    return Attempts(database, ConsoleSettings.model_validate(limits))


async def fail(brake: Attempts, login: str, address: str, times: int = 1) -> Attempt:
    for _ in range(times):
        attempt = await brake.begin(login, address)
        await brake.count(attempt)
    return attempt


async def sign_in(database: Database, brake: Attempts, login: str, address: str) -> None:
    attempt = await fail(brake, login, address)
    await database.write(lambda c: succeeded(c, attempt))


async def refused(brake: Attempts, login: str, address: str) -> int:
    """How many minutes to wait."""
    with pytest.raises(TooManyTries) as too_many:
        await brake.begin(login, address)
    return too_many.value.minutes


async def all_counts_end(database: Database) -> None:
    past = clock.now() - timedelta(seconds=1)
    await database.write(lambda c: c.execute(update(sign_ins).values(expires_at=past)))


async def test_a_login_waits_at_one_address_until_its_count_ends(database: Database) -> None:
    here = brake(database, sign_in_tries=3)
    await fail(here, "Anna ", HOME, 3)
    assert await refused(here, "anna", HOME) == 15
    await fail(here, "anna", OFFICE)
    await fail(here, "carl", HOME)
    await all_counts_end(database)
    await fail(here, "anna", HOME, 3)
    assert await refused(here, "anna", HOME) == 15


async def test_the_processes_count_together(database: Database) -> None:
    one, other = brake(database, sign_in_tries=4), brake(database, sign_in_tries=4)
    for process in (one, other, one, other):
        await fail(process, "anna", HOME)
    assert await refused(one, "anna", HOME)
    assert await refused(other, "anna", HOME)


async def test_tries_that_come_together_are_counted_each(database: Database) -> None:
    here = brake(database, sign_in_tries=3)
    together = [await here.begin("anna", HOME) for _ in range(5)]
    for attempt in together[:3]:
        await here.count(attempt)
    for attempt in together[3:]:
        with pytest.raises(TooManyTries):
            await here.count(attempt)


async def test_made_up_logins_use_up_their_address(database: Database) -> None:
    here = brake(database, sign_in_tries_per_address=4)
    for number in range(4):
        await fail(here, f"made-up-{number}", "2001:db8:1:2::7")
    assert await refused(here, "anna", "2001:db8:1:2:ffff::8"), "the same network"
    await fail(here, "anna", "2001:db8:1:3::7")


async def test_tries_from_everywhere_use_up_their_login(database: Database) -> None:
    here = brake(database, sign_in_tries_per_login=4)
    for number in range(4):
        await fail(here, "anna", f"192.0.2.{number}")
    assert await refused(here, "anna", ELSEWHERE)
    await fail(here, "carl", ELSEWHERE)


async def test_who_signed_in_from_an_address_before_is_let_in_there(database: Database) -> None:
    here = brake(database, sign_in_tries=2, sign_in_tries_per_address=3, sign_in_tries_per_login=3)
    await sign_in(database, here, "anna", OFFICE)
    for number in range(3):
        await fail(here, f"made-up-{number}", OFFICE)
        await fail(here, "anna", f"192.0.2.{number}")
    assert await refused(here, "bob", OFFICE)
    assert await refused(here, "anna", HOME)
    await sign_in(database, here, "anna", OFFICE)
    await fail(here, "anna", OFFICE, 2)
    assert await refused(here, "anna", OFFICE), "her own tries there are limited all the same"


async def test_a_success_starts_its_own_count_anew_and_no_other(database: Database) -> None:
    here = brake(database, sign_in_tries=2, sign_in_tries_per_address=3)
    await fail(here, "anna", OFFICE)
    await sign_in(database, here, "anna", OFFICE)
    await fail(here, "anna", OFFICE)
    await sign_in(database, here, "anna", OFFICE)
    await fail(here, "bob", OFFICE, 2)
    assert await refused(here, "carl", OFFICE), "one of Anna's and two of Bob's"


async def test_what_has_ended_is_swept_when_somebody_signs_in(database: Database) -> None:
    here = brake(database)
    for number in range(5):
        await fail(here, f"made-up-{number}", HOME)
    await all_counts_end(database)
    await sign_in(database, here, "anna", OFFICE)
    assert await count(database, sign_ins) == 3, "the mark, and two counts of nothing"
