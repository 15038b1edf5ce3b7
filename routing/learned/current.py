"""Follows what was learned: a router uses the newest version, and the threshold that holds now."""

import asyncio
from contextlib import suppress

import structlog
from pydantic import ValidationError

from hub.errors import Retry
from hub.store import Database, learning
from hub.supervise import Supervised
from routing.learned.classifier import Classifier, UnreadableLearning
from routing.learned.report import NOTHING, Report

log = structlog.get_logger(__name__)

LOOK_SECONDS = 10.0


async def learned_now(database: Database) -> Classifier | None:
    """What routers suggest topics with now, for a look at one moment."""
    current = Current(database)
    await current.look()
    return current()


class Current:
    """Call it for the classifier to use now: None when nothing was learned yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._classifier: Classifier | None = None
        self._proposed = NOTHING
        self._unreadable = 0
        self._task = Supervised("learned topics", self._run)

    def __call__(self) -> Classifier | None:
        return self._classifier

    async def start(self) -> None:
        """The first contact is routed with what was learned, unless the store is down just now."""
        with suppress(Retry):
            await self.look()
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Retry as error:
                log.info("learned_topics.waiting", reason=error.detail)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Take over what changed in the store. Raises StoreDown."""
        version = await self._database.read(learning.newest_version)
        known = self._classifier.version if self._classifier else 0
        if version not in (known, self._unreadable):
            await self._load(version)
        if self._classifier is not None:
            chosen = await self._database.read(learning.threshold)
            self._follow(self._classifier, self._proposed if chosen is None else chosen)

    async def _load(self, version: int) -> None:
        newest = await self._database.read(learning.newest)
        content = await self._database.read(lambda c: learning.content(c, version))
        if newest is None or content is None or newest.version != version:
            return  # a newer one came meanwhile; the next look finds it
        try:
            loaded = await asyncio.to_thread(Classifier.from_bytes, content)
            self._proposed = Report.model_validate(newest.report).proposed_threshold
        except (UnreadableLearning, ValidationError) as error:
            # An older release keeps what it has while the others are being replaced.
            self._unreadable = version
            log.warning("learned_topics.unreadable", version=version, reason=str(error))
            return
        self._classifier = loaded.known_as(version, self._proposed)
        log.info("learned_topics.loaded", version=version, topics=len(loaded.topics))

    def _follow(self, classifier: Classifier, threshold: float) -> None:
        if threshold != classifier.threshold:
            self._classifier = classifier.known_as(classifier.version, threshold)
            log.info("learned_topics.threshold", threshold=threshold)
