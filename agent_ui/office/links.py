"""The links to other systems that stand beside each customer."""

from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.pages import Pages
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit, number
from hub import links_out
from hub.errors import Rejected
from hub.links_out import LinkOut

PATH = "/console/admin/links"


class LinkViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit)

    async def add(self, visit: Visit) -> web.StreamResponse:
        title, url = (await visit.field("title")).strip(), (await visit.field("url")).strip()

        def work(connection: Connection) -> None:
            new = LinkOut(title, url)
            known = links_out.templates(connection, lock=True)
            if new in known:
                raise Rejected("link_there", "This link is there already.", status=409)
            links_out.keep(connection, [*known, new], by=visit.known.id)

        try:
            await self._context.database.write(work)
        except Rejected as error:
            return await self._show(visit, error, LinkOut(title, url))
        return see_other(PATH)

    async def remove(self, visit: Visit) -> web.StreamResponse:
        """By its place in the list, and its address, as somebody may have changed the list."""
        place, url = number(await visit.field("place")), await visit.field("url")

        def work(connection: Connection) -> None:
            known = links_out.templates(connection, lock=True)
            if place < len(known) and known[place].url == url:
                del known[place]
                links_out.keep(connection, known, by=visit.known.id)

        await self._context.database.write(work)
        return see_other(PATH)

    async def _show(
        self, visit: Visit, refused: Rejected | None = None, typed: LinkOut | None = None
    ) -> web.Response:
        return self._pages.page(
            visit,
            "office/links.html",
            status=refused.status if refused else HTTPStatus.OK,
            notice=words.reason(visit.texts, refused) if refused else "",
            links=await self._context.database.read(links_out.templates),
            typed=typed or LinkOut("", ""),
            names=await self._context.database.read(links_out.names),
        )
