"""The agent's desk: whether they take offers, and what they answer to the ones they get."""

from collections.abc import Callable
from typing import TypeVar

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.answering import wrap_up
from agent_ui.context import ConsoleContext
from agent_ui.desk import say_presence
from agent_ui.pages import Pages
from agent_ui.views.actions import results_of
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.sign_in import HOME, inside, see_other
from agent_ui.views.work import WorkViews
from agent_ui.visit import Visit
from agent_ui.words import reason
from hub.errors import Rejected
from hub.interaction import Channel
from hub.store import listening, offers, timeline, work_items, wrapping

T = TypeVar("T")


class DeskViews:
    def __init__(
        self,
        context: ConsoleContext,
        pages: Pages,
        work: WorkViews,
        conversations: ConversationViews,
    ) -> None:
        self._context = context
        self._pages = pages
        self._work = work
        self._conversations = conversations

    async def show(self, visit: Visit) -> web.StreamResponse:
        """The desk alone, for a script that puts it in place."""
        desk = await self._work.desk(visit)
        return self._pages.page(visit, "parts/desk.html", desk=desk)

    async def say(self, visit: Visit) -> web.StreamResponse:
        """The agent is available, away or off, on these channels."""
        state = await visit.field("state")
        why = await visit.field("reason")
        closed = await self._closed(visit) if await visit.field("channels") else None
        await self._write(lambda c: say_presence(c, visit.known, state, why, closed))
        return see_other(inside(await visit.field("next")))

    async def accept(self, visit: Visit) -> web.StreamResponse:
        item_id = visit.id
        try:
            item = await self._write(lambda c: offers.accept(c, item_id, visit.known))
        except Rejected as error:
            return await self._too_late(visit, item_id, error)
        return see_other(f"{HOME}/conversations/{item.conversation_id}")

    async def decline(self, visit: Visit) -> web.StreamResponse:
        item_id = visit.id
        why = await visit.field("reason")
        try:
            await self._write(lambda c: offers.decline(c, item_id, visit.known, why))
        except Rejected as error:
            return await self._too_late(visit, item_id, error)
        return see_other(inside(await visit.field("next")))

    async def wrap_up(self, visit: Visit) -> web.StreamResponse:
        """What came of a call or a chat; the agent is there again."""
        found = await self._context.database.read(lambda c: work_items.by_ids(c, [visit.id]))
        if not found or not found[0].is_for(visit.known):
            raise web.HTTPNotFound
        results = await results_of(visit, found[0])
        await self._write(lambda c: wrap_up(c, found[0], visit.known, results))
        return see_other(inside(await visit.field("next")))

    async def listen(self, visit: Visit) -> web.StreamResponse:
        """A supervisor listens in on what somebody has in hand, or does not any more."""
        on = await visit.field("listen") == "yes"
        change = listening.begin if on else listening.end
        found = await self._context.database.read(lambda c: work_items.by_ids(c, [visit.id]))
        if not found or not await self._context.database.read(
            lambda c: timeline.may_see(c, found[0].conversation_id, visit.known)
        ):
            raise web.HTTPNotFound
        await self._write(lambda c: change(c, found[0].id, visit.known))
        return see_other(f"{HOME}/conversations/{found[0].conversation_id}")

    async def extend(self, visit: Visit) -> web.StreamResponse:
        """A minute more to wrap up."""
        await self._write(lambda c: wrapping.extend(c, visit.known))
        return see_other(inside(await visit.field("next")))

    async def _too_late(self, visit: Visit, item_id: str, error: Rejected) -> web.StreamResponse:
        """Says so beside the conversation, if the agent may still see it."""
        found = await self._context.database.read(lambda c: work_items.by_ids(c, [item_id]))
        if not found or not found[0].is_for(visit.known):
            raise error
        return await self._conversations.show(
            visit,
            found[0].conversation_id,
            notice=reason(visit.texts, error),
            status=error.status,
        )

    async def _closed(self, visit: Visit) -> list[Channel]:
        """The channels whose box is not ticked."""
        ticked = {c for c in Channel if await visit.field(f"channel.{c}")}
        return [channel for channel in Channel if channel not in ticked]

    async def _write(self, work: Callable[[Connection], T]) -> T:
        result = await self._context.database.write(work)
        self._context.wake()
        return result
