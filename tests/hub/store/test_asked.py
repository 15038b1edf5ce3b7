"""Who waits for what was asked, on both databases."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import update

from hub.store import Database, asked, asking_colleagues, supervising, working
from hub.store.asked import SEEN, YES
from hub.store.tables import work_items
from mail_desk import Asking
from stores import opened


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.fixture
async def desk(database: Database) -> Asking:
    desk = Asking(database)
    await desk.begin()
    return desk


async def test_who_has_the_work_waits_for_the_answer_and_nobody_does_while_nobody_has_it(
    desk: Asking,
) -> None:
    a = (await desk.mail()).conversation_id
    held = await desk.work(a, desk.anna)
    request = await desk.asks(a)
    assert await desk.waits_in(a) == ["anna"]
    assert await desk.database.read(lambda c: asked.next_due(c, desk.anna)) is not None
    await desk.do(lambda c: working.release(c, held, desk.anna))
    assert await desk.waits_in(a) == [""]
    assert await desk.database.read(lambda c: asked.next_due(c, desk.anna)) is None
    await desk.answers(request)
    assert [await desk.sees(one) for one in (desk.anna, desk.carl)] == [[], []]
    await desk.do(lambda c: supervising.give(c, held, desk.bob, desk.carl.id))
    [told] = await desk.sees(desk.carl)
    assert (told.answer, told.by_name, told.holder_name) == (YES, "anna", "carl")
    assert await desk.sees(desk.anna) == []


async def test_who_has_the_work_says_nothing_to_what_a_colleague_is_asked(desk: Asking) -> None:
    a = (await desk.mail()).conversation_id
    await desk.work(a, desk.carl)
    await desk.do(lambda c: asking_colleagues.mention(c, a, "@bob, look", desk.anna))
    [told] = await desk.sees(desk.bob)
    assert await desk.refused(
        lambda c: asking_colleagues.answer(c, told.id, SEEN, desk.carl)
    ) == "no_request"  # fmt: skip
    assert [one.id for one in await desk.sees(desk.bob)] == [told.id]


async def test_nobody_is_asked_what_they_asked_for_themselves(desk: Asking) -> None:
    a = (await desk.mail()).conversation_id
    await desk.work(a, desk.anna)
    more: dict[str, Any] = {"role": "billing", "what": "Refund", "within": None}
    await desk.do(lambda c: asking_colleagues.ask_approval(c, a, desk.bob, **more))
    [request] = await desk.database.read(lambda c: asked.approvals_of(c, a))
    assert not request.is_for(desk.bob)
    assert await desk.sees(desk.bob) == []
    assert await desk.refused(
        lambda c: asking_colleagues.answer(c, request.id, YES, desk.bob)
    ) == "no_answer"  # fmt: skip


async def test_who_is_only_offered_the_work_does_not_have_it(desk: Asking) -> None:
    a = (await desk.mail()).conversation_id
    await desk.work(a, desk.anna)
    await desk.asks(a)
    await desk.do(lambda c: c.execute(update(work_items).values(state="offered")))
    assert await desk.waits_in(a) == [""]


async def test_work_that_goes_to_somebody_else_of_the_role_still_waits(desk: Asking) -> None:
    a = (await desk.mail()).conversation_id
    held = await desk.work(a, desk.anna)
    await desk.asks(a)
    await desk.do(lambda c: supervising.move(c, held, desk.bob, "service", backup_role=""))
    assert await desk.waits_in(a) == [""]
    await desk.do(lambda c: supervising.move(c, held, desk.bob, "billing", backup_role=""))
    assert await desk.waits_in(a) == []
