"""Lets planned versions of the model go live: sleeps until the next one, and does it then."""

import asyncio

import structlog

from hub import clock
from hub.errors import Retry
from hub.store import Database, models
from hub.supervise import Supervised
from routing.lifecycle.activating import Activating

log = structlog.get_logger(__name__)

LONGEST_SLEEP = 2.0
"""Seconds: another process may plan one meanwhile, or the clock may be set."""


class Planned:
    """A part of the dispatcher. What came due while no dispatcher ran is done at the start."""

    def __init__(self, database: Database, activating: Activating) -> None:
        self._database = database
        self._activating = activating
        self._task = Supervised("planned-models", self._run)

    async def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def _run(self) -> None:
        while True:
            try:
                await self._activating.activate_due(clock.now())
                following = await self._database.read(models.following)
            except Retry as error:
                log.info("planned_models.waiting", reason=error.detail)
                following = None
            await asyncio.sleep(clock.seconds_until(following, longest=LONGEST_SLEEP))
