"""Starts the parts of a process in order and stops them in reverse, within a time budget."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)


class Part(Protocol):
    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class Lifecycle:
    """`parts` are named, in the order in which they depend on each other."""

    def __init__(self, parts: Sequence[tuple[str, Part]], *, drain_seconds: float) -> None:
        self._parts = parts
        self._drain_seconds = drain_seconds
        self._started: list[tuple[str, Part]] = []

    async def start(self) -> None:
        """Start all; when one fails, stop those that were started and raise its error."""
        for name, part in self._parts:
            try:
                await part.start()
            except BaseException:
                await self.stop()
                raise
            self._started.append((name, part))

    async def stop(self) -> None:
        """Stop all, the last started first; one that fails or takes too long stops no other."""
        deadline = asyncio.get_running_loop().time() + self._drain_seconds
        while self._started:
            name, part = self._started.pop()
            left = max(1.0, deadline - asyncio.get_running_loop().time())
            try:
                async with asyncio.timeout(left):
                    await part.stop()
            except TimeoutError:
                log.warning("part.cut_short", part=name)
            except Exception:
                log.exception("part.stop_failed", part=name)
