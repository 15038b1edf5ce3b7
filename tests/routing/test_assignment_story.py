"""Whatever people and clocks do, in any order: one holder, one offer, no overload."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples import examples
from hub import clock
from hub.errors import Rejected
from hub.store import handing_over, in_hand, offers, presence, staff, steps, working
from hub.store import tables as t
from hub.store.agents import Agent
from hub.store.handing_over import Goal
from hub.store.tables import work_items as items
from routing.assigning.rules import Rules
from stores import opened, rows
from workplace import Workplace

ACTIONS = (
    "arrive",
    "place",
    "serve",
    "accept",
    "decline",
    "miss",
    "release",
    "resolve",
    "transfer",
    "snooze",
    "wake",
    "leave",
    "come",
)
CHANNELS = {"email": 20, "chat": 30, "phone": 100}
HOUR = timedelta(hours=1)


class Story:
    """Does one thing after another to whoever it may be done to; nothing when to nobody."""

    def __init__(self, at: Workplace, team: list[Agent], draw: Callable[[Any], Any]) -> None:
        self._at = at
        self._team = team
        self._draw = draw
        self._count = 0

    async def tell(self) -> None:
        action = self._draw(st.sampled_from(ACTIONS))
        doing: Callable[[], Awaitable[None]] = getattr(self, action)
        await doing()
        await self.check()

    async def arrive(self) -> None:
        self._count += 1
        channel = self._draw(st.sampled_from(sorted(CHANNELS)))
        skills = self._draw(st.sampled_from([{}, {"dutch": 2}]))
        values = {"channel": channel, "units": CHANNELS[channel], "skills": skills}
        await self._at.wait_for(f"item{self._count}", **values)

    async def place(self) -> None:
        if (row := await self._one("waiting")) is not None:
            await self._at.place(row.id)

    async def serve(self) -> None:
        await self._at.serve(self._someone())

    async def accept(self) -> None:
        await self._with("offered", lambda c, row, who: offers.accept(c, row.id, who))

    async def decline(self) -> None:
        await self._with("offered", lambda c, row, who: offers.decline(c, row.id, who, "no"))

    async def miss(self) -> None:
        await self._at.expire(clock.now() + HOUR)

    async def release(self) -> None:
        await self._with("assigned", lambda c, row, who: working.release(c, row.id, who))

    async def resolve(self) -> None:
        await self._with("assigned", lambda c, row, who: working.resolve(c, row.id, who, {}))

    async def transfer(self) -> None:
        goal = Goal("service", self._draw(st.sampled_from(["", self._someone().id])))
        await self._with(
            "assigned", lambda c, row, who: handing_over.transfer(c, row.id, who, goal)
        )

    async def snooze(self) -> None:
        until = clock.now() + HOUR
        await self._with("assigned", lambda c, row, who: handing_over.snooze(c, row.id, who, until))

    async def wake(self) -> None:
        await self._at.database.write(lambda c: handing_over.wake_due(c, clock.now() + 2 * HOUR))

    async def leave(self) -> None:
        who = self._someone()
        await self._at.database.write(lambda c: presence.say(c, who.id, presence.AWAY))
        await self._at.database.write(lambda c: offers.withdraw(c, who.id))

    async def come(self) -> None:
        who = self._someone()
        await self._at.database.write(lambda c: presence.say(c, who.id, presence.AVAILABLE))

    async def check(self) -> None:
        live = [offer for offer in await self._at.offers() if offer.state == "offered"]
        found = await rows(self._at.database, items)
        asked = {row.id: row.agent_id for row in found if row.state == "offered"}
        assert asked == {offer.work_item_id: offer.agent_id for offer in live}
        assert len(live) == len(asked)
        for row in found:
            assert (row.agent_id is None) == (row.state == "waiting")
            if row.state == "offered":
                await self._check_offer(row)
        await self._check_figures()

    async def _check_figures(self) -> None:
        """What presence says of who has room is so."""
        before = await rows(self._at.database, t.presence)
        await self._at.database.write(in_hand.mend)
        assert await rows(self._at.database, t.presence) == before

    async def _check_offer(self, row: Any) -> None:
        database = self._at.database
        if row.skills:
            skills = await database.read(lambda c: staff.skills_of(c, row.agent_id))
            assert skills.get("dutch", 0) >= 2
        held = (await database.read(lambda c: in_hand.loads(c, [row.agent_id])))[row.agent_id]
        last = await database.read(lambda c: steps.last_details(c, row.id, steps.OFFERED))
        assert last is not None
        live = [load.units for load in held if load.channel != "email"]
        assert sum(live) <= 100
        assert sum(load.units for load in held) <= 100 or last["interrupts"] or sum(live)

    def _someone(self) -> Agent:
        who: Agent = self._draw(st.sampled_from(self._team))
        return who

    async def _one(self, state: str) -> Any:
        found = [row for row in await rows(self._at.database, items) if row.state == state]
        return self._draw(st.sampled_from(found)) if found else None

    async def _with(self, state: str, change: Callable[[Any, Any, Agent], Any]) -> None:
        """Mostly by who has it; by somebody else it is refused and changes nothing."""
        row = await self._one(state)
        if row is None:
            return
        who = self._someone()
        try:
            await self._at.database.write(lambda c: change(c, row, who))
        except Rejected:
            if row.agent_id == who.id:
                return  # given to themselves
        else:
            assert row.agent_id == who.id


@pytest.mark.timeout(300)
@settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_any_story_keeps_the_promises(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('store')}/loket.db"
    async with opened(url) as database:
        at = Workplace(database, Rules(alone_seconds=0.001, returned_seconds=0))
        await at.open()
        team = [await at.hire("anna"), await at.hire("bea", skills={"dutch": 3})]
        story = Story(at, team, data.draw)
        for _ in range(data.draw(st.integers(5, 40))):
            await story.tell()
