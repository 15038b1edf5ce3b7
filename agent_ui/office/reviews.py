"""Reviews of conversations: supervisors read and score, agents read what was said of their work."""

from datetime import timedelta
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.office import seen
from agent_ui.office.typed import Typed
from agent_ui.office.words import CRITERIA
from agent_ui.pages import Pages
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit, number
from hub import clock
from hub.errors import Rejected
from hub.store import agents, reviewing, timeline, work_items
from hub.store.timeline import Entry
from hub.store.work_items import WorkItem

PATH = "/console/reviews"
_LISTED = 50
_DRAWN = 10
_DRAWN_OF = timedelta(days=14)
_READ = 200
_OTHER_CRITERIA = Rejected("other_criteria", "What is looked at was changed.", status=409)


class ReviewViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        """The last reviews, and conversations to review next."""
        return await self._list(visit)

    async def mine(self, visit: Visit) -> web.StreamResponse:
        """What was said of the agent's own work."""
        agent_id = visit.known.id
        found = await self._context.database.read(lambda c: reviewing.about(c, agent_id, _LISTED))
        return self._pages.page(visit, "office/my_reviews.html", reviews=found)

    async def form(self, visit: Visit) -> web.StreamResponse:
        return await self._form(visit)

    async def review(self, visit: Visit) -> web.StreamResponse:
        conversation_id = visit.id
        item, _, wanted = await self._read(visit)
        if item is None or not item.agent_id:
            raise web.HTTPNotFound
        agent_id = item.agent_id
        given = {name: number(await visit.field(f"score.{name}")) for name in wanted}
        scores = {name: score for name, score in given.items() if score}
        remark = (await visit.field("remark")).replace("\r\n", "\n").strip()
        shown = await visit.field(seen.FIELD)

        def keep(connection: Connection) -> None:
            if seen.is_other(shown, reviewing.criteria(connection, CRITERIA, lock=True)):
                raise _OTHER_CRITERIA
            reviewing.add(
                connection,
                conversation_id,
                agent_id=agent_id,
                reviewer_id=visit.known.id,
                scores=scores,
                remark=remark,
            )

        try:
            await self._context.database.write(keep)
        except Rejected as error:
            return await self._form(visit, error)
        return see_other(f"{PATH}#kept")

    async def set_criteria(self, visit: Visit) -> web.StreamResponse:
        usual = {visit.texts(one): one for one in CRITERIA}
        lines = [
            usual.get(line.strip(), line) for line in (await visit.field("criteria")).splitlines()
        ]
        given = await visit.field(seen.FIELD)

        def keep(connection: Connection) -> None:
            seen.check(given, reviewing.criteria(connection, CRITERIA, lock=True))
            reviewing.set_criteria(connection, lines, by=visit.known.id)

        try:
            await self._context.database.write(keep)
        except Rejected as error:
            return await self._list(visit, error)
        return see_other(f"{PATH}#kept")

    async def _list(self, visit: Visit, refused: Rejected | None = None) -> web.Response:
        def read(connection: Connection) -> dict[str, object]:
            drawn = reviewing.to_review(connection, clock.now() - _DRAWN_OF, _DRAWN)
            items = work_items.latest_of(connection, [one for one, _ in drawn])
            return {
                "reviews": reviewing.recent(connection, _LISTED),
                "drawn": [items[one] for one, _ in drawn if one in items],
                "names": agents.names(connection, [agent_id for _, agent_id in drawn]),
                "criteria": reviewing.criteria(connection, CRITERIA),
            }

        found = await self._context.database.read(read)
        return self._pages.page(
            visit,
            "office/reviews.html",
            status=refused.status if refused else HTTPStatus.OK,
            notice=words.reason(visit.texts, refused) if refused else "",
            typed=await Typed.refused(visit, refused),
            **found,
        )

    async def _form(self, visit: Visit, refused: Rejected | None = None) -> web.Response:
        conversation_id = visit.id
        item, entries, wanted = await self._read(visit)
        if item is None:
            raise web.HTTPNotFound
        made = await self._context.database.read(lambda c: reviewing.of(c, conversation_id))
        return self._pages.page(
            visit,
            "office/review.html",
            status=refused.status if refused else HTTPStatus.OK,
            notice=words.reason(visit.texts, refused) if refused else "",
            item=item,
            entries=entries,
            criteria=wanted,
            made=made,
            typed=await Typed.refused(visit, refused),
        )

    async def _read(self, visit: Visit) -> tuple[WorkItem | None, list[Entry], list[str]]:
        """None for a conversation that this person may not read, or that made no work."""
        conversation_id = visit.id

        def read(connection: Connection) -> tuple[WorkItem | None, list[Entry], list[str]]:
            if not timeline.may_see(connection, conversation_id, visit.known):
                return None, [], []
            item = work_items.latest_of(connection, [conversation_id]).get(conversation_id)
            entries = timeline.entries(connection, conversation_id, limit=_READ)
            return item, entries, reviewing.criteria(connection, CRITERIA)

        return await self._context.database.read(read)
