"""The work list: what the agent holds and what waits for their roles; or a view of that."""

from typing import Any

from aiohttp import web

from agent_ui.context import ConsoleContext
from agent_ui.desk import Desk, read_desk
from agent_ui.live import Feed
from agent_ui.pages import Pages
from agent_ui.visit import Visit
from agent_ui.work_views import place_of, read_more, read_shown
from hub.store import saved_views, work_lists


class WorkViews:
    def __init__(self, context: ConsoleContext, pages: Pages, feed: Feed) -> None:
        self._context = context
        self._pages = pages
        self._feed = feed

    async def page(self, visit: Visit) -> web.StreamResponse:
        """The console with no conversation open."""
        if visit.wants_part:
            return self._pages.page(visit, "parts/nothing_open.html")
        return self._pages.page(visit, "console.html", screen=None, **await self.snapshot(visit))

    async def list(self, visit: Visit) -> web.StreamResponse:
        """The list alone, for a console that has to start again."""
        return self._pages.page(visit, "parts/work.html", **await self.snapshot(visit))

    async def more(self, visit: Visit) -> web.StreamResponse:
        """The rows that come after a place in the list (`?after=`), or only how many it holds."""
        query = visit.request.query
        length = self._context.settings.list_length if "after" in query else 0
        shown = await self._context.database.read(
            lambda c: read_more(
                c, visit.known, query, length=length, after=place_of(query.get("after", ""))
            )
        )
        return self._pages.page(
            visit, "parts/more_rows.html", shown=shown, list_query=shown.query, length=length
        )

    async def not_here(self, _visit: Visit) -> web.StreamResponse:
        raise web.HTTPNotFound

    async def desk(self, visit: Visit) -> Desk:
        return await self._context.database.read(
            lambda c: read_desk(c, visit.known, quiet=self._context.quiet)
        )

    async def snapshot(self, visit: Visit) -> dict[str, Any]:
        """What the page shows around a conversation, by its name in the templates."""
        # The position first: what happens while the list is read is then told again, not missed.
        position = self._feed.watch()
        length = self._context.settings.list_length
        query = visit.request.query
        work, shown, desk = await self._context.database.read(
            lambda c: (
                work_lists.work_list(c, visit.known, length=length),
                read_shown(c, visit.known, query, length=length),
                read_desk(c, visit.known, quiet=self._context.quiet),
            )
        )
        return {
            "position": position,
            "work": work,
            "shown": shown,
            "list_query": shown.query,
            "desk": desk,
            "topics": self._context.topics.titles(visit.texts.language),
            "view_parts": saved_views.PARTS,
        }
