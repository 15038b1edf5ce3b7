"""Work that runs at the same time for different keys, and in order for the same key."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

Job = Callable[[], Awaitable[None]]


class KeyedWork:
    """At most `most` jobs are in hand, running or waiting for another of their key."""

    def __init__(self, most: int) -> None:
        self._room = asyncio.Semaphore(most)
        self._waiting: dict[str, deque[Job]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def add(self, key: str, job: Job) -> None:
        """Start the job, or put it behind the others of its key; waits while there is no room."""
        await self._room.acquire()
        if key in self._waiting:
            self._waiting[key].append(job)
            return
        self._waiting[key] = deque([job])
        task = asyncio.create_task(self._work(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Return when nothing is in hand."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _work(self, key: str) -> None:
        waiting = self._waiting[key]
        while waiting:
            job = waiting.popleft()
            try:
                await job()
            except Exception:
                log.exception("job.failed", key=key)
            finally:
                self._room.release()
        del self._waiting[key]
