"""What the agent does in a chat without saying anything, for the visitor to see."""

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.visit import Visit, number
from hub.events import ChatActivity, ChatSign
from hub.store import chat_visits, work_items
from hub.telling import tell

_SOURCE = "/loket/console"
_TOLD = (ChatSign.TYPING, ChatSign.STOPPED, ChatSign.SEEN)


class ChatViews:
    def __init__(self, context: ConsoleContext) -> None:
        self._context = context

    async def sign(self, visit: Visit) -> web.StreamResponse:
        """Typing, or how far was read. Of who does not have the work the visitor hears nothing."""
        what, seen = await visit.field("what"), number(await visit.field("seen"))
        if what not in _TOLD or not await self._holds(visit):
            return web.Response(status=204)
        if what != ChatSign.SEEN or await self._is_news(visit.id, seen):
            activity = ChatActivity(
                conversation_id=visit.id,
                what=ChatSign(what),
                by_customer=False,
                name=visit.known.name,
                sequence=seen,
            )
            await tell(self._context.bus, activity, source=_SOURCE)
        return web.Response(status=204)

    async def _holds(self, visit: Visit) -> bool:
        conversation_id, agent = visit.id, visit.known

        def read(connection: Connection) -> bool:
            item = work_items.latest_of(connection, [conversation_id]).get(conversation_id)
            held = item is not None and item.state == work_items.ASSIGNED
            return item is not None and held and item.agent_id == agent.id

        return await self._context.database.read(read)

    async def _is_news(self, conversation_id: str, seen: int) -> bool:
        return await self._context.database.write(
            lambda c: chat_visits.read_by_us(c, conversation_id, seen)
        )
