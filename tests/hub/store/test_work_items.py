"""Work items: their order, and who gets one when several want it, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from builders import TOKENS, mail_arrival
from hub.errors import Rejected
from hub.events import WorkItemChanged
from hub.store import Database, agents, work_items, work_lists, working
from hub.store import tables as t
from hub.store.agents import Agent
from hub.store.arrivals import store_arrivals
from hub.store.ranking import rank
from hub.store.work_items import Taken
from stores import opened, rows, told

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as store:
        await store.write(lambda c: agents.add_roles(c, {"service": "Service", "bills": "Bills"}))
        yield store


async def hire(database: Database, login: str, *held: str) -> Agent:
    def work(connection: Connection) -> Agent:
        agent_id = agents.add(
            connection, login=login, name=login.title(), password_hash="", held=held or ["service"]
        )
        found = agents.find(connection, agent_id)
        assert found is not None
        return found

    return await database.write(work)


async def wait_for(database: Database, subject: str, **changes: Any) -> str:
    """A conversation with this subject waits; gives the work item's id."""

    def work(connection: Connection) -> str:
        arrival = mail_arrival(f"{subject.replace(' ', '-')}@example.org", subject=subject)
        accepted = store_arrivals(connection, [arrival], TOKENS)[0]
        conversation = t.conversations.c.id == accepted.conversation_id
        customer = (
            connection.execute(t.conversations.select().where(conversation)).one().customer_id
        )
        row = {
            "id": accepted.interaction_id,
            "conversation_id": accepted.conversation_id,
            "customer_id": customer,
            "role": "service",
            "state": "waiting",
            "agent_id": None,
            "epoch": 1,
            "channel": "email",
            "topic": "any",
            "priority_minutes": 0,
            "waiting_since": NOON,
            "first_response_due": None,
            "first_response_at": None,
            "overdue": False,
            "decision": {},
            "created_at": NOON,
            "resolved_at": None,
            "urgency_minutes": 0,
        }
        row |= changes
        order = rank(row["waiting_since"], row["priority_minutes"], row["urgency_minutes"])
        connection.execute(insert(t.work_items), [row | {"rank": order}])
        return accepted.interaction_id

    return await database.write(work)


async def subjects(database: Database, agent: Agent, *, length: int = 50) -> list[str]:
    found = await database.read(lambda c: work_lists.work_list(c, agent, length=length))
    return [item.title for item in found.queue]


async def test_who_waits_longest_comes_first_with_priority_counted_in(database: Database) -> None:
    anna = await hire(database, "anna")
    await wait_for(database, "new", waiting_since=NOON)
    await wait_for(database, "old", waiting_since=NOON - 30 * MINUTE)
    await wait_for(database, "urgent", waiting_since=NOON - MINUTE, priority_minutes=60)
    due = {"waiting_since": NOON - 10 * MINUTE}
    await wait_for(database, "no deadline", **due)
    await wait_for(database, "late", urgency_minutes=240, **due)
    await wait_for(database, "nearly late", urgency_minutes=60, **due)
    await wait_for(database, "not ours", role="bills", waiting_since=NOON - 600 * MINUTE)
    assert await subjects(database, anna) == [
        "late",
        "nearly late",
        "urgent",
        "old",
        "no deadline",
        "new",
    ]
    listed = await database.read(lambda c: work_lists.work_list(c, anna, length=2))
    front = [item.title for item in listed.queue]
    assert (front, listed.waiting) == (["late", "nearly late"], 6)
    ranks = [item.rank for item in listed.queue]
    assert ranks == sorted(ranks), "the page sorts by the same number"


async def test_nobody_without_roles_has_a_queue(database: Database) -> None:
    await wait_for(database, "one")
    anna = await hire(database, "anna", "bills")
    listed = await database.read(lambda c: work_lists.work_list(c, anna, length=9))
    assert (listed.mine, listed.queue, listed.waiting) == ([], [], 0)


async def test_of_many_who_claim_one_gets_it(database: Database) -> None:
    item_id = await wait_for(database, "one")
    staff = [await hire(database, f"agent{number}") for number in range(8)]

    async def claim(agent: Agent) -> str:
        try:
            await database.write(lambda c: working.claim(c, item_id, agent))
        except Taken as error:
            return f"lost to {error.holder}"
        return agent.name

    outcomes = await asyncio.gather(*(claim(agent) for agent in staff))
    [winner] = [name for name in outcomes if not name.startswith("lost")]
    assert outcomes.count(f"lost to {winner}") == 7
    [row] = await rows(database, t.work_items)
    assert (row.state, row.epoch) == ("assigned", 2)
    changes = [e.event for e in await told(database) if isinstance(e.event, WorkItemChanged)]
    assert [(change.state, change.epoch) for change in changes] == [("assigned", 2)]
    assert [row.action for row in await rows(database, t.audit_log)] == ["work_item.claimed"]


