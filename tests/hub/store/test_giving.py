"""An item is put before an agent if both still are as they were seen, wholly or not at all."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from hub import clock
from hub.store import Database, queues
from hub.store import tables as t
from hub.store.agents import Agent
from hub.store.giving import Given, give
from hub.store.postgres import PostgresStore
from routing.assigning.rules import Rules
from stores import opened, rows
from workplace import Workplace


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.fixture
async def at(database: Database) -> Workplace:
    place = Workplace(database, Rules())
    await place.open()
    return place


async def seen(at: Workplace, item: str, agent: Agent) -> tuple[Any, datetime]:
    """The item and since when the agent is idle, as whoever decides sees them."""
    row = await at.database.look(lambda c: queues.waiting(c, item))
    idle = select(t.presence.c.idle_since).where(t.presence.c.agent_id == agent.id)
    return row, await at.database.look(lambda c: c.execute(idle).scalar_one())


async def given(at: Workplace, row: Any, agent: Agent, idle_since: datetime) -> Given:
    until = clock.now() + timedelta(minutes=2)
    return await at.database.step(
        lambda c: give(c, row, agent.id, idle_since, expires_at=until, explanation={"so": 1})
    )


async def written(at: Workplace) -> list[int]:
    """How many offers, steps and events there are."""
    return [len(await rows(at.database, o)) for o in (t.offers, t.assignment_steps, t.outbox)]


async def test_what_is_as_it_was_seen_is_given_with_all_that_belongs_to_it(at: Workplace) -> None:
    anna, item = await at.hire("anna"), await at.wait_for("one")
    row, idle_since = await seen(at, item, anna)
    before = await written(at)
    assert await given(at, row, anna, idle_since) == Given(item=True, agent=True)
    assert [after - there for after, there in zip(await written(at), before, strict=True)] == [
        1
    ] * 3
    now = await at.item(item)
    assert (now.state, now.agent_id, now.epoch) == ("offered", anna.id, row.epoch + 1)
    [offer] = await at.offers()
    [person] = await rows(at.database, t.presence)
    assert (offer.agent_id, offer.state) == (anna.id, "offered")
    assert person.idle_since == offer.offered_at
    assert (person.units_used, person.asked) == (20, 1)


@pytest.mark.parametrize("changed", ["item", "agent"])
async def test_what_changed_since_it_was_seen_is_not_given(at: Workplace, changed: str) -> None:
    anna, item = await at.hire("anna"), await at.wait_for("one")
    row, idle_since = await seen(at, item, anna)
    if changed == "item":
        await at.change(item, epoch=row.epoch + 1)
    else:
        idle_since -= timedelta(seconds=1)
    before = await written(at)
    assert await given(at, row, anna, idle_since) == Given(changed != "item", changed != "agent")
    assert await written(at) == before
    assert (await at.item(item)).state == "waiting"
    [person] = await rows(at.database, t.presence)
    assert (person.units_used, person.asked) == (0, 0)


async def test_what_somebody_is_changing_is_left_alone(postgres_url: str) -> None:
    async with opened(postgres_url) as database:
        at = Workplace(database, Rules())
        await at.open()
        anna, item = await at.hire("anna"), await at.wait_for("one")
        row, idle_since = await seen(at, item, anna)
        somebody = PostgresStore(make_url(postgres_url))
        async with somebody.engine.begin() as other:
            await other.execute(select(t.conversations.c.id).with_for_update())
            assert await given(at, row, anna, idle_since) == Given(item=False, agent=True)
            await other.execute(select(t.presence.c.agent_id).with_for_update())
            assert await given(at, row, anna, idle_since) == Given(item=False, agent=False)
        assert all(await given(at, row, anna, idle_since))
        await somebody.close()
