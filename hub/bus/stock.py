"""The messages of one queue that are in this process, and who keeps them durably."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.bus.lanes import Lanes, Message


class Keeper(Protocol):
    """Keeps the messages of one queue; each bus has its own. Raises StoreDown when it cannot."""

    async def begin(self, messages: Sequence[Message]) -> None:
        """Count one more of their `tries`, so that it holds if the process dies now."""

    async def settle(self, gone: Sequence[Message], postponed: Sequence[Message]) -> None:
        """Forget those that are `gone`; keep when and why the `postponed` are tried again."""


@dataclass(frozen=True)
class Taken:
    """Messages in a worker's hands."""

    messages: list[Message]
    keeper: Keeper
    lanes: Lanes


class Stock:
    """What the workers of one queue share. A bus brings in messages, the workers take them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._keeper: Keeper | None = None
        self._lanes = Lanes()
        self._in_hand = 0
        self._closed = False
        self._arrived = asyncio.Event()
        self._returned = asyncio.Event()

    def __len__(self) -> int:
        return len(self._lanes)

    def renew(self, keeper: Keeper | None) -> None:
        """Hold nothing: `keeper` brings all that is not settled, also what a worker holds now."""
        self._keeper = keeper
        self._lanes = Lanes()
        self._returned.set()

    def add(self, keeper: Keeper, messages: Sequence[Message]) -> None:
        """Take in what arrived, in order; not what a former keeper brings too late."""
        if keeper is self._keeper:
            self._lanes.add(messages)
            self._arrived.set()

    def close(self) -> None:
        """Nothing more may be taken."""
        self._closed = True
        self._arrived.set()

    async def take(self, limit: int) -> Taken | None:
        """Wait for the next messages that may be handled together; None when closed."""
        while not self._closed:
            lanes = self._lanes
            messages = lanes.take(limit, _now())
            if messages and self._keeper is not None:
                self._in_hand += 1
                return Taken(messages, self._keeper, lanes)
            self._arrived.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(lanes.next_due(_now())):
                    await self._arrived.wait()
        return None

    def give_back(self, taken: Taken, unfinished: Sequence[Message]) -> None:
        """End what `take` began; the `unfinished` of them are taken again."""
        taken.lanes.give_back(taken.messages, unfinished)
        self._in_hand -= 1
        self._arrived.set()
        self._returned.set()

    async def room(self) -> None:
        """Wait until less than half of what may be held is held."""
        while len(self) > self._most // 2:
            self._returned.clear()
            await self._returned.wait()

    async def idle(self) -> None:
        """Wait until nothing is in a worker's hands."""
        while self._in_hand:
            self._returned.clear()
            await self._returned.wait()


def _now() -> float:
    return asyncio.get_running_loop().time()