async def test_many_who_take_the_next_each_get_another(database: Database) -> None:
    for number in range(10):
        await wait_for(database, f"item {number}")
    staff = [await hire(database, f"agent{number}") for number in range(10)]
    taken = await asyncio.gather(
        *(database.write(lambda c, a=agent: working.take_next(c, a)) for agent in staff)
    )
    assert len({item.id for item in taken if item}) == 10
    assert await database.write(lambda c: working.take_next(c, staff[0])) is None


async def test_claiming_twice_is_claiming_once(database: Database) -> None:
    item_id = await wait_for(database, "one")
    anna = await hire(database, "anna")
    first = await database.write(lambda c: working.claim(c, item_id, anna))
    second = await database.write(lambda c: working.claim(c, item_id, anna))
    assert first.epoch == second.epoch == 2


async def test_only_who_holds_it_may_end_it(database: Database) -> None:
    item_id = await wait_for(database, "one")
    anna, carl = await hire(database, "anna"), await hire(database, "carl")
    with pytest.raises(Rejected, match="Take this item first"):
        await database.write(lambda c: working.resolve(c, item_id, anna, {}))
    await database.write(lambda c: working.claim(c, item_id, anna))
    for change in (working.release, working.answered):
        with pytest.raises(Taken, match="Anna has it"):
            await database.write(lambda c, do=change: do(c, item_id, carl))
    done = await database.write(lambda c: working.resolve(c, item_id, anna, {"outcome": "x"}))
    assert (done.state, done.epoch) == ("done", 3)
    with pytest.raises(Taken, match="done already"):
        await database.write(lambda c: working.claim(c, item_id, carl))
    [conversation] = await rows(database, t.conversations)
    assert (conversation.state, conversation.resolved_at is not None) == ("resolved", True)
    assert (await rows(database, t.audit_log))[-1].details["results"] == {"outcome": "x"}


async def test_the_first_answer_stops_the_clock_once(database: Database) -> None:
    item_id = await wait_for(database, "one", overdue=True)
    anna = await hire(database, "anna")
    await database.write(lambda c: working.claim(c, item_id, anna))
    first = await database.write(lambda c: working.answered(c, item_id, anna))
    second = await database.write(lambda c: working.answered(c, item_id, anna))
    assert first.first_response_at is not None
    assert not first.overdue
    assert (second.first_response_at, second.epoch) == (first.first_response_at, first.epoch)


async def test_a_change_in_between_is_not_overwritten(database: Database) -> None:
    item_id = await wait_for(database, "one")
    anna = await hire(database, "anna")

    def work(connection: Connection) -> None:
        item = work_items.lock(connection, item_id)
        connection.execute(update(t.work_items).values(epoch=item.epoch + 1, role="bills"))
        work_items.change(connection, item, anna, "test", {"state": "assigned"})

    with pytest.raises(Rejected, match="changed at the same moment"):
        await database.write(work)


async def test_a_work_item_that_does_not_exist(database: Database) -> None:
    anna = await hire(database, "anna")
    with pytest.raises(Rejected) as caught:
        await database.write(lambda c: working.claim(c, "nothing", anna))
    assert caught.value.status == 404


async def test_who_changes_an_item_is_not_refused_because_its_clocks_went_on(
    database: Database,
) -> None:
    anna, bob = await hire(database, "anna"), await hire(database, "bob")
    item_id = await wait_for(database, "first")
    await database.write(lambda c: working.claim(c, item_id, anna))

    def late(connection: Connection) -> None:
        seen = work_items.lock(connection, item_id)
        work_items.tell_again(connection, [seen.conversation_id])
        work_items.change(connection, seen, anna, "tried", {"first_response_at": NOON})

    def too_late(connection: Connection) -> None:
        seen = work_items.lock(connection, item_id)
        connection.execute(update(t.work_items).values(agent_id=bob.id, epoch=seen.epoch + 1))
        work_items.change(connection, seen, anna, "tried", {"first_response_at": NOON})

    await database.write(late)
    [item] = await rows(database, t.work_items)
    assert item.first_response_at == NOON
    with pytest.raises(Taken):
        await database.write(too_late)
