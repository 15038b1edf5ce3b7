"""Work reaches agents by itself: at once when something happens, and when a time has come."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from hub import clock
from hub.bus.opening import open_bus
from hub.metrics import Metrics
from hub.relay import Relay
from hub.settings import BusSettings
from hub.store import Database, handing_over, offers, outbox, presence, work_items
from hub.store.agents import Agent
from hub.store.leader import open_leadership
from routing.assigning.rules import Rules
from routing.dispatcher import Dispatcher
from routing.handing_out import HandingOut
from stores import opened
from waiting import eventually
from workplace import Workplace, workplace_model


@dataclass
class Office(Workplace):
    """A workplace with running dispatchers, each a process of its own but for the loop."""

    bus_url: str = "local:"
    relays: list[Relay] = field(default_factory=list)

    @asynccontextmanager
    async def dispatcher(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            bus = open_bus(BusSettings(url=self.bus_url), self.database, _bury)
            relay = Relay(self.database, bus, open_leadership(self.database))
            handing_out = HandingOut(workplace_model, self.rules)
            dispatcher = Dispatcher(self.database, bus, handing_out, Metrics(), relay.wake)
            for part in (relay, bus, dispatcher):
                await part.start()
                stack.push_async_callback(part.stop)
            self.relays.append(relay)
            yield

    async def do(self, work: Any) -> Any:
        """A change by somebody else, with the news that it makes."""
        result = await self.database.write(work)
        for relay in self.relays:
            relay.wake()
        return result

    async def told(self, item_id: str) -> None:
        """The router told that an item waits."""

        def tell(connection: Any) -> None:
            [item] = work_items.by_ids(connection, [item_id])
            outbox.add(
                connection, work_items.event(item), subject=item.conversation_id, source="/test"
            )

        await self.do(tell)

    async def asked(self, agent: Agent, item_id: str) -> None:
        async def is_asked() -> bool:
            return item_id in await self.offered_to(agent)

        await eventually(is_asked)


async def _bury(letters: Any) -> None:
    raise AssertionError(f"dead letters: {letters}")


@pytest.fixture
async def database(stack: Any) -> AsyncIterator[Database]:
    async with opened(stack.store_url) as database:
        yield database


@pytest.fixture
async def office(stack: Any, database: Database) -> Office:
    office = Office(database, Rules(other_offer_seconds=0.2), bus_url=stack.bus_url)
    await office.open()
    return office


@pytest.fixture
async def patient(stack: Any, database: Database) -> Office:
    """An office in which offers wait."""
    office = Office(database, Rules(), bus_url=stack.bus_url)
    await office.open()
    return office


async def test_new_work_and_freed_agents_meet_at_once(patient: Office) -> None:
    anna = await patient.hire("anna")
    async with patient.dispatcher():
        first = await patient.wait_for("first")
        await patient.told(first)
        await patient.asked(anna, first)
        second = await patient.wait_for("second")
        await patient.do(lambda c: offers.accept(c, first, anna))
        await patient.asked(anna, second)
        bea = await patient.hire("bea")
        third = await patient.wait_for("third")
        await patient.do(lambda c: presence.say(c, bea.id, presence.AVAILABLE))
        await patient.asked(bea, third)
        await patient.do(lambda c: offers.decline(c, third, bea, "busy"))
        await patient.do(lambda c: offers.accept(c, second, anna))
        await patient.asked(anna, third)


async def test_an_offer_that_nobody_answers_goes_to_the_next(office: Office) -> None:
    anna = await office.hire("anna")
    bea = await office.hire("bea", state=presence.AWAY)
    item = await office.wait_for("one")
    await office.place(item)
    assert await office.offered_to(anna) == [item]
    await office.database.write(lambda c: presence.say(c, bea.id, presence.AVAILABLE))
    async with office.dispatcher():

        async def passed_on() -> bool:
            states = {offer.agent_id: offer.state for offer in await office.offers()}
            return states.get(anna.id) == "missed" and bea.id in states

        await eventually(passed_on)


async def test_what_waited_while_no_dispatcher_ran_is_found(patient: Office) -> None:
    anna = await patient.hire("anna")
    item = await patient.wait_for("one")
    async with patient.dispatcher():
        await patient.asked(anna, item)


async def test_who_comes_where_nobody_was_gets_what_came_meanwhile(patient: Office) -> None:
    anna = await patient.hire("anna", state=presence.AWAY)
    async with patient.dispatcher():
        first = await patient.wait_for("first")
        await patient.told(first)
        await patient.do(lambda c: presence.say(c, anna.id, presence.AVAILABLE))
        await patient.asked(anna, first)
        second = await patient.wait_for("second")
        await patient.do(lambda c: offers.accept(c, first, anna))
        await patient.told(second)
        await patient.asked(anna, second)


async def test_what_was_put_aside_comes_back_in_time(patient: Office) -> None:
    anna = await patient.hire("anna")
    item = await patient.wait_for("one")
    await patient.place(item)
    await patient.database.write(lambda c: offers.accept(c, item, anna))
    until = clock.now() + timedelta(seconds=0.3)
    await patient.database.write(lambda c: handing_over.snooze(c, item, anna, until))
    async with patient.dispatcher():
        await patient.asked(anna, item)


async def test_a_clock_that_is_set_back_stops_no_look(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = clock.now
    monkeypatch.setattr(clock, "now", lambda: right() + timedelta(hours=1))
    anna = await office.hire("anna")
    await office.place(await office.wait_for("before"))

    async def missed(agent: Agent) -> bool:
        return any(
            offer.agent_id == agent.id and offer.state == "missed"
            for offer in await office.offers()
        )

    async with office.dispatcher():
        await eventually(lambda: missed(anna))
        monkeypatch.setattr(clock, "now", right)
        bea = await office.hire("bea")
        after = await office.wait_for("after")
        await office.place(after)
        await eventually(lambda: missed(bea), seconds=10)
