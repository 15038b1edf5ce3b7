"""A conference: who is in it, whether it began, and whether it is over."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Conference:
    inside: set[str] = field(default_factory=set)
    began: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def enter(self, sid: str, *, begins: bool) -> None:
        self.inside.add(sid)
        if begins:
            self.began.set()

    def leave(self, sid: str, *, ends: bool) -> None:
        self.inside.discard(sid)
        if ends:
            self.ended.set()
