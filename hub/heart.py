"""Says in the store how the parts of this process are, for who looks after all processes."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping

import structlog

from hub.errors import Retry
from hub.store import Database, health
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

EVERY = 10.0
"""Seconds. Well under `health.SILENT_AFTER`: one beat may be lost."""


class Heart:
    """`readiness` gives each part and its problem, "" when it is fine."""

    def __init__(
        self,
        database: Database,
        role: str,
        readiness: Callable[[], Awaitable[Mapping[str, str]]],
        *,
        every: float = EVERY,
    ) -> None:
        self._database = database
        self._process = f"{role}@{socket.gethostname()[:40]}:{os.getpid()}"
        self._readiness = readiness
        self._every = every
        self._task = Supervised("heart", self._run)

    async def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()
        try:
            await self._database.write(lambda c: health.leave(c, self._process))
        except Retry as error:
            log.info("heart.left_unsaid", reason=error.detail)

    async def _run(self) -> None:
        while True:
            try:
                await self._say(await self._readiness())
            except Retry as error:
                log.info("heart.waiting", reason=error.detail)
            await asyncio.sleep(self._every)

    async def _say(self, problems: Mapping[str, str]) -> None:
        await self._database.write(lambda c: health.say(c, self._process, problems))
