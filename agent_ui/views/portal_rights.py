"""What contacts of an organisation may do for it in the portal, as an agent sees and says it."""

from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.pages import Pages
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit, checked_id
from hub.errors import Rejected
from hub.store import customers, portal_rights, timeline
from hub.store.customers import Customer
from hub.store.portal_rights import Right


class PortalRightsViews:
    """For the organisation of the customer of a conversation that the agent may see."""

    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._database = context.database
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit)

    async def give(self, visit: Visit) -> web.StreamResponse:
        """These are the rights of one of them from now on; the first manager is made here."""
        _, organisation_id = await self._whose(visit)
        customer_id = checked_id(await visit.field("customer"))
        rights = [one for one in Right if await visit.field(f"right.{one}")]
        try:
            await self._database.write(
                lambda c: portal_rights.give(
                    c, organisation_id, customer_id, rights, by=visit.known.id, manager=False
                )
            )
        except Rejected as error:
            return await self._show(visit, error)
        return see_other(f"/console/conversations/{visit.id}/portal")

    async def _show(self, visit: Visit, refused: Rejected | None = None) -> web.Response:
        who, organisation_id = await self._whose(visit)
        found = await self._database.read(lambda c: portal_rights.colleagues(c, organisation_id))
        return self._pages.page(
            visit,
            "portal_rights.html",
            status=refused.status if refused else HTTPStatus.OK,
            notice=words.reason(visit.texts, refused) if refused else "",
            who=who,
            people=found,
            conversation_id=visit.id,
        )

    async def _whose(self, visit: Visit) -> tuple[Customer, str]:
        conversation_id = visit.id

        def read(connection: Connection) -> Customer | None:
            found = timeline.conversation(connection, conversation_id)
            if found is None or not timeline.may_see(connection, conversation_id, visit.known):
                return None
            return customers.customer(connection, found.customer_id)

        who = await self._database.read(read)
        organisation_id = portal_rights.organisation_of(who) if who else None
        if who is None or organisation_id is None:
            raise web.HTTPNotFound
        return who, organisation_id
