"""How topics are recognised: what is corrected most, how sure suggestions must be, proposals."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.curve import at_threshold, draw
from agent_ui.learned import Learned, learned_of
from agent_ui.pages import Pages
from agent_ui.texts import N_
from agent_ui.visit import Visit
from hub import clock
from hub.store import corrections, learning
from hub.store.corrections import Kept, Moment, Pair
from hub.store.learning import Version

PAGE = "/console/topics"
DAYS = 90
_LISTED = 12
_LEAST_KEPT = 3
_HUNDRED = 100
_NOT_A_THRESHOLD = N_("Write a number from 0 to 100.")
_GONE = N_("This proposal is not there any more: something was learned meanwhile. Look again.")


@dataclass(frozen=True)
class Found:
    """`chosen` is the threshold that an administrator set; None where the proposed one holds."""

    newest: Version | None
    learned: Learned
    chosen: float | None
    moments: list[Moment]
    pairs: list[Pair]
    kept: list[Kept]

    @property
    def threshold(self) -> float:
        return self.learned.proposed_threshold if self.chosen is None else self.chosen


class TopicViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit)

    async def set_threshold(self, visit: Visit) -> web.StreamResponse:
        self._must_manage(visit)
        value = _percent(await visit.field("threshold"))
        if value is None:
            return await self._show(visit, _NOT_A_THRESHOLD, HTTPStatus.UNPROCESSABLE_ENTITY)
        await self._context.database.write(
            lambda c: learning.set_threshold(c, value, by=visit.known.id)
        )
        raise web.HTTPSeeOther(PAGE)

    async def accept(self, visit: Visit) -> web.StreamResponse:
        """Show the rule as it is to be; the model is changed where models are changed."""
        self._must_manage(visit)
        topic, words = await visit.field("topic"), await visit.field("words")
        role = await visit.field("role")
        found = await self._read()
        desk, change = self._context.topics, ""
        if any((one.topic, one.words) == (topic, words) for one in found.learned.proposals):
            change, what = desk.changed_rule(topic, words), {"words": words}
        elif any((one.topic, one.keeper) == (topic, role) for one in found.kept):
            change, what = desk.changed_row(topic, role), {"role": role}
        if not change:
            return await self._show(visit, _GONE, HTTPStatus.CONFLICT)
        await self._context.database.write(
            lambda c: learning.accepted(c, topic=topic, by=visit.known.id, **what)
        )
        return await self._show(visit, change=change)

    async def _show(
        self,
        visit: Visit,
        problem: str = "",
        status: int = HTTPStatus.OK,
        *,
        change: str = "",
    ) -> web.StreamResponse:
        self._must_manage(visit)
        found = await self._read()
        return self._pages.page(
            visit,
            "topics.html",
            status=status,
            found=found,
            drawing=draw(found.learned.curve, found.threshold),
            used=at_threshold(found.learned.curve, found.threshold),
            titles=self._context.topics.titles(visit.texts.language),
            problem=visit.texts(problem) if problem else "",
            change=change,
            days=DAYS,
        )

    def _must_manage(self, visit: Visit) -> None:
        if not self._context.topics.may_manage(visit.known):
            raise web.HTTPNotFound

    async def _read(self) -> Found:
        since = clock.now() - timedelta(days=DAYS)

        def read(connection: Connection) -> Found:
            newest = learning.newest(connection)
            return Found(
                newest=newest,
                learned=learned_of(newest.report if newest else {}),
                chosen=learning.threshold(connection),
                moments=corrections.most_corrected(connection, since, limit=_LISTED),
                pairs=corrections.pairs(connection, since, limit=_LISTED),
                kept=corrections.kept(connection, since, least=_LEAST_KEPT),
            )

        return await self._context.database.read(read)


def _percent(text: str) -> float | None:
    """`62`, `62 %` or `62,5` as a share; None for anything else."""
    try:
        value = float(text.strip().removesuffix("%").strip().replace(",", ".")[:8])
    except ValueError:
        return None
    return value / _HUNDRED if 0 <= value <= _HUNDRED else None
