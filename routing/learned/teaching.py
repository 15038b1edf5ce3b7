"""Learns from what is in the store, in a process of its own, and keeps what came of it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from hub.isolation import WorkerFailed, Workers
from hub.rounds import Rounds
from hub.store import Database, learning
from hub.store.leader import Leadership
from hub.store.learning import Known
from routing.learned.examples import Example
from routing.learned.report import Report
from routing.learned.settings import LearningSettings
from routing.learned.training import TooFewExamples, Trained, train_politely
from routing.model import Model

log = structlog.get_logger(__name__)

MEMORY = 4 << 30
PRELOAD = ("routing.learned.training",)
LOOK_SECONDS = 600.0
BY_ITSELF = "dispatcher"


class Teaching:
    """`model` gives the model that is in force: topics that left it are not learned."""

    def __init__(
        self, database: Database, settings: LearningSettings, model: Callable[[], Model]
    ) -> None:
        self._database = database
        self._settings = settings
        self._model = model

    async def teach(self, *, by: str) -> tuple[int, Report]:
        """Learn now; gives the version and its report.

        Raises TooFewExamples, WorkerFailed, StoreDown.
        """
        model = self._model()
        known = await self._database.read(learning.known)
        examples = [_example(one) for one in known if one.topic in model.topics]
        trained = await self._train(examples, _words(model))
        report = trained.report.model_dump(mode="json")
        version = await self._database.write(
            lambda c: learning.keep(
                c, content=trained.content, report=report, examples=trained.report.examples, by=by
            )
        )
        log.info(
            "learned_topics.trained", version=version, accuracy=round(trained.report.accuracy, 3)
        )
        return version, trained.report

    async def _train(
        self, examples: list[Example], words: Mapping[str, tuple[str, ...]]
    ) -> Trained:
        seconds = self._settings.seconds
        async with Workers(1, seconds=seconds, memory=MEMORY, preload=PRELOAD) as workers:
            return await workers.run(
                train_politely, examples, self._settings.least_examples, dict(words)
            )

    async def is_due(self, now: datetime) -> bool:
        """Whether it is time to learn again, and worth it. Raises StoreDown."""
        settings = self._settings
        if not settings.every_hours:
            return False
        newest = await self._database.read(learning.newest)
        since = newest.trained_at if newest else datetime.fromtimestamp(0, tz=now.tzinfo)
        if now - since < timedelta(hours=settings.every_hours):
            return False
        return await self._database.read(
            lambda c: learning.are_new(c, settings.new_examples, since)
        )


class Schedule(Rounds):
    """Learns by itself when it is due; one process of all does."""

    def __init__(self, teaching: Teaching, leadership: Leadership) -> None:
        self._teaching = teaching
        super().__init__("learning", leadership, LOOK_SECONDS)

    async def round(self, now: datetime) -> bool:
        """Learn if it is due at `now`; gives whether something was learned. Raises StoreDown."""
        if not await self._teaching.is_due(now):
            return False
        try:
            await self._teaching.teach(by=BY_ITSELF)
        except (TooFewExamples, WorkerFailed) as error:
            log.warning("learned_topics.not_trained", reason=str(error))
            return False
        return True


def _example(known: Known) -> Example:
    return Example(known.topic, known.subject, known.text, known.former)


def _words(model: Model) -> dict[str, tuple[str, ...]]:
    return {topic.id: topic.rules.words for topic in model.topics.values()}
