"""The portal as the hub sees it: its doors, and what becomes of an answer that is sent there."""

from collections.abc import Sequence

import structlog

from connectors.portal.account import Account
from connectors.portal.api import PortalApi
from connectors.portal.bills import Bills
from connectors.portal.colleagues import PAGE as PEOPLE
from connectors.portal.colleagues import Colleagues
from connectors.portal.guard import Guard
from connectors.portal.mailing import Mailing
from connectors.portal.orders import Orders
from connectors.portal.pages import Pages
from connectors.portal.requests import Requests
from connectors.portal.settings import PortalSettings
from connectors.portal.sign_in import BACK, SignIn
from connectors.portal.tokens import TokenPages
from connectors.portal.writing import Writing
from hub.api.files import Files
from hub.connector import Committing, ConnectorContext, Finding, OutgoingMessage, SendResult
from hub.errors import LoketError
from hub.http import Route
from hub.interaction import Channel, DeliveryState
from hub.store import customers
from hub.store.portal_rights import Right
from hub.texts import DEFAULT, Said

log = structlog.get_logger(__name__)


_BESIDE_FILES = 200_000
"""Bytes of a form that are no file."""


class PortalConnector:
    name = "portal"
    sends: Sequence[Channel] = (Channel.PORTAL,)
    problem = ""

    def __init__(self, settings: PortalSettings, context: ConnectorContext) -> None:
        self._settings = settings
        self._context = context
        self._pages = Pages(context.hub.organisation)
        writing = Writing(settings, context)
        self._requests = Requests(writing, context, self._pages)
        self._colleagues = Colleagues(settings, context, self._pages)
        self._bills = Bills(context, self._pages)
        self._api = PortalApi(
            context,
            writing,
            self._colleagues,
            self._pages.texts,
            Files(context.blobs, context.workers, context.tokens, settings.file_bytes),
            per_minute=settings.api_requests_per_minute,
        )
        self._tokens = TokenPages(context, self._pages)
        self._guard = Guard(
            context.database,
            self._pages,
            context.tokens,
            context.hub.http.public_url,
            self._requests.trouble,
        )
        self._mailing = Mailing(settings, context)
        self._sign_in = SignIn(settings, context, self._pages, self._guard)
        self._account = Account(context, self._pages)
        self._orders = Orders(context, self._pages)

    def routes(self) -> Sequence[Route]:
        guests, customer = self._guard.for_all, self._guard.for_customers
        signing, account = self._sign_in, self._account
        requests, orders, colleagues = self._requests, self._orders, self._colleagues
        one, order = "/portal/requests/{id}", "/portal/orders/{id}"
        limit = self._settings.file_bytes + _BESIDE_FILES
        return [
            *self._pages.routes(),
            *self._api.routes(),
            Route("GET", "/portal/sign-in", guests(signing.form)),
            Route("POST", "/portal/sign-in", guests(signing.ask)),
            Route("GET", "/portal/code", guests(signing.code_form)),
            Route("POST", "/portal/code", guests(signing.code)),
            Route("GET", "/portal/link/{link}", guests(signing.link_form)),
            Route("POST", "/portal/link/{link}", guests(signing.link)),
            Route("GET", "/portal/sign-in/oidc", guests(signing.to_provider)),
            Route("GET", BACK, guests(signing.from_provider)),
            Route("POST", "/portal/sign-out", customer(signing.sign_out)),
            Route("GET", "/portal", customer(account.home)),
            Route("GET", "/portal/requests", customer(requests.index)),
            Route("GET", "/portal/requests/new", customer(requests.new)),
            Route("POST", "/portal/requests/new", customer(requests.begin), body_limit=limit),
            Route("GET", one, customer(requests.show)),
            Route("POST", one, customer(requests.go_on), body_limit=limit),
            Route("GET", "/portal/files/{id}", customer(requests.file)),
            Route("GET", "/portal/orders", customer(orders.index)),
            Route("GET", "/portal/orders/new/{id}", customer(orders.new)),
            Route("POST", "/portal/orders/new/{id}", customer(orders.place)),
            Route("GET", order, customer(orders.show)),
            Route("POST", order + "/cancel", customer(orders.cancel)),
            Route("POST", order + "/prefer", customer(orders.prefer)),
            Route("GET", "/portal/invoices", customer(self._bills.index)),
            Route("GET", PEOPLE, customer(colleagues.page, Right.MANAGE)),
            Route("POST", PEOPLE, customer(colleagues.invite, Right.MANAGE)),
            Route("POST", PEOPLE + "/{id}", customer(colleagues.change, Right.MANAGE)),
            Route("POST", PEOPLE + "/{id}/remove", customer(colleagues.remove, Right.MANAGE)),
            Route("POST", PEOPLE + "/{id}/withdraw", customer(colleagues.withdraw, Right.MANAGE)),
            Route("POST", "/portal/invitations/{id}", customer(colleagues.answer)),
            Route("GET", "/portal/details", customer(account.details)),
            Route("POST", "/portal/details", customer(account.choose)),
            Route("POST", "/portal/sessions/{id}/end", customer(account.end_session)),
            Route("GET", "/portal/tokens", customer(self._tokens.page)),
            Route("POST", "/portal/tokens", customer(self._tokens.make)),
            Route("POST", "/portal/tokens/{id}/revoke", customer(self._tokens.revoke)),
            Route("GET", "/portal/my-data.json", customer(account.download)),
            Route("POST", "/portal/erase", customer(requests.ask_to_erase)),
        ]

    async def start(self) -> None:
        """Nothing to start: customers come by themselves."""

    async def stop(self) -> None:
        await self._sign_in.finish()

    async def send(
        self,
        message: OutgoingMessage,
        committing: Committing,  # noqa: ARG002 (the store has it: a crash leaves no doubt)
    ) -> SendResult:
        """It is in the portal already; the customer is told by mail that there is something."""
        await self._tell(message)
        return SendResult(DeliveryState.WAITING)

    async def check(self) -> Sequence[Finding]:
        account, provider = await self._mailing.account(), await self._sign_in.check()
        if account:
            what = Said("codes are mailed from {address}", address=account)
            return [Finding(Said("portal"), ok=True, what=what), *provider]
        hint = Said("Set up [connectors.email] with an account, or add a mailbox in the console.")
        what = Said("no code can be mailed")
        return [Finding(Said("portal"), ok=False, what=what, hint=hint), *provider]

    async def _tell(self, message: OutgoingMessage) -> None:
        """Without what the answer says: mail is read by more people than the portal."""
        interaction = message.interaction
        who = await self._context.database.read(
            lambda c: customers.customer(c, interaction.customer_id)
        )
        address = next((p.value for p in who.points if p.kind == "email" and p.verified), "")
        if not address or not await self._mailing.account():
            return
        texts = self._pages.texts.get(who.language, self._pages.texts[DEFAULT])
        organisation = self._context.hub.organisation
        url = f"{self._context.hub.http.public_url}/portal/requests/{interaction.conversation_id}"
        subject = texts("{organisation} has answered you", organisation=organisation)
        text = texts("There is an answer to your request. Read it here:\n{url}", url=url)
        try:
            await self._mailing.send(address, subject, text)
        except LoketError as error:
            log.warning("portal.not_told", reason=str(error))
