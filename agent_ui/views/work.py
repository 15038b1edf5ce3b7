"""The work list: what the agent holds and what waits for their roles."""

from aiohttp import web

from agent_ui.live import Feed
from agent_ui.pages import Pages
from agent_ui.settings import ConsoleSettings
from agent_ui.visit import Visit
from hub.store import Database, work_items
from hub.store.work_items import WorkList


class WorkViews:
    def __init__(
        self, pages: Pages, feed: Feed, database: Database, settings: ConsoleSettings
    ) -> None:
        self._pages = pages
        self._feed = feed
        self._database = database
        self._settings = settings

    async def page(self, visit: Visit) -> web.StreamResponse:
        """The console with no conversation open."""
        if visit.wants_part:
            return self._pages.page(visit, "parts/nothing_open.html")
        position, work = await self.snapshot(visit)
        return self._pages.page(visit, "console.html", position=position, work=work, screen=None)

    async def list(self, visit: Visit) -> web.StreamResponse:
        """The list alone, for a console that has to start again."""
        position, work = await self.snapshot(visit)
        return self._pages.page(visit, "parts/work.html", position=position, work=work)

    async def not_here(self, _visit: Visit) -> web.StreamResponse:
        raise web.HTTPNotFound

    async def snapshot(self, visit: Visit) -> tuple[str, WorkList]:
        # The position first: what happens while the list is read is then told again, not missed.
        position = self._feed.watch()
        length = self._settings.list_length
        work = await self._database.read(
            lambda c: work_items.work_list(c, visit.known, length=length)
        )
        return position, work
