"""An approval goes with the work that it was asked for, on both databases."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from hub import clock
from hub.store import Database, asked, asking_colleagues, gathering, splitting, supervising, working
from hub.store import agents as staff
from hub.store.agents import Agent
from hub.store.asked import YES, Request
from hub.store.tables import asked_colleagues, roles
from mail_desk import Desk
from stores import opened, rows


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


class Asking(Desk):
    """With Bob, who approves."""

    async def begin(self) -> None:
        await super().begin()

        def hire(connection: Connection) -> Agent | None:
            connection.execute(insert(roles).values(name="billing", title="Billing"))
            bob = staff.add(connection, login="bob", name="bob", password_hash="", held=["billing"])
            return staff.find(connection, bob)

        self.bob = await self.do(hire)

    async def asks(self, conversation_id: str) -> str:
        """Anna asks Bob within two hours; gives the request."""
        ask: dict[str, Any] = {
            "role": "billing",
            "what": "Refund EUR 80",
            "within": timedelta(hours=2),
        }
        await self.do(
            lambda c: asking_colleagues.ask_approval(c, conversation_id, self.anna, **ask)
        )
        return max(row.id for row in await rows(self.database, asked_colleagues))

    async def answers(self, request_id: str) -> None:
        await self.do(lambda c: asking_colleagues.answer(c, request_id, YES, self.bob))

    async def sees(self, agent: Agent) -> list[Request]:
        found: list[Request] = await self.database.read(lambda c: asked.waiting_for(c, agent))
        return found

    async def waits_in(self, conversation_id: str) -> list[str]:
        found = await self.database.read(lambda c: asked.approvals_of(c, conversation_id))
        return [one.holder_name for one in found]


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
