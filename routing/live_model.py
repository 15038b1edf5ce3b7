"""The model of the version that is live, in every process: followed while the process runs."""

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from hub.bus import Bus
from hub.errors import LoketError, Retry
from hub.events import Envelope, ModelActivated
from hub.store import Database, models
from hub.supervise import Supervised
from routing.lifecycle.reading import read_version
from routing.model import Model
from routing.model_file import BrokenModel

log = structlog.get_logger(__name__)

CurrentModel = Callable[[], Model]
"""Gives the model that holds now; ask again for each piece of work, and once within it."""

LOOK_SECONDS = 2.0
"""The bus tells at once; the store is asked as well, because the bus may be away."""


class LiveModel:
    """Call it for the model. `listen` before the bus starts, `start` once the store is there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._model: Model | None = None
        self._number: int | None = None
        self._task = Supervised("live-model", self._follow)
        self._told = asyncio.Event()
        self.problem = ""

    def __call__(self) -> Model:
        if self._model is None:
            raise LoketError("the interaction model is not loaded yet")
        return self._model

    def listen(self, bus: Bus) -> None:
        bus.listen((ModelActivated.topic,), self._hear, self._wake)

    async def start(self) -> None:
        """Load what is live; from then on follow it. Raises BrokenModel when it cannot be read."""
        await self.look()
        self()
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def look(self) -> None:
        """Take over the version that is live now. One that this process cannot read does not
        replace the one it works with."""
        number = await self._database.read(models.live_number)
        if number is None or number == self._number:
            return
        written = await self._database.read(lambda c: models.text_of(c, number))
        self._number = number
        try:
            self._model = await asyncio.to_thread(read_version, written, number)
        except BrokenModel as error:
            if self._model is None:
                raise
            self.problem = f"version {number} cannot be read, {self().version} still holds: {error}"
            log.exception("model.unreadable", version=number, still=self().version)
            return
        self.problem = ""
        log.info("model.live", version=number)

    async def _hear(self, _event: Envelope) -> None:
        self._told.set()

    async def _wake(self) -> None:
        self._told.set()

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._told.wait()
            self._told.clear()
            try:
                await self.look()
            except Retry as error:
                log.info("model.waiting", reason=error.detail)
