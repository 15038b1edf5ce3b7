"""Who may send next from a number: no faster than it can, and answers before what goes to many."""

import asyncio
import heapq
from dataclasses import dataclass, field
from itertools import count


@dataclass(order=True)
class _Waiting:
    bulk: bool
    order: int
    cost: int = field(compare=False)
    turn: "asyncio.Future[None]" = field(compare=False)


class Turns:
    """Lets `per_second` segments pass, a second's worth of them at once."""

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._waiting: list[_Waiting] = []
        self._order = count()
        self._free_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    async def take(self, cost: int, *, bulk: bool) -> None:
        """Return when it is this message's turn; `cost` is how many segments it has."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(bulk, next(self._order), cost, loop.create_future())
        heapq.heappush(self._waiting, waiting)
        self._pass()
        await waiting.turn

    def _pass(self) -> None:
        """Let through whoever may go now; look again when the next one may."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._waiting and self._free_at <= now:
            first = heapq.heappop(self._waiting)
            if first.turn.done():  # its sender was stopped
                continue
            # What was not used in the last second may be used now, and no more.
            self._free_at = max(self._free_at, now - 1) + first.cost / self._per_second
            first.turn.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            self._timer = loop.call_at(self._free_at, self._pass)
