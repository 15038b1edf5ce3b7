"""What the proof says of a session's board: once for each change, however many look."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from agent_ui.workshop.desk import Proved, WorkshopDesk
from agent_ui.workshop.screen import Standings

FRESH = 30.0
"""Seconds after which the same board is proved anew: who holds a role may have changed."""
_REMEMBERED = 40


@dataclass(frozen=True)
class _Kept:
    number: int
    at: float
    found: Sequence[Proved]


class Proofs:
    """One proof at a time for a session in a language."""

    def __init__(self, desk: WorkshopDesk) -> None:
        self._desk = desk
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._turns: OrderedDict[tuple[str, str], asyncio.Lock] = OrderedDict()

    async def of(self, standings: Standings, language: str, *, newest: bool) -> Sequence[Proved]:
        """Raises Unreadable. What was said of an older board does, unless the `newest` is asked
        for or nobody asked before."""
        key = (standings.workshop.id, language)
        kept = self._kept.get(key)
        if kept is not None and (self._holds(kept, standings) or self._is_busy(key, newest)):
            return kept.found
        async with self._turn(key):
            kept = self._kept.get(key)
            if kept is not None and self._holds(kept, standings):
                return kept.found
            found = await self._desk.findings(standings.board, language)
            self._kept[key] = _Kept(standings.workshop.number, time.monotonic(), found)
            self._kept.move_to_end(key)
            if len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)
            return found

    @staticmethod
    def _holds(kept: _Kept, standings: Standings) -> bool:
        is_fresh = time.monotonic() - kept.at < FRESH
        return kept.number >= standings.workshop.number and is_fresh

    def _is_busy(self, key: tuple[str, str], newest: bool) -> bool:
        """Whether an older answer will do because a newer one is being made."""
        return not newest and self._turn(key).locked()

    def _turn(self, key: tuple[str, str]) -> asyncio.Lock:
        if key not in self._turns and len(self._turns) >= _REMEMBERED:
            self._turns.popitem(last=False)
        return self._turns.setdefault(key, asyncio.Lock())
