"""Tokens that a customer makes for their own programs: shown once, and revoked here."""

from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from connectors.portal.api import ABOUT, SCOPES
from connectors.portal.guard import see_other
from connectors.portal.pages import Pages
from connectors.portal.visit import Visit
from hub.connector import ConnectorContext
from hub.errors import Rejected
from hub.http import form_of
from hub.store import api_tokens

PAGE = "/portal/tokens"
LIFETIMES = {"90": timedelta(days=90), "365": timedelta(days=365), "": None}
"""In days, as the form says it; "" for no end."""


class TokenPages:
    def __init__(self, context: ConnectorContext, pages: Pages) -> None:
        self._database = context.database
        self._pages = pages

    async def page(self, visit: Visit) -> web.Response:
        return await self._show(visit)

    async def make(self, visit: Visit) -> web.Response:
        ticked = (await form_of(visit.request)).getall("scope", [])
        name, days = await visit.field("name"), await visit.field("days")
        customer_id = visit.customer.id
        if days not in LIFETIMES:
            raise Rejected("choice", "Choose from the list.", status=422)
        try:
            _, secret = await self._database.write(
                lambda c: api_tokens.make(
                    c, name=name, scopes=[one for one in SCOPES if one in ticked], by=customer_id,
                    customer_id=customer_id, lifetime=LIFETIMES[days],
                )
            )  # fmt: skip
        except Rejected as error:
            return await self._show(visit, problem=error, name=name)
        return await self._show(visit, secret=secret)

    async def revoke(self, visit: Visit) -> web.Response:
        key, customer_id = visit.request.match_info["id"], visit.customer.id
        await self._database.write(
            lambda c: api_tokens.revoke(c, key, by=customer_id, customer_id=customer_id)
        )
        return see_other(PAGE)

    async def _show(
        self, visit: Visit, *, secret: str = "", problem: Rejected | None = None, name: str = ""
    ) -> web.Response:
        tokens = await self._database.read(lambda c: api_tokens.of_customer(c, visit.customer.id))
        return self._pages.page(
            visit,
            "tokens.html",
            status=problem.status if problem else HTTPStatus.OK,
            tokens=tokens,
            secret=secret,
            problem=problem.detail if problem else "",
            given=name,
            base=ABOUT.base,
        )
