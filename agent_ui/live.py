"""What changed, in order, for the open consoles: numbered, and kept a while for who lost its line.

A console starts from a snapshot that carries a position and then takes what came after it. A
position that is no longer kept, or that is from another process or from before a gap on the bus,
means: start again from a new snapshot. Nothing is queued per console, so a slow one costs nothing,
and while no console asks, nothing is looked up.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from hub import clock
from hub.errors import Retry
from hub.events import ConsoleSign, Envelope
from hub.store.work_items import WorkItem
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

KEPT = 5_000
MOST_WAITING = 10_000
GATHER = 0.02
"""Seconds in which changes are gathered, so that many at once wake each console once. What comes
alone is told at once."""
EACH = 0.0003
"""The same for each console that is told, where that is longer: about what it takes to tell it."""
LONGEST = 0.08
UNWATCHED = 300.0
"""Seconds without any console asking, after which changes are no longer followed."""


@dataclass(frozen=True)
class Change:
    """Something to tell to who holds one of `roles` or is one of `agents`.

    With an `item`, that work item is now so; without, the interaction in the conversation is new
    or its delivery went on; with `desk`, whether the agent takes offers; with `beside`, what is
    shown beside the conversation is another; with `sign`, what the visitor of a chat does; with
    `company`, what a colleague does there; with `call`, its phone call stands otherwise.
    `followers` are told as well, and that it is because they follow the conversation.
    """

    roles: frozenset[str]
    agents: frozenset[str]
    conversation_id: str
    item: WorkItem | None = None
    interaction_id: str = ""
    inbound: bool = False
    desk: bool = False
    beside: bool = False
    sign: str = ""
    call: bool = False
    company: ConsoleSign | None = None
    followers: frozenset[str] = frozenset()

    @property
    def named(self) -> frozenset[str]:
        """Who is told by name, whatever their roles are."""
        return self.agents | self.followers

    def concerns(self, agent_id: str, roles: frozenset[str]) -> bool:
        if agent_id in self.agents or agent_id in self.followers:
            return True
        return not roles.isdisjoint(self.roles)


LookUp = Callable[[Sequence[Envelope]], Awaitable[Sequence[Change]]]


class Feed:
    """`look_up` turns events into changes; the store is read once for many events."""

    def __init__(self, look_up: LookUp, *, unwatched: float = UNWATCHED) -> None:
        self._look_up = look_up
        self._unwatched = unwatched
        self._asked_at = -unwatched
        self._task = Supervised("console-feed", self._run)
        self._waiting: list[Envelope] = []
        self._arrived = asyncio.Event()
        self._news = asyncio.Event()
        self._listening = 0
        self._kept: deque[Change] = deque(maxlen=KEPT)
        self._count = 0
        self._life = _new_life()

    async def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def take(self, envelope: Envelope) -> None:
        """The bus has news; must not keep it waiting."""
        self._waiting.append(envelope)
        if len(self._waiting) > MOST_WAITING:
            await self.lose()
        self._arrived.set()

    async def lose(self) -> None:
        """Something may have been missed: every console starts again from a snapshot."""
        self._start_over()
        self.wake()

    def _start_over(self) -> None:
        self._waiting.clear()
        self._kept.clear()
        self._life = _new_life()

    def wake(self) -> None:
        """Let everyone who waits look up."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    def is_watched(self) -> bool:
        """Whether a console asked not long ago; until one does, nothing need be taken."""
        return time.monotonic() - self._asked_at < self._unwatched

    def watch(self) -> str:
        """The position now. What comes after it is followed while consoles go on to ask."""
        if not self.is_watched():
            self._start_over()  # we were not told of all that happened meanwhile
        self._asked_at = time.monotonic()
        return f"{self._life}-{self._count}"

    def after(self, position: str) -> list[Change] | None:
        """What came after a position, oldest first; None when that cannot be told."""
        life, _, number = position.partition("-")
        if life != self._life or not number.isdecimal():
            return None
        missing = self._count - int(number)
        if not 0 <= missing <= len(self._kept):
            return None
        return [self._kept[index] for index in range(-missing, 0)]

    async def news(self, position: str) -> None:
        """Return when there is something after the position, or when everyone is to look up."""
        news = self._news
        if position != self.watch():
            return
        self._listening += 1
        try:
            await news.wait()
        finally:
            self._listening -= 1

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            envelopes, self._waiting = self._waiting, []
            told = await self._add(envelopes)
            await asyncio.sleep(min(LONGEST, max(GATHER, told * EACH)))

    async def _add(self, envelopes: Sequence[Envelope]) -> int:
        """Gives how many consoles are told of it."""
        listening = self._listening
        try:
            changes = await self._look_up(envelopes)
        except Retry as error:
            log.warning("feed.lost", reason=error.detail)
            await self.lose()
            return listening
        except Exception:
            log.exception("feed.failed")
            await self.lose()
            return listening
        self._kept.extend(changes)
        self._count += len(changes)
        if changes:
            self.wake()
        return listening if changes else 0


def _new_life() -> str:
    return clock.new_secret().replace("-", "_")[:12]
