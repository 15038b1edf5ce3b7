"""Colleagues at the same conversation: who looks, who types, and what they have written so far."""

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.drafting import fields_of
from agent_ui.visit import Visit
from hub.events import ConsoleSign, ConsoleSignal
from hub.store import drafts, timeline
from hub.telling import tell

_SOURCE = "/loket/console"
_SAID = {one.value for one in ConsoleSignal} - {ConsoleSignal.DRAFT.value}
_LONGEST_PAGE = 40


class CompanyViews:
    def __init__(self, context: ConsoleContext) -> None:
        self._context = context

    async def sign(self, visit: Visit) -> web.StreamResponse:
        """The agent looks at it, types, or left."""
        what, conversation_id = await visit.field("what"), visit.id
        sees = await self._context.database.read(
            lambda c: timeline.may_see(c, conversation_id, visit.known)
        )
        if what in _SAID and sees:
            await self._tell(visit, ConsoleSignal(what), fresh=bool(await visit.field("fresh")))
        return web.Response(status=204)

    async def keep_draft(self, visit: Visit) -> web.StreamResponse:
        """What the agent has written so far is kept, for any of their screens; nothing when it is
        empty."""
        conversation_id, fields = visit.id, await fields_of(visit)

        def work(connection: Connection) -> bool:
            if not timeline.may_see(connection, conversation_id, visit.known):
                return False
            if fields["text"].strip():
                drafts.save(connection, conversation_id, visit.known.id, fields)
            else:
                drafts.drop(connection, conversation_id, visit.known.id)
            return True

        if not await self._context.database.write(work):
            raise web.HTTPNotFound
        await self._tell(visit, ConsoleSignal.DRAFT)
        return web.Response(status=204)

    async def _tell(self, visit: Visit, doing: ConsoleSignal, *, fresh: bool = False) -> None:
        sign = ConsoleSign(
            conversation_id=visit.id,
            agent_id=visit.known.id,
            name=visit.known.name,
            doing=doing,
            fresh=fresh,
            page=(await visit.field("page"))[:_LONGEST_PAGE],
        )
        await tell(self._context.bus, sign, source=_SOURCE)
