"""An approval goes with the work that it was asked for, on both databases."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from hub import clock
from hub.store import Database, asking_colleagues, gathering, splitting, working
from hub.store.asked import YES
from hub.store.tables import asked_colleagues
from mail_desk import Asking
from stores import opened, rows


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.fixture
async def desk(database: Database) -> Asking:
    desk = Asking(database)
    await desk.begin()
    return desk


async def test_work_that_is_not_done_after_all_waits_for_what_it_waited_for(desk: Asking) -> None:
    a = (await desk.mail()).conversation_id
    held = await desk.work(a, desk.anna)
    request = await desk.asks(a)
    await desk.do(lambda c: working.resolve(c, held, desk.anna, {}))
    assert (await desk.waits_in(a), await desk.sees(desk.bob)) == ([], [])
    assert await desk.refused(
        lambda c: asking_colleagues.answer(c, request, YES, desk.bob)
    ) == "asked_no_more"  # fmt: skip
    [before] = await rows(desk.database, asked_colleagues)
    await desk.do(lambda c: working.reopen(c, held, desk.anna))
    assert await desk.waits_in(a) == ["anna"]
    [after] = await rows(desk.database, asked_colleagues)
    assert after.due_at > before.due_at, "the time in which it was done does not count"
    assert after.due_at - after.asked_at == before.due_at - before.asked_at
    assert (await desk.texts(a))[-3:] == ["approval_asked", "approval_finished", "approval_again"]
    await desk.answers(request)
    assert [one.answer for one in await desk.sees(desk.anna)] == [YES]


async def test_what_ended_with_the_work_of_another_time_stays_over(desk: Asking) -> None:
    a = (await desk.mail()).conversation_id
    held = await desk.work(a, desk.anna)
    await desk.asks(a)
    await desk.do(lambda c: working.resolve(c, held, desk.anna, {}))
    ago = clock.now() - timedelta(days=20)
    await desk.do(lambda c: c.execute(update(asked_colleagues).values(answered_at=ago)))
    await desk.do(lambda c: working.reopen(c, held, desk.anna))
    assert await desk.waits_in(a) == []


async def test_who_goes_on_with_both_of_two_conversations_gets_the_answer(desk: Asking) -> None:
    a, b = (await desk.mail()).conversation_id, (await desk.mail()).conversation_id
    await desk.work(a, desk.carl)
    await desk.work(b, desk.anna)
    request = await desk.asks(b)
    done = await desk.do(lambda c: gathering.gather(c, a, b, desk.anna))
    assert (await desk.waits_in(a), await desk.waits_in(b)) == (["carl"], [])
    await desk.do(lambda c: gathering.undo(c, done.id, desk.carl))
    assert (await desk.waits_in(a), await desk.waits_in(b)) == ([], ["anna"])
    await desk.answers(request)
    assert [one.conversation_id for one in await desk.sees(desk.anna)] == [b]


@pytest.mark.parametrize("asked_first", [True, False])
async def test_a_request_stays_with_the_work_when_a_message_is_split_off(
    desk: Asking, asked_first: bool
) -> None:
    a = (await desk.mail(text="1", message_id="m1")).conversation_id
    await desk.work(a, desk.anna)

    async def another() -> Any:
        return await desk.mail(text="2", thread=desk.token(a))

    if asked_first:
        await desk.asks(a)
        second = await another()
    else:
        second = await another()
        await desk.asks(a)
    done = await desk.do(lambda c: splitting.split(c, second.interaction_id, desk.anna))
    assert await desk.waits_in(a) == ["anna"]
    assert await desk.texts(a) == ["1", "approval_asked", "split_off"]
    assert await desk.texts(done.new_id) == ["2", "split_from"]
    await desk.do(lambda c: splitting.undo(c, done.id, desk.anna))
    assert await desk.waits_in(a) == ["anna"]
