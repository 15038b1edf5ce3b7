"""How topics are recognised: what is corrected most, how sure suggestions must be, proposals."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.curve import at_threshold, draw
from agent_ui.learned import Learned, Proposal, learned_of
from agent_ui.pages import Pages
from agent_ui.texts import N_
from agent_ui.visit import Visit
from hub import clock
from hub.store import corrections, learning
from hub.store.corrections import Moment, Pair
from hub.store.learning import Version

PAGE = "/console/topics"
DAYS = 90
_LISTED = 12
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
        found = await self._read()
        known = [one for one in found.learned.proposals if (one.topic, one.words) == (topic, words)]
        rule = self._context.topics.changed_rule(topic, words) if known else ""
        if not rule:
            return await self._show(visit, _GONE, HTTPStatus.CONFLICT)
        await self._context.database.write(
            lambda c: learning.accepted(c, topic=topic, words=[words], by=visit.known.id)
        )
        return await self._show(visit, rule=rule, accepted=known[0])

    async def _show(
        self,
        visit: Visit,
        problem: str = "",
        status: int = HTTPStatus.OK,
        *,
        rule: str = "",
        accepted: Proposal | None = None,
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
            rule=rule,
            accepted=accepted,
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
            )

        return await self._context.database.read(read)


def _percent(text: str) -> float | None:
    """`62`, `62 %` or `62,5` as a share; None for anything else."""
    try:
        value = float(text.strip().removesuffix("%").strip().replace(",", ".")[:8])
    except ValueError:
        return None
    return value / _HUNDRED if 0 <= value <= _HUNDRED else None
