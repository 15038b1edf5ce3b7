"""Addresses that several people use: agents say that one is, and who it was this time."""

from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.identity import is_customer_of
from agent_ui.views.sign_in import HOME, see_other
from agent_ui.visit import Visit, checked_id
from hub.errors import Rejected
from hub.store import merging, sharing, timeline


class SharingViews:
    def __init__(self, context: ConsoleContext, conversations: ConversationViews) -> None:
        self._context = context
        self._conversations = conversations

    async def choose(self, visit: Visit) -> web.StreamResponse:
        """Which of the people who use the address this is: one who is known, or a new one."""
        conversation_id, by = visit.id, visit.known.id
        given, name = await visit.field("customer"), await visit.field("name")
        customer_id = checked_id(given) if given else ""

        def work(connection: Connection) -> None:
            if not timeline.may_see(connection, conversation_id, visit.known):
                raise _nobody()
            if customer_id:
                sharing.choose(connection, conversation_id, customer_id, by=by)
            else:
                sharing.choose_new(connection, conversation_id, name, by=by)

        return await self._do(visit, conversation_id, work)

    async def share(self, visit: Visit) -> web.StreamResponse:
        """An address of the customer before the agent is used by others too."""
        customer_id, point = visit.id, await visit.field("point")
        conversation_id = checked_id(await visit.field("conversation"))

        def work(connection: Connection) -> None:
            if not is_customer_of(connection, visit, conversation_id, customer_id):
                raise _nobody()
            sharing.share(connection, customer_id, point, by=visit.known.id)

        return await self._do(visit, conversation_id, work)

    async def unshare(self, visit: Visit) -> web.StreamResponse:
        """Only one person uses the address: all that came from it is theirs."""
        shared_id, customer_id = visit.id, checked_id(await visit.field("customer"))
        conversation_id = checked_id(await visit.field("conversation"))

        def work(connection: Connection) -> None:
            sees = timeline.may_see(connection, conversation_id, visit.known)
            asked = sharing.one_of(connection, conversation_id) if sees else None
            if asked is None or asked.shared_id != shared_id:
                raise _nobody()
            if customer_id not in {one.id for one in asked.people}:
                raise _nobody()
            merging.merge(connection, customer_id, shared_id, by=visit.known.id)

        return await self._do(visit, conversation_id, work)

    async def _do(
        self, visit: Visit, conversation_id: str, work: Callable[[Connection], None]
    ) -> web.StreamResponse:
        try:
            await self._context.database.write(work)
        except Rejected as error:
            if error.status == HTTPStatus.NOT_FOUND:
                raise web.HTTPNotFound from error
            notice = words.reason(visit.texts, error)
            return await self._conversations.show(
                visit, conversation_id, notice=notice, status=error.status
            )
        self._context.wake()
        return see_other(f"{HOME}/conversations/{conversation_id}")


def _nobody() -> Rejected:
    return Rejected("no_customer", "There is no such customer.", status=HTTPStatus.NOT_FOUND)
