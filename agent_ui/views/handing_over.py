"""An agent gives work to a role or a colleague, with a note, or puts it aside for later."""

from collections.abc import Callable
from typing import TypeVar

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.drafting import LONGEST_TEXT
from agent_ui.times import until_of
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.sign_in import HOME, see_other
from agent_ui.visit import Visit
from hub import clock
from hub.errors import Rejected
from hub.replies import add_note
from hub.store import handing_over, work_items
from hub.store.handing_over import Goal
from hub.store.work_items import WorkItem

T = TypeVar("T")


class HandingOverViews:
    def __init__(self, context: ConsoleContext, conversations: ConversationViews) -> None:
        self._context = context
        self._conversations = conversations

    async def transfer(self, visit: Visit) -> web.StreamResponse:
        role, _, agent_id = (await visit.field("to")).partition("|")
        asked = await visit.field("escalate")
        note = (await visit.field("note"))[:LONGEST_TEXT].replace("\r\n", "\n").strip()
        backup = self._context.backup_of(role)

        def work(connection: Connection, item: WorkItem) -> None:
            if note:
                add_note(
                    connection,
                    conversation_id=item.conversation_id,
                    text=note,
                    agent_id=visit.known.id,
                    agent_name=visit.known.name,
                )
            if asked:
                if asked not in self._context.escalation.roles(item):
                    raise Rejected("no_role", "This role does not exist. Choose another one.")
                handing_over.escalate(
                    connection,
                    item.id,
                    visit.known,
                    asked,
                    reason=note,
                    minutes=self._context.escalation.minutes,
                )
            else:
                goal = Goal(role, agent_id)
                handing_over.transfer(connection, item.id, visit.known, goal, backup_role=backup)

        return await self._do(visit, work)

    async def snooze(self, visit: Visit) -> web.StreamResponse:
        chosen, at = await visit.field("for"), await visit.field("until")
        zone = await visit.field("zone")

        def work(connection: Connection, item: WorkItem) -> None:
            until = until_of(chosen, at, zone, clock.now())
            handing_over.snooze(connection, item.id, visit.known, until)

        return await self._do(visit, work)

    async def _do(
        self, visit: Visit, work: Callable[[Connection, WorkItem], None]
    ) -> web.StreamResponse:
        item_id = visit.id
        found = await self._context.database.read(lambda c: work_items.by_ids(c, [item_id]))
        if not found or not found[0].is_for(visit.known):
            raise web.HTTPNotFound
        item = found[0]
        try:
            await self._context.database.write(lambda c: work(c, item))
        except Rejected as error:
            return await self._conversations.show(
                visit,
                item.conversation_id,
                notice=words.reason(visit.texts, error),
                status=error.status,
            )
        self._context.wake()
        return see_other(HOME)
