"""How often somebody may do something, counted in the store: one limit for all processes.

A process asks the store for a few turns at once and gives them out itself, so that who asks often
costs few writes; what it is over by at the end of the minute is lost. Its own bucket stands before
that: a flood is refused without asking anybody. As with those buckets no minute sees more than
twice the limit.

For what strangers, partners and customers could overdo by going to another process. What protects
a process from being kept busy is counted in it alone (`limits.py`).
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from hub import clock
from hub.limits import Buckets
from hub.store import Database, sign_ins
from hub.store.inserting import digest

MINUTE = timedelta(minutes=1)
_MOST_KEYS = 20_000
_GRANTS = 20
"""So many times in a minute, at most, a process asks for one key."""


@dataclass
class _Key:
    """`left` turns until then. Who comes while the store is asked waits for its answer."""

    left: int = 0
    until: float = 0
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def spend(self, now: float) -> bool:
        """Whether there was a turn."""
        if not self.left or self.until <= now:
            return False
        self.left -= 1
        return True


class SharedBuckets:
    """`name`: keeps one limit apart from others."""

    def __init__(self, database: Database, name: str, per_minute: int) -> None:
        self._database = database
        self._name = name
        self._per_minute = per_minute
        self._at_once = max(1, per_minute // _GRANTS)
        self._own = Buckets(per_minute)
        self._keys: dict[str, _Key] = {}

    async def take(self, key: str) -> float:
        """Seconds to wait before `key` may do this; 0 means go ahead. Raises StoreDown."""
        now = asyncio.get_running_loop().time()
        if wait := self._own.take(key, now):
            return wait
        held = self._held(key)
        if held.spend(now):
            return 0
        async with held.asking:
            if held.spend(now):
                return 0
            return await self._ask(key, held)

    def _held(self, key: str) -> _Key:
        if key not in self._keys:
            if len(self._keys) >= _MOST_KEYS:
                self._keys.clear()
            self._keys[key] = _Key()
        return self._keys[key]

    async def _ask(self, key: str, held: _Key) -> float:
        """Get some turns and spend one; else how long there are none."""
        moment, counted = clock.now(), digest(self._name, key)
        counts = await self._database.write(
            lambda c: sign_ins.count(
                c, [counted], now=moment, until=moment + MINUTE, by=self._at_once
            )
        )
        count = counts[counted]
        lasts = max(0.001, (count.until - moment).total_seconds())
        turns = min(self._at_once, self._per_minute - count.tries + self._at_once)
        if turns <= 0:
            return lasts
        held.left, held.until = turns - 1, asyncio.get_running_loop().time() + lasts
        return 0
