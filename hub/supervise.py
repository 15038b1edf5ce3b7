"""Keeps background tasks alive: one that fails is logged and started again, after a pause."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
AGAIN_SECONDS = 10.0
"""Longer than any task takes to let go of what it holds.

In Python 3.11 a cancellation is lost that comes in the moment in which `asyncio.wait_for` has its
answer, and libraries wait with it.
"""


class Supervised:
    """One endless task, for instance the relay's loop."""

    def __init__(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        self._name = name
        self._run = run
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep_running(), name=self._name)

    async def stop(self) -> None:
        """Cancel the task and wait until it is gone."""
        if self._task is None:
            return
        while not self._task.done():
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([self._task], timeout=AGAIN_SECONDS)
        self._task = None

    async def _keep_running(self) -> None:
        pause = FIRST_PAUSE
        while True:
            started = asyncio.get_running_loop().time()
            try:
                await self._run()
            except Exception:
                log.exception("task.failed", task=self._name, again_in=pause)
            else:
                return
            if asyncio.get_running_loop().time() - started > LONGEST_PAUSE:
                pause = FIRST_PAUSE
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
