"""Conversations are split, made one and linked, and all of it undone."""

from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.sign_in import HOME, see_other
from agent_ui.visit import Visit, checked_id, number
from hub.errors import Rejected
from hub.store import gathering, regrouping, relating, splitting, timeline


class RegroupViews:
    def __init__(self, context: ConsoleContext, conversations: ConversationViews) -> None:
        self._context = context
        self._conversations = conversations

    async def split(self, visit: Visit) -> web.StreamResponse:
        """From a message on it is another conversation, which is shown."""
        conversation_id, entry_id = visit.id, checked_id(await visit.field("entry"))

        def work(connection: Connection) -> str:
            entry = timeline.entry(connection, entry_id)
            if entry is None or entry.conversation_id != conversation_id:
                raise _not_here()
            new_id = splitting.split(connection, entry_id, visit.known).new_id
            # Whoever does not have this customer's work sees it once it is routed to their role.
            return new_id if timeline.may_see(connection, new_id, visit.known) else conversation_id

        return await self._do(visit, conversation_id, work)

    async def merge(self, visit: Visit) -> web.StreamResponse:
        """All of it is in another conversation from now on, which is shown."""
        conversation_id, into = visit.id, checked_id(await visit.field("into"))

        def work(connection: Connection) -> str:
            _see(connection, visit, into)
            return gathering.gather(connection, into, conversation_id, visit.known).kept_id

        return await self._do(visit, conversation_id, work)

    async def undo(self, visit: Visit) -> web.StreamResponse:
        """What was put together or apart is as it was."""
        conversation_id = visit.id
        what = checked_id(visit.request.match_info["what"])

        def work(connection: Connection) -> str:
            if regrouping.find(connection, what, splitting.KIND) is not None:
                _concerns(connection, what, splitting.KIND, conversation_id)
                return splitting.undo(connection, what, visit.known).kept_id
            _concerns(connection, what, gathering.KIND, conversation_id)
            gathering.undo(connection, what, visit.known)
            return conversation_id

        return await self._do(visit, conversation_id, work)

    async def link(self, visit: Visit) -> web.StreamResponse:
        """It has to do with another one that the agent may see, known by its number."""
        conversation_id = visit.id
        wanted = number((await visit.field("number")).strip().lstrip("#"))

        def work(connection: Connection) -> str:
            other = relating.numbered(connection, wanted)
            if other is None or not timeline.may_see(connection, other, visit.known):
                detail = "Nobody has a conversation with this number before them."
                raise Rejected("no_such_number", detail, status=422)
            relating.relate(connection, conversation_id, other, by=visit.known.id)
            return conversation_id

        return await self._do(visit, conversation_id, work)

    async def unlink(self, visit: Visit) -> web.StreamResponse:
        conversation_id, other = visit.id, checked_id(await visit.field("other"))

        def work(connection: Connection) -> str:
            relating.unrelate(connection, conversation_id, other, by=visit.known.id)
            return conversation_id

        return await self._do(visit, conversation_id, work)

    async def _do(
        self, visit: Visit, conversation_id: str, work: Callable[[Connection], str]
    ) -> web.StreamResponse:
        """`work` gives the conversation to show next."""

        def checked(connection: Connection) -> str:
            _see(connection, visit, conversation_id)
            return work(connection)

        try:
            shown = await self._context.database.write(checked)
        except Rejected as error:
            if error.status == HTTPStatus.NOT_FOUND:
                raise web.HTTPNotFound from error
            notice = words.reason(visit.texts, error)
            return await self._conversations.show(
                visit, conversation_id, notice=notice, status=error.status
            )
        self._context.wake()
        return see_other(f"{HOME}/conversations/{shown}")


def _see(connection: Connection, visit: Visit, conversation_id: str) -> None:
    if not timeline.may_see(connection, conversation_id, visit.known):
        raise _not_here()


def _concerns(connection: Connection, what: str, kind: str, conversation_id: str) -> None:
    found = regrouping.find(connection, what, kind)
    if found is None or conversation_id not in (found.kept_id, found.other_id):
        raise _not_here()


def _not_here() -> Rejected:
    return Rejected("no_conversation", "This conversation does not exist.", status=404)
