"""How topics are recognised: what is corrected most, how sure suggestions must be, proposals."""

import contextlib
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.curve import at_threshold, draw
from agent_ui.learned import Learned, learned_of
from agent_ui.model_desk import FindingLine, Unreadable
from agent_ui.pages import Pages
from agent_ui.texts import N_
from agent_ui.topic_desk import Proposed
from agent_ui.visit import Visit
from agent_ui.words import reason as words_of
from hub import clock
from hub.errors import Rejected
from hub.store import corrections, learning
from hub.store.corrections import Kept, Moment, Pair
from hub.store.learning import Version

PAGE = "/console/topics"
DAYS = 90
_LISTED = 12
_LEAST_KEPT = 3
_HUNDRED = 100
_NOT_A_THRESHOLD = N_("Write a number from 0 to 100.")
_TITLE = N_("Topics as agents corrected them")
_UNUSABLE = N_("No draft was made, because the model could not be used then:")
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


@dataclass(frozen=True)
class Drafted:
    """What is in a draft: topics, each with the words or the role that was proposed."""

    number: int
    accepted: set[tuple[str, str]]


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
        """Put it into a draft of the model and show that with its proof; where only the file says
        what holds, show what to change there."""
        self._must_manage(visit)
        topic, words = await visit.field("topic"), await visit.field("words")
        role = await visit.field("role")
        found = await self._read()
        if any((one.topic, one.words) == (topic, words) for one in found.learned.proposals):
            proposed = Proposed(topic, words=words)
            change = self._context.topics.changed_rule(topic, words)
        elif any((one.topic, one.keeper) == (topic, role) for one in found.kept):
            proposed = Proposed(topic, role=role)
            change = self._context.topics.changed_row(topic, role)
        else:
            return await self._show(visit, _GONE, HTTPStatus.CONFLICT)
        if not change:
            return await self._show(visit, _GONE, HTTPStatus.CONFLICT)
        try:
            draft = await self._drafted(visit, proposed)
        except Unreadable as error:
            flaw = error.flaws[0].said[visit.texts.language]
            problem = f"{visit.texts(_UNUSABLE)} {flaw}"
            return await self._show(visit, problem, HTTPStatus.CONFLICT)
        except LookupError:
            return await self._show(visit, _GONE, HTTPStatus.CONFLICT)
        except Rejected as error:
            return await self._show(visit, words_of(visit.texts, error), HTTPStatus.CONFLICT)
        what = {"words": words} if proposed.words else {"role": role}
        await self._context.database.write(
            lambda c: learning.accepted(c, topic=topic, by=visit.known.id, draft=draft, **what)
        )
        return await self._show(visit, change=change, draft=draft)

    async def _drafted(self, visit: Visit, proposed: Proposed) -> int | None:
        """In which draft it is now; None where none can be made."""
        if self._context.proposals.fixed:
            return None
        return await self._context.proposals.accept(
            proposed, title=visit.texts(_TITLE), by=visit.known.id
        )

    async def _show(
        self,
        visit: Visit,
        problem: str = "",
        status: int = HTTPStatus.OK,
        *,
        change: str = "",
        draft: int | None = None,
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
            problem=problem and visit.texts(problem),
            change=change,
            draft=draft,
            proof=await self._proof(visit, draft),
            drafted=await self._in_draft(found),
            days=DAYS,
        )

    async def _proof(self, visit: Visit, draft: int | None) -> list[FindingLine]:
        """What is wrong with the draft, the gravest first."""
        if draft is None:
            return []
        found = await self._context.models.findings(draft, visit.texts.language)
        return [one for one in found if one.severity != "note"]

    async def _in_draft(self, found: Found) -> Drafted:
        """Which proposals were accepted already, by the draft that has them."""
        proposals = self._context.proposals
        with contextlib.suppress(Unreadable, Rejected):
            drafted = None if proposals.fixed else await proposals.drafted()
            if drafted is not None:
                number, holds = drafted
                words = {
                    (one.topic, one.words)
                    for one in found.learned.proposals
                    if holds(Proposed(one.topic, words=one.words))
                }
                roles = {
                    (one.topic, one.keeper)
                    for one in found.kept
                    if holds(Proposed(one.topic, role=one.keeper))
                }
                return Drafted(number, words | roles)
        return Drafted(0, set())

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
