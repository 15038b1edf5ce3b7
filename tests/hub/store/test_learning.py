"""Which contacts are learned from, what agents corrected, and what is kept of both."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hub import clock
from hub.errors import Rejected
from hub.events import WorkItemChanged
from hub.interaction import Channel
from hub.store import Database, agents, calls, corrections, learning
from hub.store.agents import Agent
from hub.store.corrections import Corrected
from hub.store.tables import audit_log, interactions, topic_corrections, work_items
from hub.store.work_items import Taken
from stores import only, opened, rows, told
from taught import know

DECISION = {
    "topic": "bill",
    "role": "billing",
    "priority_minutes": 30,
    "first_response": 3600,
    "skills": {},
    "backup_role": None,
    "recognition": {"topic": "bill", "how": "agent"},
}
WAITS = {"state": "waiting", "resolved_at": None}
LONG_AGO = timedelta(days=400)


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.fixture
async def anna(database: Database) -> Agent:
    return await hire(database, "anna", "service")


async def hire(database: Database, login: str, *held: str) -> Agent:
    def work(connection: Any) -> Agent:
        agents.add_roles(connection, {role: role for role in held})
        agent_id = agents.add(connection, login=login, name=login, password_hash="", held=held)
        found = agents.find(connection, agent_id)
        assert found is not None
        return found

    return await database.write(work)


async def correct(
    database: Database, item_id: str, agent: Agent, *, move: bool = False, **changes: Any
) -> Corrected:
    decision = DECISION | changes
    return await database.write(
        lambda c: corrections.correct(c, item_id, agent, decision=decision, move=move)
    )


async def known(database: Database) -> list[tuple[str, str | None]]:
    return [(one.topic, one.former) for one in await database.read(learning.known)]


async def test_what_was_resolved_without_correction_is_known(database: Database) -> None:
    await know(database, "order", subject="Beans", text="Where are they?")
    await know(database, "bill", **WAITS)
    await know(database, "any")
    await know(database, "bill", arrival={"automatic": "reply"})
    (found,) = await database.read(learning.known)
    assert (found.topic, found.subject, found.text) == ("order", "Beans", "Where are they?")
    assert found.former is None


async def test_of_a_call_nothing_is_learned_because_its_words_are_ours(
    database: Database,
) -> None:
    called = {"channel": Channel.PHONE, "external_id": "CA1", "account": "+31203080000"}
    await know(database, "order", text="Called us about: Order.", arrival=called)
    await know(database, "bill", arrival=called | {"external_id": "written down"})
    assert await known(database) == [("bill", None), ("order", None)]
    await database.write(lambda c: add_call(c, "CA1"))
    assert await known(database) == [("bill", None)]


def add_call(connection: Any, sid: str) -> None:
    found = select(interactions.c.conversation_id).where(interactions.c.external_id == sid)
    conversation_id = connection.execute(found).scalar_one()
    calls.add(connection, sid, conversation_id, account="", caller="", language="nl")


async def test_what_was_corrected_is_known_before_it_is_resolved(
    database: Database, anna: Agent
) -> None:
    item_id = await know(database, "order", **WAITS)
    await correct(database, item_id, anna)
    assert await known(database) == [("bill", "order")]


async def test_a_correction_that_was_taken_back_is_none(database: Database, anna: Agent) -> None:
    item_id = await know(database, "order", **WAITS)
    await correct(database, item_id, anna)
    await correct(database, item_id, anna, topic="order")
    assert await known(database) == [("order", None)]


async def test_new_examples_are_counted_from_a_moment_on(database: Database, anna: Agent) -> None:
    before = clock.now() - LONG_AGO
    await know(database, "order")
    item_id = await know(database, "order", **WAITS)
    await correct(database, item_id, anna)
    assert await database.read(lambda c: learning.are_new(c, 2, before))
    assert not await database.read(lambda c: learning.are_new(c, 3, before))
    assert not await database.read(lambda c: learning.are_new(c, 1, clock.now()))


async def test_a_correction_says_who_when_from_what_to_what_and_how_it_was_found(
    database: Database, anna: Agent
) -> None:
    learned = {"recognition": {"topic": "order", "how": "learned", "confidence": 0.8}}
    item_id = await know(database, "order", decision=learned, **WAITS)
    await correct(database, item_id, anna)
    row = await only(database, topic_corrections)
    assert (row.work_item_id, row.agent_id, row.former, row.topic) == (
        item_id,
        anna.id,
        "order",
        "bill",
    )
    assert (row.how, row.confidence, row.former_role, row.role, row.moved) == (
        "learned",
        0.8,
        "service",
        "billing",
        False,
    )
    logged = await only(database, audit_log)
    assert (logged.action, logged.actor) == ("work_item.topic_corrected", anna.id)
    assert logged.details["from"] == "order"
    assert logged.details["to"] == "bill"


async def test_the_work_follows_the_new_topic_and_stays_unless_it_is_to_move(
    database: Database, anna: Agent
) -> None:
    item_id = await know(database, "order", **WAITS)
    done = await correct(database, item_id, anna)
    assert done.stayed
    item = await only(database, work_items)
    assert (item.topic, item.role, item.priority_minutes) == ("bill", "service", 30)
    assert item.decision["recognition"]["how"] == "agent"


async def test_what_moves_waits_for_its_new_role_with_its_age(
    database: Database, anna: Agent
) -> None:
    item_id = await know(database, "order", state="assigned", agent_id=anna.id, resolved_at=None)
    before = await only(database, work_items)
    done = await correct(database, item_id, anna, move=True)
    assert done.moved
    assert not done.stayed
    item = await only(database, work_items)
    assert (item.role, item.state, item.agent_id) == ("billing", "waiting", None)
    assert item.waiting_since == before.waiting_since
    event = (await told(database))[-1].event
    assert isinstance(event, WorkItemChanged)
    assert (event.role, event.former_role) == ("billing", "service")


async def test_what_somebody_else_has_or_does_is_not_corrected(
    database: Database, anna: Agent
) -> None:
    ben = await hire(database, "ben", "service")
    held = await know(database, "order", state="assigned", agent_id=ben.id, resolved_at=None)
    with pytest.raises(Taken):
        await correct(database, held, anna)
    done = await know(database, "order")
    with pytest.raises(Taken):
        await correct(database, done, anna)
    foreign = await know(database, "order", role="billing", **WAITS)
    with pytest.raises(Rejected, match="Another role"):
        await correct(database, foreign, anna)
    assert await rows(database, topic_corrections) == []


async def test_the_same_topic_again_is_no_correction(database: Database, anna: Agent) -> None:
    item_id = await know(database, "bill", **WAITS)
    with pytest.raises(Rejected):
        await correct(database, item_id, anna)
    assert (await only(database, work_items)).epoch == 1


async def test_the_moments_that_are_corrected_most_come_first(
    database: Database, anna: Agent
) -> None:
    for topic, count in (("order", 2), ("late", 1)):
        for _ in range(count):
            await correct(database, await know(database, topic, **WAITS), anna)
    await know(database, "order")
    since = clock.now() - LONG_AGO
    found = await database.read(lambda c: corrections.most_corrected(c, since, limit=5))
    assert [(m.topic, m.channel, m.contacts, m.corrected) for m in found] == [
        ("order", "email", 3, 2),
        ("late", "email", 1, 1),
    ]
    pairs = await database.read(lambda c: corrections.pairs(c, since, limit=5))
    assert [(p.former, p.topic, p.how, p.count) for p in pairs] == [
        ("order", "bill", "words", 2),
        ("late", "bill", "words", 1),
    ]
    assert await database.read(lambda c: corrections.most_corrected(c, clock.now(), limit=5)) == []


async def test_what_was_learned_is_kept_by_version_and_old_ones_go(database: Database) -> None:
    assert await database.read(learning.newest) is None
    assert await database.read(learning.newest_version) == 0
    for number in range(7):
        content = bytes([number])
        await database.write(
            lambda c, content=content: learning.keep(
                c, content=content, report={"accuracy": 0.5}, examples=3, by="operator"
            )
        )
    newest = await database.read(learning.newest)
    assert newest is not None
    assert (newest.version, newest.trained_by, newest.examples) == (7, "operator", 3)
    assert await database.read(lambda c: learning.content(c, 7)) == b"\x06"
    assert await database.read(lambda c: learning.content(c, 2)) is None
    assert await database.read(lambda c: learning.content(c, 3)) == b"\x02"


async def test_the_newest_threshold_holds_and_is_in_the_audit_log(database: Database) -> None:
    assert await database.read(learning.threshold) is None
    for value in (0.4, 0.7):
        await database.write(lambda c, v=value: learning.set_threshold(c, v, by="anna"))
    assert await database.read(learning.threshold) == 0.7
    assert [row.action for row in await rows(database, audit_log)] == ["topics.threshold_set"] * 2


async def test_a_topic_is_kept_when_four_of_five_stay(database: Database, anna: Agent) -> None:
    async def one(*, move: bool) -> None:
        await correct(database, await know(database, "order", **WAITS), anna, move=move)

    async def kept() -> list[tuple[str, str, str, int, int]]:
        since = clock.now() - LONG_AGO
        found = await database.read(lambda c: corrections.kept(c, since, least=3))
        return [(k.topic, k.keeper, k.role, k.kept, k.handed_over) for k in found]

    for _ in range(2):
        await one(move=False)
    assert await kept() == []
    for _ in range(2):
        await one(move=False)
    await one(move=True)
    assert await kept() == [("bill", "service", "billing", 4, 1)]
    await one(move=True)
    assert await kept() == []
