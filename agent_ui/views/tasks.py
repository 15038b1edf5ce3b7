"""An agent asks another role for something, and goes on without it when it is not needed."""

from aiohttp import web

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.times import until_of
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.sign_in import HOME, see_other
from agent_ui.visit import Visit
from hub import clock, tasking
from hub.errors import Rejected
from hub.store import tasks, timeline, work_items


class TaskViews:
    def __init__(self, context: ConsoleContext, conversations: ConversationViews) -> None:
        self._context = context
        self._conversations = conversations

    async def ask(self, visit: Visit) -> web.StreamResponse:
        """From the conversation of work that the agent holds."""
        found = await self._context.database.read(lambda c: work_items.by_ids(c, [visit.id]))
        if not found or not found[0].is_for(visit.known):
            raise web.HTTPNotFound
        role, what = await visit.field("role"), await visit.field("what")
        at, zone = await visit.field("at"), await visit.field("zone")
        backup = self._context.backup_of(role)
        try:
            due_at = until_of("", at, zone, clock.now()) if at else None
            await self._context.database.write(
                lambda c: tasking.ask(
                    c,
                    found[0].id,
                    visit.known,
                    role=role,
                    what=what,
                    due_at=due_at,
                    backup_role=backup,
                )
            )
        except Rejected as error:
            return await self._refused(visit, found[0].conversation_id, error)
        self._context.wake()
        return see_other(f"{HOME}/conversations/{found[0].conversation_id}")

    async def skip(self, visit: Visit) -> web.StreamResponse:
        task_id, reason = visit.id, await visit.field("reason")
        task = await self._context.database.read(lambda c: tasks.find(c, task_id))
        if task is None or not await self._context.database.read(
            lambda c: timeline.may_see(c, task.conversation_id, visit.known)
        ):
            raise web.HTTPNotFound
        try:
            await self._context.database.write(
                lambda c: tasking.skip(c, task_id, visit.known, reason)
            )
        except Rejected as error:
            return await self._refused(visit, task.conversation_id, error)
        self._context.wake()
        return see_other(f"{HOME}/conversations/{task.conversation_id}")

    async def _refused(
        self, visit: Visit, conversation_id: str, error: Rejected
    ) -> web.StreamResponse:
        return await self._conversations.show(
            visit, conversation_id, notice=words.reason(visit.texts, error), status=error.status
        )
