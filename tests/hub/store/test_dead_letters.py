"""Dead letters are kept until a person retries or drops them, and the audit log says who did."""

from collections.abc import AsyncIterator

import pytest

from hub.bus import DeadLetter
from hub.store import Database, dead_letters, outbox
from hub.store.tables import audit_log
from stores import count, opened, rows


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as store:
        yield store


def letter(number: int, queue: str = "router", reason: str = "ValueError: no") -> DeadLetter:
    return DeadLetter(
        queue=queue,
        event_id=f"event-{number:03}",
        topic="interaction.received",
        subject="conversation-1",
        body="{}",
        reason=reason,
        attempts=5,
    )


async def store(database: Database, *letters: DeadLetter) -> None:
    await database.write(lambda c: dead_letters.store(c, letters))


async def waiting(database: Database) -> list[tuple[str, str]]:
    messages = await database.read(lambda c: outbox.oldest(c, 1000))
    return [(message.event_id, message.queue) for _, message in messages]


async def test_one_that_dies_again_in_its_queue_is_one_letter(database: Database) -> None:
    await store(database, letter(1))
    await store(database, letter(1, reason="OSError: other"), letter(1, queue="other"))
    kept = await database.read(dead_letters.listed)
    assert {(each.queue, each.reason) for each in kept} == {
        ("router", "OSError: other"),
        ("other", "ValueError: no"),
    }
    assert await database.read(lambda c: dead_letters.get(c, kept[0].id)) == kept[0]
    assert await database.read(lambda c: dead_letters.get(c, "unknown")) is None


async def test_retry_hands_one_to_its_queue(database: Database) -> None:
    await store(database, letter(1), letter(2))
    chosen = next(k for k in await database.read(dead_letters.listed) if k.event_id == "event-002")
    assert await database.write(lambda c: dead_letters.retry(c, chosen.id, "agent-1")) == 1
    assert await waiting(database) == [("event-002", "router")]
    [left] = await database.read(dead_letters.listed)
    assert left.event_id == "event-001"
    [entry] = await rows(database, audit_log)
    assert (entry.actor, entry.action, entry.object) == (
        "agent-1",
        "dead_letter.retried",
        chosen.id,
    )


async def test_retry_of_all_keeps_the_order_of_the_events(database: Database) -> None:
    numbers = list(range(dead_letters.MOST_AT_ONCE + 20))
    await store(database, *(letter(number) for number in reversed(numbers)))
    done = await database.write(lambda c: dead_letters.retry(c, None, "operator"))
    assert done == len(numbers)
    assert await waiting(database) == [(f"event-{n:03}", "router") for n in numbers]
    assert await database.read(dead_letters.listed) == []


async def test_an_event_that_died_twice_goes_one_queue_at_a_time(database: Database) -> None:
    await store(database, letter(1, queue="one"), letter(1, queue="other"))
    assert await database.write(lambda c: dead_letters.retry(c, None, "operator")) == 1
    [(_, first)] = await waiting(database)
    [left] = await database.read(dead_letters.listed)
    assert {first, left.queue} == {"one", "other"}
    await database.write(lambda c: outbox.advance(c, [p for p, _ in outbox.oldest(c, 10)], 10))
    assert await database.write(lambda c: dead_letters.retry(c, None, "operator")) == 1
    assert await waiting(database) == [("event-001", left.queue)]


async def test_drop_leaves_a_trace_in_the_audit_log(database: Database) -> None:
    await store(database, letter(1), letter(2))
    assert await database.write(lambda c: dead_letters.drop(c, "unknown", "operator")) == 0
    assert await database.write(lambda c: dead_letters.drop(c, None, "operator")) == 2
    assert await database.read(dead_letters.listed) == []
    assert await waiting(database) == []
    assert await count(database, audit_log) == 2
