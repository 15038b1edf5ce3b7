"""Watches deadlines: sleeps until the next one, warns of it, and tells when it has passed."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from hub import clock
from hub.errors import Retry
from hub.store import Database, deadlines, outbox, watching
from hub.supervise import Supervised
from routing.model import Model
from routing.promising import retimed

log = structlog.get_logger(__name__)

LONGEST_SLEEP = 2.0
"""Seconds: a deadline that another process sets meanwhile may be nearer than the next known."""


class Deadlines:
    """`model` gives the model in use; `wake` is called after each commit."""

    def __init__(
        self, database: Database, model: Callable[[], Model], wake: Callable[[], None]
    ) -> None:
        self._database = database
        self._model = model
        self._wake = wake
        self._task = Supervised("deadlines", self._run)

    async def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def _run(self) -> None:
        while True:
            try:
                await self.mark(clock.now())
                following = await self._database.read(watching.following)
            except Retry as error:
                log.info("deadlines.waiting", reason=error.detail)
                following = None
            await asyncio.sleep(clock.seconds_until(following, longest=LONGEST_SLEEP))

    async def mark(self, now: datetime) -> int:
        """Do what is due at `now`: work out times that are not known, warn, and tell of what has
        passed; gives how many deadlines were warned of or have passed."""
        retimed, told = await self._database.write(lambda c: self._mark(c, now))
        if retimed or told:
            self._wake()
            log.info("deadlines.told", deadlines=told, retimed=retimed)
        return told

    def _mark(self, connection: Connection, now: datetime) -> tuple[int, int]:
        untimed = watching.untimed(connection, now)
        known = [retimed(one, self._model(), now) for one in untimed]
        deadlines.save(connection, known)
        news = watching.restand(connection, {one.work_item_id for one in known})
        outbox.add_envelopes(connection, news)
        return len(known), watching.look(connection, now)
