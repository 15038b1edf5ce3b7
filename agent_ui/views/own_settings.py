"""What an agent sets for themselves: the signature under their mails."""

from aiohttp import web

from agent_ui.context import ConsoleContext
from agent_ui.pages import Pages
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit
from hub.store import own_choices

PAGE = "/console/me"
_LONGEST = 2_000


class OwnSettingsViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        signature = await self._context.database.read(
            lambda c: own_choices.get(c, visit.known.id, own_choices.SIGNATURE)
        )
        kept = "kept" in visit.request.query
        return self._pages.page(visit, "me.html", signature=signature or "", kept=kept)

    async def save(self, visit: Visit) -> web.StreamResponse:
        text = (await visit.field("signature"))[:_LONGEST].replace("\r\n", "\n").strip()
        await self._context.database.write(
            lambda c: own_choices.choose(c, visit.known.id, own_choices.SIGNATURE, text)
        )
        return see_other(f"{PAGE}?kept")
