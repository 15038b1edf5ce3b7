"""Colleagues are asked to approve something, and answer from where they are."""

from datetime import timedelta

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.guidance import guidance_of
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.sign_in import HOME, inside, see_other
from agent_ui.visit import Visit
from agent_ui.words import reason
from hub.errors import Rejected
from hub.store import asking_colleagues, work_items


class ColleagueViews:
    def __init__(self, context: ConsoleContext, conversations: ConversationViews) -> None:
        self._context = context
        self._conversations = conversations

    async def ask_approval(self, visit: Visit) -> web.StreamResponse:
        """Of a role that the model names for it, within the time that the model gives it."""
        item_id, role, what = visit.id, await visit.field("role"), await visit.field("what")

        def work(connection: Connection) -> None:
            item = work_items.held(connection, item_id, visit.known)
            lines = guidance_of(item.decision).authority
            line = next((one for one in lines if one.approver and one.approver == role), None)
            if line is None:
                raise Rejected("no_role", "This role does not exist. Choose another one.")
            asking_colleagues.ask_approval(
                connection,
                item.conversation_id,
                visit.known,
                role=role,
                what=what,
                within=timedelta(seconds=line.within) if line.within else None,
            )

        found = await self._context.database.read(lambda c: work_items.by_ids(c, [item_id]))
        if not found or not found[0].is_for(visit.known):
            raise web.HTTPNotFound
        conversation_id = found[0].conversation_id
        try:
            await self._context.database.write(work)
        except Rejected as error:
            return await self._conversations.show(
                visit, conversation_id, notice=reason(visit.texts, error), status=error.status
            )
        self._context.wake()
        return see_other(f"{HOME}/conversations/{conversation_id}")

    async def answer(self, visit: Visit) -> web.StreamResponse:
        request_id, said = visit.id, await visit.field("answer")
        reason = await visit.field("reason")
        await self._context.database.write(
            lambda c: asking_colleagues.answer(c, request_id, said, visit.known, reason=reason)
        )
        self._context.wake()
        return see_other(inside(await visit.field("next")))
