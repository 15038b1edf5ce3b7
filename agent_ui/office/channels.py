"""The channels as they are set up, tried on request; and mailboxes, tried before they are."""

from collections.abc import Sequence

from aiohttp import web

from agent_ui.channel_desk import Mailbox, Tried
from agent_ui.context import ConsoleContext
from agent_ui.pages import Pages
from agent_ui.visit import Visit
from hub.connector import Finding

_LONGEST = 300
_FIELDS = tuple(Mailbox.__dataclass_fields__)


class ChannelViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        return self._show(visit)

    async def check(self, visit: Visit) -> web.StreamResponse:
        """Try what is set up for one connector."""
        name = await visit.field("kind")
        if name not in {kind.name for kind in self._context.channels.kinds() if kind.on}:
            raise web.HTTPNotFound
        return self._show(visit, {name: await self._context.channels.check(name)})

    async def try_mailbox(self, visit: Visit) -> web.StreamResponse:
        """Sign in to a mailbox that is not set up yet. The password is not shown again."""
        given = {name: (await visit.field(name)).strip()[:_LONGEST] for name in _FIELDS}
        given["password"] = (await visit.field("password"))[:_LONGEST]
        tried = await self._context.channels.try_mailbox(Mailbox(**given))
        return self._show(visit, tried=tried, typed=given | {"password": ""})

    def _show(
        self,
        visit: Visit,
        findings: dict[str, Sequence[Finding]] | None = None,
        tried: Tried | None = None,
        typed: dict[str, str] | None = None,
    ) -> web.Response:
        return self._pages.page(
            visit,
            "office/channels.html",
            kinds=self._context.channels.kinds(),
            findings=findings or {},
            tried=tried,
            typed=typed or dict.fromkeys(_FIELDS, ""),
        )
