"""Invoices: a customer's own, and those of their organisation where they may see them."""

from aiohttp import web

from connectors.portal.pages import Pages
from connectors.portal.visit import Visit
from hub import clock
from hub.connector import ConnectorContext
from hub.store import invoices

MOST_INVOICES = 100


class Bills:
    def __init__(self, context: ConnectorContext, pages: Pages) -> None:
        self._database = context.database
        self._pages = pages

    async def index(self, visit: Visit) -> web.Response:
        found = await self._database.read(
            lambda c: invoices.of_customers(c, visit.member.payers, limit=MOST_INVOICES)
        )
        return self._pages.page(visit, "invoices.html", invoices=found, today=clock.now().date())
