"""An agent keeps what they found out, and says what of it belongs to the customer."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.guidance import guidance_of
from agent_ui.needs import fields_of_customer
from agent_ui.texts import N_
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.identity import is_customer_of
from agent_ui.views.sign_in import HOME, see_other
from agent_ui.visit import Visit, checked_id
from hub.custom_fields import Typed
from hub.errors import Rejected
from hub.http import form_of
from hub.store import customers, found_out, ticking, work_items

_SAY_WHY = N_("Say in a few words why this step is not needed.")


class InformationViews:
    def __init__(self, context: ConsoleContext, conversations: ConversationViews) -> None:
        self._context = context
        self._conversations = conversations

    async def enter(self, visit: Visit) -> web.StreamResponse:
        item_id = visit.id
        found = await self._context.database.read(lambda c: work_items.by_ids(c, [item_id]))
        if not found or not found[0].is_for(visit.known):
            raise web.HTTPNotFound
        guidance = guidance_of(found[0].decision)
        form = await form_of(visit.request)
        values = {
            one.name: ",".join(filter(None, await visit.fields(f"info.{one.name}")))
            for one in guidance.required_information
            if f"info.{one.name}" in form
        }
        of_customer = fields_of_customer(guidance)

        def work(connection: Connection) -> None:
            found_out.enter(
                connection,
                item_id,
                visit.known,
                values,
                of_customer=of_customer,
                typed=Typed(visit.texts.language),
            )

        return await self._do(visit, found[0].conversation_id, work, entering=values)

    async def step(self, visit: Visit) -> web.StreamResponse:
        """A step is done, not needed for a reason, or not done after all."""
        item_id = visit.id
        found = await self._context.database.read(lambda c: work_items.by_ids(c, [item_id]))
        if not found or not found[0].is_for(visit.known):
            raise web.HTTPNotFound
        name, state = (await visit.field("step"))[:100], await visit.field("state")
        reason = await visit.field("reason") if state == "skipped" else ""
        if state == "skipped" and not reason.strip():
            notice = visit.texts(_SAY_WHY)
            return await self._conversations.show(
                visit,
                found[0].conversation_id,
                notice=notice,
                status=HTTPStatus.UNPROCESSABLE_ENTITY,
            )

        def work(connection: Connection) -> None:
            if state == "open":
                ticking.untick(connection, item_id, visit.known, name)
            else:
                ticking.tick(connection, item_id, visit.known, name, reason=reason)

        answer = await self._do(visit, found[0].conversation_id, work)
        self._context.wake()
        return answer

    async def decide(self, visit: Visit) -> web.StreamResponse:
        """Keep what was proposed for the customer of a conversation, or drop it."""
        proposal_id = visit.id
        conversation_id = checked_id(await visit.field("conversation"))
        keep = await visit.field("keep") == "yes"
        if not await self._context.database.read(
            lambda c: _may_decide(c, visit, conversation_id, proposal_id)
        ):
            raise web.HTTPNotFound
        return await self._do(
            visit,
            conversation_id,
            lambda c: found_out.decide(c, proposal_id, visit.known, keep=keep),
        )

    async def group(self, visit: Visit) -> web.StreamResponse:
        """Say to which target group the customer of a conversation belongs, or that nobody says."""
        customer_id = visit.id
        conversation_id = checked_id(await visit.field("conversation"))
        group = await visit.field("group")
        if not await self._context.database.read(
            lambda c: is_customer_of(c, visit, conversation_id, customer_id)
        ):
            raise web.HTTPNotFound
        known = self._context.groups.titles(visit.texts.language)

        def work(connection: Connection) -> None:
            if group and group not in known:
                raise Rejected("no_group", "The model has no such target group.", status=409)
            customers.set_group(connection, customer_id, group, actor=visit.known.id)

        return await self._do(visit, conversation_id, work)

    async def _do(
        self,
        visit: Visit,
        conversation_id: str,
        work: Callable[[Connection], None],
        entering: Mapping[str, str] | None = None,
    ) -> web.StreamResponse:
        try:
            await self._context.database.write(work)
        except Rejected as error:
            notice = words.reason(visit.texts, error)
            return await self._conversations.show(
                visit,
                conversation_id,
                notice=notice,
                status=error.status,
                entering=entering or {},
            )
        self._context.wake()
        return see_other(f"{HOME}/conversations/{conversation_id}")


def _may_decide(
    connection: Connection, visit: Visit, conversation_id: str, proposal_id: str
) -> bool:
    """Whether it is about the customer of a conversation that the agent may see."""
    customer_id = found_out.customer_of(connection, proposal_id)
    return customer_id is not None and is_customer_of(
        connection, visit, conversation_id, customer_id
    )
