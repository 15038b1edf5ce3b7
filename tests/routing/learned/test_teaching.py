"""From known contacts in the store to a router that suggests topics, by command and by itself."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from hub import clock
from hub.store import Database, learning
from hub.store.leader import open_leadership
from hub.store.tables import learned_topics
from interaction_models import model_of
from routing.learned.current import Current
from routing.learned.settings import LearningSettings
from routing.learned.teaching import Schedule, Teaching
from routing.learned.training import TooFewExamples
from stores import opened
from taught import know, know_many

SETTINGS = LearningSettings(every_hours=24, new_examples=20, least_examples=10)
MODEL = model_of()


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    async with opened(sqlite_url) as database:
        yield database


def teaching(database: Database, settings: LearningSettings = SETTINGS) -> Teaching:
    return Teaching(database, settings, lambda: MODEL)


async def test_what_is_taught_is_what_a_router_suggests_next(database: Database) -> None:
    current = Current(database)
    await current.look()
    assert current() is None
    await know_many(database, 12)
    version, report = await teaching(database).teach(by="operator")
    await current.look()
    learned = current()
    assert learned is not None
    assert (learned.version, learned.threshold) == (version, report.proposed_threshold)
    guess = learned.guess("", "overdue dunning deadline")
    assert guess is not None
    assert guess.topic == "bill/late"

    await database.write(lambda c: learning.set_threshold(c, 0.35, by="anna"))
    await current.look()
    assert (again := current()) is not None
    assert again.threshold == 0.35


async def test_a_router_starts_with_what_was_learned_before(database: Database) -> None:
    await know_many(database, 12)
    await teaching(database).teach(by="operator")
    current = Current(database)
    await current.start()
    assert current() is not None
    await current.stop()


async def test_a_version_of_another_release_leaves_what_works(database: Database) -> None:
    await know_many(database, 12)
    await teaching(database).teach(by="operator")
    current = Current(database)
    await current.look()
    await database.write(
        lambda c: learning.keep(
            c, content=b"new", report={}, examples=1, by="a release that is not here yet"
        )
    )
    await current.look()
    await current.look()
    assert (learned := current()) is not None
    assert learned.version == 1


async def test_topics_that_left_the_model_are_not_learned(database: Database) -> None:
    await know_many(database, 12)
    for _ in range(12):
        await know(database, "gone", subject="strange matter")
    _, report = await teaching(database).teach(by="operator")
    assert {one.topic for one in report.topics} == {"bill", "bill/late", "order"}


async def test_too_little_to_learn_from_is_said_and_nothing_is_kept(database: Database) -> None:
    await know(database, "order")
    with pytest.raises(TooFewExamples):
        await teaching(database).teach(by="operator")
    assert await database.read(learning.newest) is None


async def test_it_is_due_once_a_day_when_enough_became_known(database: Database) -> None:
    schedule = Schedule(teaching(database), open_leadership(database, "learning"))
    now = clock.now()
    assert not await schedule.round(now), "nothing is known"
    await know_many(database, 12)
    assert await schedule.round(now)
    assert not await schedule.round(now + timedelta(hours=25)), "nothing new became known"
    newest = await database.read(learning.newest)
    assert newest is not None
    assert newest.trained_by == "dispatcher"
    earlier = update(learned_topics).values(trained_at=now - timedelta(hours=23))
    await database.write(lambda c: c.execute(earlier))
    assert not await teaching(database).is_due(now), "not a day ago"
    assert await teaching(database).is_due(now + timedelta(hours=2))
    never = SETTINGS.model_copy(update={"every_hours": 0})
    assert not await teaching(database, never).is_due(now + timedelta(hours=2))


async def test_a_schedule_with_too_little_to_learn_from_goes_on(database: Database) -> None:
    for _ in range(20):
        await know(database, "order")
    schedule = Schedule(teaching(database), open_leadership(database, "learning"))
    assert not await schedule.round(clock.now())
