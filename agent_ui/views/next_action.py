"""An agent does what a rule proposes, by the door that is there for it, or puts it aside."""

from collections.abc import Callable

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.filling_in import ready
from agent_ui.next_action import Door, door_of
from agent_ui.screen import Screen
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.sign_in import HOME, see_other
from agent_ui.visit import Visit, checked_id
from agent_ui.words import reason
from hub.errors import Rejected
from hub.rules.proposing import Proposal
from hub.store import canned, drafts, proposed, work_items
from hub.store.work_items import WorkItem

Work = Callable[[Connection, WorkItem, Proposal, Screen], None]


class NextActionViews:
    def __init__(self, context: ConsoleContext, conversations: ConversationViews) -> None:
        self._context = context
        self._conversations = conversations

    async def take(self, visit: Visit) -> web.StreamResponse:
        """Opens the door that it leads to, filled in; the agent looks it over and does it there."""

        def work(connection: Connection, item: WorkItem, found: Proposal, screen: Screen) -> None:
            door = door_of(found.rule.action, screen.guidance, visit.texts.language)
            if door.kind == "reply":
                self._draft(connection, screen, door)
            proposed.take(connection, item.id, found, visit.known)

        return await self._do(visit, work, opens=True)

    async def put_aside(self, visit: Visit) -> web.StreamResponse:
        said = await visit.field("reason") or await visit.field("words")

        def work(connection: Connection, item: WorkItem, found: Proposal, _: Screen) -> None:
            proposed.put_aside(connection, item.id, found, visit.known, said)

        return await self._do(visit, work)

    async def _do(self, visit: Visit, work: Work, *, opens: bool = False) -> web.StreamResponse:
        item_id, rule_id = visit.id, checked_id(await visit.field("rule"))
        items = await self._context.database.read(lambda c: work_items.by_ids(c, [item_id]))
        if not items:
            raise web.HTTPNotFound
        conversation_id = items[0].conversation_id
        screen = await self._conversations.read(visit, conversation_id)
        found = screen.next.find(rule_id)

        def write(connection: Connection) -> None:
            item = work_items.held(connection, item_id, visit.known)
            if found is None:
                raise Rejected("no_proposal", "This is not proposed any more.", status=409)
            work(connection, item, found, screen)

        try:
            await self._context.database.write(write)
        except Rejected as error:
            return await self._conversations.show(
                visit, conversation_id, notice=reason(visit.texts, error), status=error.status
            )
        door = f"?door={rule_id}" if opens else ""
        return see_other(f"{HOME}/conversations/{conversation_id}{door}")

    def _draft(self, connection: Connection, screen: Screen, door: Door) -> None:
        """The reply goes below what the agent has written already."""
        chosen = [one for one in canned.all_of(connection) if one.id == door.canned]
        amount = f"EUR {door.amount}" if door.amount is not None else ""
        filled = ready(chosen, screen, self._context.hub.organisation, amount=amount)
        if not filled:
            raise Rejected("no_canned", "This reply does not exist any more.", status=409)
        text = filled[0].text
        kept = next((d.fields for d in screen.drafts if d.agent_id == screen.agent.id), {})
        before = kept.get("text", "").rstrip()
        if before and kept.get("mode", "reply") != "reply":
            # What is meant for colleagues, or for somebody else, must not go to the customer.
            words = "You are writing a note or a forward here. Finish it first."
            raise Rejected("other_draft", words, status=409)
        if text in before:
            return
        text = f"{before}\n\n{text}" if before else text
        fields = {**kept, "mode": "reply", "text": text}
        drafts.save(connection, screen.conversation.id, screen.agent.id, fields)
