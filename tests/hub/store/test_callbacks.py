"""Who is called back keeps the place in the queue."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from hub import clock
from hub.errors import Rejected
from hub.store import Database, callbacks, handing_over, offers, steps, working
from routing.assigning.rules import Rules
from routing.handing_out import Outcome
from stores import opened
from workplace import Workplace

NUMBER = "+31 20 555 01 23"
HOUR = timedelta(hours=1)


@pytest.fixture
async def at(store_url: str) -> AsyncIterator[Workplace]:
    async with opened(store_url) as database:
        place = Workplace(database, Rules())
        await place.open()
        yield place


async def call(at: Workplace, name: str, minutes: int) -> str:
    since = clock.now() - timedelta(minutes=minutes)
    return await at.wait_for(name, channel="phone", units=100, waiting_since=since)


async def test_they_are_called_when_it_is_their_turn(at: Workplace) -> None:
    first, second = await call(at, "first", 9), await call(at, "second", 5)
    await at.database.write(lambda c: callbacks.ask(c, first, f" {NUMBER} "))
    anna = await at.hire("anna")
    assert await at.serve(anna) is Outcome.OFFERED
    assert await at.offered_to(anna) == [first]
    accepted = await at.database.write(lambda c: offers.accept(c, first, anna))
    assert accepted.callback_to == NUMBER
    assert await at.database.read(lambda c: callbacks.number_of(c, first)) == NUMBER
    assert await at.database.read(lambda c: callbacks.number_of(c, second)) == ""


async def test_or_not_before_a_time_and_then_before_who_came_later(at: Workplace) -> None:
    first, second = await call(at, "first", 9), await call(at, "second", 5)
    due = clock.now() + HOUR
    await at.database.write(lambda c: callbacks.ask(c, first, NUMBER, at=due))
    anna, bea = await at.hire("anna"), await at.hire("bea")
    assert await at.serve(anna) is Outcome.OFFERED
    assert await at.offered_to(anna) == [second]
    assert await at.database.write(lambda c: handing_over.wake_due(c, due)) == [first]
    await call(at, "third", 1)
    assert await at.serve(bea) is Outcome.OFFERED
    assert await at.offered_to(bea) == [first]
    kinds = [step.kind for step in await at.database.read(lambda c: steps.of(c, first))]
    assert kinds == [steps.CALLBACK, steps.WOKEN, steps.OFFERED]


async def test_an_agent_who_was_just_asked_has_room_again(at: Workplace) -> None:
    anna = await at.hire("anna")
    item, other = await call(at, "first", 9), await call(at, "second", 5)
    await at.place(item)
    due = clock.now() + HOUR
    await at.database.write(lambda c: callbacks.ask(c, item, NUMBER, at=due))
    assert [offer.state for offer in await at.offers()] == ["withdrawn"]
    assert await at.place(other) is Outcome.OFFERED
    assert await at.offered_to(anna) == [other]


async def test_what_somebody_took_already_is_not_called_back(at: Workplace) -> None:
    anna = await at.hire("anna")
    item = await call(at, "first", 9)
    await at.database.write(lambda c: working.claim(c, item, anna))
    with pytest.raises(Rejected, match="has this call already"):
        await at.database.write(lambda c: callbacks.ask(c, item, NUMBER))


@pytest.mark.parametrize(("number", "hours"), [(" ", 1), ("1" * 101, 1), (NUMBER, -1)])
async def test_what_cannot_be_called_back(database: Database, number: str, hours: int) -> None:
    at = clock.now() + hours * HOUR
    with pytest.raises(Rejected):
        await database.write(lambda c: callbacks.ask(c, "any", number, at=at))
