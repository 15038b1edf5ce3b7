"""The first page, and what a customer says about themselves: details, sessions, their data."""

import json
from datetime import datetime
from typing import Any

from aiohttp import web

from connectors.portal import words
from connectors.portal.guard import see_other
from connectors.portal.orders import MOST_ORDERS
from connectors.portal.pages import Pages
from connectors.portal.visit import Visit
from hub import clock
from hub.connector import ConnectorContext
from hub.errors import Rejected
from hub.orders import ENDED
from hub.store import (
    deliveries,
    invoices,
    orders,
    portal_choices,
    portal_invitations,
    portal_sign_in,
    portal_views,
)
from hub.store.portal_views import Sight
from hub.texts import LANGUAGES

_SHOWN = 5
_MOST_OF_EACH = 1000


class Account:
    def __init__(self, context: ConnectorContext, pages: Pages) -> None:
        self._database = context.database
        self._pages = pages

    async def home(self, visit: Visit) -> web.Response:
        own = Sight(visit.customer.id)
        requests = await self._database.read(lambda c: portal_views.requests(c, own))
        found = await self._database.read(
            lambda c: orders.of_customers(c, visit.member.parties, limit=MOST_ORDERS)
        )
        running = [order for order in found if order.state not in ENDED][:_SHOWN]
        parcels = await self._database.read(
            lambda c: deliveries.of_orders(c, [order.id for order in running])
        )
        invited = await self._database.read(
            lambda c: portal_invitations.of_customer(c, visit.customer)
        )
        return self._pages.page(
            visit,
            "home.html",
            invitations=invited,
            requests=[one for one in requests if one.state != "done"][:_SHOWN],
            orders=running,
            parcels={parcel.order_id: parcel for parcel in parcels},
            agreements=visit.customer.agreements,
        )

    async def details(self, visit: Visit) -> web.Response:
        sessions = await self._database.read(lambda c: portal_sign_in.running(c, visit.customer.id))
        preferred = await self._database.read(
            lambda c: portal_choices.preferred(c, visit.customer.id)
        )
        return self._pages.page(visit, "details.html", sessions=sessions, preferred=preferred)

    async def choose(self, visit: Visit) -> web.Response:
        language, preferred = await visit.field("language"), await visit.field("preferred")
        if language not in LANGUAGES or preferred not in words.PREFERRED:
            raise Rejected("choice", "Choose from the list.", status=422)
        sent = await visit.field("name")
        name = " ".join("".join(c if c.isprintable() else " " for c in sent).split())
        await self._database.write(
            lambda c: portal_choices.choose(
                c, visit.customer.id, name=name, language=language, preferred=preferred
            )
        )
        return see_other(f"/portal/details?language={language}")

    async def end_session(self, visit: Visit) -> web.Response:
        key = visit.request.match_info["id"]
        await self._database.write(lambda c: portal_sign_in.end(c, visit.customer.id, key))
        return see_other("/portal/details#sessions")

    async def download(self, visit: Visit) -> web.Response:
        """All of their own data, as JSON."""
        everything = await self._database.read(lambda c: _everything(c, visit))
        body = json.dumps(everything, default=_plain, ensure_ascii=False, indent=2)
        return web.Response(
            text=body,
            content_type="application/json",
            headers={
                "Content-Disposition": 'attachment; filename="my-data.json"',
                "Cache-Control": "no-store",
            },
        )


def _everything(connection: Any, visit: Visit) -> dict[str, Any]:
    who, parties, payers = visit.customer, visit.member.parties, set(visit.member.payers)
    found = orders.of_customers(connection, parties, limit=_MOST_OF_EACH)
    conversations: list[dict[str, Any]] = []
    before: datetime | None = None
    while page := portal_views.requests(connection, Sight(who.id), before=before):
        conversations += [
            vars(one) | {"messages": [vars(m) for m in portal_views.messages(connection, one.id)]}
            for one in page
        ]
        before = page[-1].last_at
    return {
        "made_at": clock.now(),
        "name": who.name,
        "organisation": who.organisation_name,
        "language": who.language,
        "details": who.own_attributes,
        "contact_points": [vars(point) for point in who.points],
        "agreements": [vars(agreement) for agreement in who.agreements],
        "orders": [order.model_dump(mode="json") for order in found],
        "deliveries": [
            parcel.model_dump(mode="json")
            for parcel in deliveries.of_orders(connection, [order.id for order in found])
        ],
        "invoices": [
            invoice.model_dump(mode="json")
            for invoice in invoices.of_customers(connection, payers, limit=_MOST_OF_EACH)
        ],
        "conversations": conversations,
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)
