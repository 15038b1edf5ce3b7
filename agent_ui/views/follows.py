"""An agent follows a conversation, to be told of news in it, or does not any more."""

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.views.sign_in import HOME, see_other
from agent_ui.visit import Visit
from hub.store import follows, timeline


class FollowViews:
    def __init__(self, context: ConsoleContext) -> None:
        self._context = context

    async def follow(self, visit: Visit) -> web.StreamResponse:
        """On or off, by the field `follow`."""
        conversation_id, on = visit.id, await visit.field("follow") == "yes"

        def work(connection: Connection) -> bool:
            if not timeline.may_see(connection, conversation_id, visit.known):
                return False
            change = follows.follow if on else follows.unfollow
            change(connection, conversation_id, visit.known)
            return True

        if not await self._context.database.write(work):
            raise web.HTTPNotFound
        return see_other(f"{HOME}/conversations/{conversation_id}")
