"""Views of the work: kept under a name, renamed, removed; supervisors share them with a role."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.pages import Pages
from agent_ui.views.sign_in import HOME, see_other
from agent_ui.visit import Visit
from agent_ui.work_views import read_listed
from hub.store import follows, saved_views
from hub.store.saved_views import Wanted

T = TypeVar("T")


class SavedViewViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def counts(self, visit: Visit) -> web.StreamResponse:
        """The views alone, with how much each shows now."""
        views, followed = await self._context.database.read(
            lambda c: (read_listed(c, visit.known), follows.of(c, visit.known))
        )
        chosen = visit.request.query.get("view", "")
        return self._pages.page(
            visit, "parts/view_list.html", views=views, followed=followed, chosen=chosen
        )

    async def keep(self, visit: Visit) -> web.StreamResponse:
        names = ("part", "role", "channel", "topic", "promised", "words")
        wanted = Wanted.of({name: await visit.field(name) for name in names})
        name, role = await visit.field("name"), await visit.field("share")
        made = await self._write(lambda c: saved_views.keep(c, visit.known, name, role, wanted))
        return _to_list(visit, made)

    async def rename(self, visit: Visit) -> web.StreamResponse:
        view_id, name = visit.id, await visit.field("name")
        await self._write(lambda c: saved_views.rename(c, visit.known, view_id, name))
        return _to_list(visit, view_id)

    async def remove(self, visit: Visit) -> web.StreamResponse:
        view_id = visit.id
        await self._write(lambda c: saved_views.remove(c, visit.known, view_id))
        return _to_list(visit)

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await self._context.database.write(work)


def _to_list(visit: Visit, view_id: str = "") -> web.Response:
    """A script puts the list in its place, and leaves the conversation as it is."""
    home = f"{HOME}/work" if visit.wants_part else HOME
    return see_other(f"{home}?{urlencode({'view': view_id})}" if view_id else home)
