"""Who waits for what was asked, on both databases."""

from collections.abc import AsyncIterator

import pytest

from hub.store import Database, asked, asking_colleagues, supervising, working
from hub.store.asked import SEEN, YES
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
