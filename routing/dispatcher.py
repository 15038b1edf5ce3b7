"""Puts waiting work before agents: at once when something happens, and when a time has come.

What happened is heard on the bus: new work, work that came back, an agent who has room or is there.
Times are in the store, so they outlive a restart: offers that end, work that was put aside, items
to look at again because more people may take them now. Any number of dispatchers may run: they
divide the work, and the store holds that nothing is given twice.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from hub import clock
from hub.bus import Bus
from hub.errors import Retry
from hub.events import Envelope, PresenceChanged, WorkItemChanged
from hub.metrics import Metrics
from hub.store import (
    Database,
    handing_over,
    in_hand,
    offers,
    presence,
    queues,
    work_items,
    wrapping,
)
from hub.store.shares import Shares
from hub.supervise import Supervised
from routing.handing_out import HandingOut, Outcome

log = structlog.get_logger(__name__)

AT_ONCE = 2
"""Decisions under way in one process: while the store works on one, we work on the other. More
would only wait for each other."""
LONGEST_SLEEP = 1.0
"""Seconds: a time that another process sets meanwhile may be nearer than the next known."""
SHORTEST_SLEEP = 0.2
"""Seconds between looks at the clock: what happens is dealt with between them."""
SWEEP_EVERY = 60.0
"""Seconds between looks at the front of each queue, should something have been missed."""
SWEPT = 3
AGAIN_AFTER = 0.05
"""Seconds after which what somebody else was changing is looked at again."""


class Dispatcher:
    """`wake` is called after each commit that tells something."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        handing_out: HandingOut,
        metrics: Metrics,
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._handing_out = handing_out
        self._metrics = metrics
        self._wake = wake
        self._agents: dict[str, None] = {}
        self._items: dict[str, None] = {}
        self._news = asyncio.Event()
        # In the loop's time, which goes on evenly when somebody sets the clock.
        self._next_sweep = self._next_look = self._next_head_count = 0.0
        self._swept: frozenset[str] = frozenset()
        self._found = False
        self._deserted = False
        self._shares = Shares(database)
        self._task = Supervised("dispatcher", self._run)
        # Who comes takes what waits longest: while nobody is there, no item need be heard of.
        bus.listen((PresenceChanged.topic,), self._hear, self._missed)
        bus.listen((WorkItemChanged.topic,), self._hear, self._missed, lambda: not self._deserted)

    async def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()
        await self._shares.close()

    async def _hear(self, envelope: Envelope) -> None:
        event = envelope.event
        if isinstance(event, PresenceChanged):
            if event.state == presence.AVAILABLE:
                self.note(agents=[event.agent_id])
        elif isinstance(event, WorkItemChanged):
            items = [event.work_item_id] if self._is_to_offer(event) else []
            asked = event.state == work_items.OFFERED
            freed = (None if asked else event.agent_id, event.former_agent_id)
            self.note(items, [agent for agent in freed if agent])

    def _is_to_offer(self, event: WorkItemChanged) -> bool:
        """Whether somebody may be asked: not for work of a role that serves itself, unless it
        waits for one agent."""
        waits = event.state == work_items.WAITING
        offered = event.role in self._handing_out.offered_roles
        return waits and (offered or event.preferred_agent_id is not None)

    async def _missed(self) -> None:
        """Something may have happened that we were not told of."""
        self._next_sweep = 0.0
        self._news.set()

    def note(self, items: Iterable[str] = (), agents: Iterable[str] = ()) -> None:
        """These may go together with something now. Other dispatchers have their own share."""
        self._items.update(dict.fromkeys(item for item in items if self._shares.mine(item)))
        self._agents.update(dict.fromkeys(agent for agent in agents if self._shares.mine(agent)))
        if self._items or self._agents:
            self._news.set()

    async def _run(self) -> None:
        while True:
            try:
                await self.round(clock.now())
            except Retry as error:
                log.info("dispatcher.waiting", reason=error.detail)
                self._next_sweep, self._next_look = 0.0, _loop_time() + LONGEST_SLEEP
            if not (self._found or self._agents or self._items):
                await self._sleep(self._next_look - _loop_time())

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                await self._news.wait()
        except TimeoutError:
            return

    async def round(self, now: datetime) -> None:
        """What the clock says, then what was noted, until it is time to look at the clock again.

        Raises StoreDown.
        """
        self._news.clear()
        if await self._shares.deal():
            self._next_sweep = 0.0
        if _loop_time() >= self._next_look:
            await self._by_the_clock(now)
        await self._sweep(now)
        self._found = False
        if self._deserted or _loop_time() >= self._next_head_count:
            self._deserted = not await self._database.look(presence.anyone)
            self._next_head_count = _loop_time() + LONGEST_SLEEP
        if self._deserted:
            self._items.clear()
        while self._agents or self._items:
            await self._work_off()
            if _loop_time() >= self._next_look:
                return

    async def _by_the_clock(self, now: datetime) -> None:
        ended, back, woken, due = await self._database.write(lambda c: _times(c, now))
        following = await self._database.look(_following)
        left = (following - now).total_seconds() if following else LONGEST_SLEEP
        self._next_look = _loop_time() + max(min(left, LONGEST_SLEEP), SHORTEST_SLEEP)
        for item_id, agent_id in ended:
            log.info("offer.missed", work_item_id=item_id, agent_id=agent_id)
        if ended or back or woken:
            self._wake()
        self.note([*(item_id for item_id, _ in ended), *woken, *due])

    async def _sweep(self, now: datetime) -> None:
        """From time to time the front of every queue; again at once where that found somebody."""
        loop_time = _loop_time()
        if loop_time < self._next_sweep and not self._found:
            return
        self._next_sweep = loop_time + SWEEP_EVERY
        if not self._found:
            await self._database.write(in_hand.mend)
        roles = self._handing_out.offered_roles
        agents = await self._database.look(in_hand.idle)
        front = await self._database.look(lambda c: queues.front(c, roles, now, SWEPT))
        self._swept = frozenset([*agents, *front])
        self.note(front, agents)

    async def _work_off(self) -> None:
        """Agents with room first: what waits longest is theirs."""
        agents, self._agents = _cut(self._agents)
        if agents:
            await asyncio.gather(*(self._serve(agent_id) for agent_id in agents))
            return
        items, self._items = _cut(self._items)
        await asyncio.gather(*(self._place(item_id) for item_id in items))

    async def _serve(self, agent_id: str) -> None:
        outcome = await self._decide(agent_id, self._handing_out.serve)
        if outcome is Outcome.BUSY:
            self._later(agents=[agent_id])

    async def _place(self, item_id: str) -> None:
        outcome = await self._decide(item_id, self._handing_out.place)
        if outcome is Outcome.BUSY:
            self._later(items=[item_id])

    async def _decide(self, key: str, decision: Callable[[Connection, str], Outcome]) -> Outcome:
        with self._metrics.assigning_seconds.time():
            outcome = await self._database.step(lambda c: decision(c, key))
        self._metrics.assigned.labels(outcome).inc()
        if outcome is Outcome.OFFERED:
            self._found |= key in self._swept
            self._wake()
        return outcome

    def _later(self, items: Iterable[str] = (), agents: Iterable[str] = ()) -> None:
        asyncio.get_running_loop().call_later(AGAIN_AFTER, self.note, items, agents)


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


def _times(
    connection: Connection, now: datetime
) -> tuple[list[tuple[str, str]], list[str], list[str], list[str]]:
    return (
        offers.expire(connection, now),
        [*wrapping.end_due(connection, now), *offers.withdraw_of_lost(connection, now)],
        handing_over.wake_due(connection, now),
        queues.due(connection, now),
    )


def _following(connection: Connection) -> datetime | None:
    times = (
        offers.following(connection),
        queues.next_awakening(connection),
        queues.next_look(connection),
        wrapping.following(connection),
    )
    return min((at for at in times if at is not None), default=None)


def _cut(keys: dict[str, None]) -> tuple[list[str], dict[str, None]]:
    """The first few, and the rest."""
    ordered = list(keys)
    return ordered[:AT_ONCE], dict.fromkeys(ordered[AT_ONCE:])
