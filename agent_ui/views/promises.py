"""Promises to customers: an agent gives one in words, and says when it is kept."""

from collections.abc import Callable

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.promise_words import due_in
from agent_ui.times import until_of
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.sign_in import HOME, see_other
from agent_ui.visit import Visit, checked_id
from agent_ui.words import reason
from hub import clock, promising
from hub.errors import Rejected
from hub.store import timeline

Work = Callable[[Connection], object]


class PromiseViews:
    def __init__(self, context: ConsoleContext, conversations: ConversationViews) -> None:
        self._context = context
        self._conversations = conversations

    async def give(self, visit: Visit) -> web.StreamResponse:
        """By when stands in the words, or in a field of its own."""
        conversation_id, what = visit.id, await visit.field("what")
        at, zone = await visit.field("at"), await visit.field("zone")
        try:
            due = until_of("", at, zone, clock.now()) if at else due_in(what, clock.now(), zone)
            await self._write(
                conversation_id,
                visit,
                lambda c: promising.give(c, conversation_id, what, due, visit.known),
            )
        except Rejected as error:
            return await self._conversations.show(
                visit,
                conversation_id,
                notice=reason(visit.texts, error),
                status=error.status,
                promise=what,
            )
        return see_other(f"{HOME}/conversations/{conversation_id}")

    async def keep(self, visit: Visit) -> web.StreamResponse:
        promise_id = visit.id
        found = await self._context.database.read(lambda c: promising.of_ids(c, [promise_id]))
        if not found:
            raise web.HTTPNotFound
        conversation_id = found[0].conversation_id
        try:
            await self._write(
                conversation_id, visit, lambda c: promising.keep(c, promise_id, visit.known)
            )
        except Rejected as error:
            return await self._conversations.show(
                visit, conversation_id, notice=reason(visit.texts, error), status=error.status
            )
        # Who keeps it from another conversation stays there.
        here = await visit.field("here")
        return see_other(f"{HOME}/conversations/{checked_id(here) if here else conversation_id}")

    async def _write(self, conversation_id: str, visit: Visit, work: Work) -> None:
        """Raises HTTPNotFound for who may not see the conversation."""

        def seen(connection: Connection) -> bool:
            sees = timeline.may_see(connection, conversation_id, visit.known)
            if sees:
                work(connection)
            return sees

        if not await self._context.database.write(seen):
            raise web.HTTPNotFound
        self._context.wake()
