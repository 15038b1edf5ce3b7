"""Who stands first because they hold the line stands among the rest when nobody holds it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, make_url, text, update

from hub import clock
from hub.events import WorkItemChanged
from hub.store import callbacks, calls, hanging_up, watching, working
from hub.store.postgres import PostgresStore
from hub.store.ranking import goes_first, rank
from hub.store.tables import interactions
from routing.assigning.rules import Rules
from stores import opened, told
from waiting import eventually
from workplace import Workplace

NUMBER = "+31612345678"


@pytest.fixture
async def at(store_url: str) -> AsyncIterator[Workplace]:
    async with opened(store_url) as database:
        place = Workplace(database, Rules())
        await place.open()
        yield place


async def first(at: Workplace, *, urgency_minutes: int = 0) -> str:
    """Work that was routed as that of a caller on the line."""
    now = clock.now()
    return await at.wait_for(
        "caller",
        channel="phone",
        waiting_since=now,
        urgency_minutes=urgency_minutes,
        rank=rank(now, 0, urgency_minutes, goes_first=True),
    )


async def left_over(at: Workplace) -> list[str]:
    return await at.database.read(hanging_up.left_over)


async def call(at: Workplace, item_id: str, sid: str = "CA1") -> None:
    conversation_id = (await at.item(item_id)).conversation_id
    values = {"account": "", "caller": NUMBER, "language": "nl"}
    await at.database.write(lambda c: calls.add(c, sid, conversation_id, **values))


async def hang_up(at: Workplace, sid: str = "CA1") -> None:
    def both(connection: Connection) -> None:
        calls.end(connection, sid)
        ended = calls.get(connection, sid)
        assert ended is not None
        calls.finish(connection, ended)

    await at.database.write(both)


async def test_what_is_left_over_goes_back_and_is_told(at: Workplace) -> None:
    item_id = await first(at)
    await call(at, item_id)
    assert await left_over(at) == []
    await hang_up(at)
    assert await left_over(at) == [item_id]
    assert await at.database.write(lambda c: hanging_up.put_back(c, item_id))
    item = await at.item(item_id)
    assert (item.epoch, item.rank) == (2, rank(item.waiting_since, 0, 0))
    news = [e.event for e in await told(at.database) if isinstance(e.event, WorkItemChanged)]
    assert [(one.work_item_id, one.epoch) for one in news] == [(item_id, 2)]
    assert await left_over(at) == []
    assert not await at.database.write(lambda c: hanging_up.put_back(c, item_id))


async def test_a_contact_is_kept_a_moment_before_its_call(at: Workplace) -> None:
    item_id = await first(at)
    came = update(interactions).values(channel="phone", received_at=clock.now())
    await at.database.write(lambda c: c.execute(came))
    assert await left_over(at) == []
    long_ago = came.values(received_at=clock.now() - hanging_up.KEPT_WITHIN)
    await at.database.write(lambda c: c.execute(long_ago))
    assert await left_over(at) == [item_id]


async def test_who_calls_twice_stays_first_until_both_are_over(at: Workplace) -> None:
    item_id = await first(at)
    await call(at, item_id)
    await call(at, item_id, "CA2")
    await hang_up(at)
    await at.database.write(lambda c: hanging_up.hung_up(c, item_id))
    assert goes_first(await at.item(item_id))
    await hang_up(at, "CA2")
    await at.database.write(lambda c: hanging_up.hung_up(c, item_id))
    assert not goes_first(await at.item(item_id))


async def test_who_is_called_back_keeps_the_place_until_it_is_done(at: Workplace) -> None:
    anna, item_id = await at.hire("anna"), await first(at)
    await at.database.write(lambda c: callbacks.ask(c, item_id, NUMBER))
    assert await left_over(at) == []
    await at.database.write(lambda c: working.claim(c, item_id, anna))
    await at.database.write(lambda c: working.resolve(c, item_id, anna, {}))
    await at.database.write(lambda c: working.reopen(c, item_id, anna))
    assert not goes_first(await at.item(item_id))


async def test_it_goes_back_in_the_moment_in_which_a_deadline_raises_it(postgres_url: str) -> None:
    async with opened(postgres_url) as database:
        at = Workplace(database, Rules())
        await at.open()
        item_id = await first(at, urgency_minutes=60)
        beside = PostgresStore(make_url(postgres_url), pool=1).engine

        async def somebody_waits() -> bool:
            return await database.read(lambda c: int(c.execute(_WAITING).scalar_one())) > 0

        async with beside.begin() as connection:
            await connection.run_sync(lambda c: watching.restand(c, [item_id]))
            back = asyncio.create_task(database.write(lambda c: hanging_up.hung_up(c, item_id)))
            await eventually(somebody_waits)
        await back
        await beside.dispose()
        item = await at.item(item_id)
        assert (item.epoch, item.rank) == (3, rank(item.waiting_since, 0, 0))


_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
