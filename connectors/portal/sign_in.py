"""Signing in: by a code or a link that was mailed; the same is said whether we know the address."""

import asyncio
from datetime import timedelta
from http import HTTPStatus

import structlog
from aiohttp import web
from yarl import URL

from connectors.portal.guard import Guard, see_other
from connectors.portal.pages import Pages
from connectors.portal.settings import PortalSettings
from connectors.portal.visit import SESSION_COOKIE, Guest, Visit
from hub.addresses import one_client
from hub.connector import ConnectorContext
from hub.errors import LoketError, Rejected
from hub.interaction import Channel
from hub.limits import Buckets
from hub.passing import passing_mail
from hub.store import portal_sign_in
from hub.store.portal_sign_in import Made
from hub.texts import Texts

log = structlog.get_logger(__name__)

_LONGEST_ADDRESS = 254
_LONGEST_CODE = 20
HOME = "/portal"
CODE = "/portal/code"


class SignIn:
    def __init__(
        self, settings: PortalSettings, context: ConnectorContext, pages: Pages, guard: Guard
    ) -> None:
        self._settings = settings
        self._context = context
        self._pages = pages
        self._guard = guard
        self._asks = Buckets(settings.asks_per_minute)
        self._mails: set[asyncio.Task[None]] = set()

    async def form(self, guest: Guest) -> web.Response:
        return self._pages.page(guest, "sign_in.html", problem="")

    async def ask(self, guest: Guest) -> web.Response:
        """Mail a code, if the address is a customer's. What is said is the same for everybody."""
        self._limit(guest)
        sent = (await guest.field("address")).strip()
        address = sent.lower()
        if not _looks_right(address):
            problem = guest.texts("Write a mail address, like name@example.org.")
            return self._pages.page(
                guest, "sign_in.html", status=HTTPStatus.UNPROCESSABLE_ENTITY, problem=problem
            )
        known = self._guard.is_known(guest, address)
        made = await self._context.database.write(
            lambda c: portal_sign_in.ask(c, address, guest.browser, is_known=known)
        )
        if made is not None and made.customer_id is not None:
            # Behind the answer, so that the time it takes says nothing either.
            task = asyncio.create_task(self._mail(address, made, guest.texts))
            self._mails.add(task)
            task.add_done_callback(self._mails.discard)
        return see_other(CODE)

    async def code_form(self, guest: Guest) -> web.Response:
        return self._pages.page(guest, "code.html", problem="")

    async def code(self, guest: Guest) -> web.Response:
        self._limit(guest)
        sent = (await guest.field("code"))[:_LONGEST_CODE]
        code = "".join(sign for sign in sent if sign.isascii() and sign.isdigit())
        address = await self._context.database.write(
            lambda c: portal_sign_in.redeem_code(c, guest.browser, code)
        )
        if address is None:
            problem = guest.texts(
                "This code is not good, or not any more. Look at the newest mail, or ask again."
            )
            return self._pages.page(
                guest, "code.html", status=HTTPStatus.UNPROCESSABLE_ENTITY, problem=problem
            )
        return await self._begin(guest, address)

    async def link_form(self, guest: Guest) -> web.Response:
        """A page with a button: programs that open every link in a mail sign in nobody."""
        return self._pages.page(guest, "link.html", link=guest.request.match_info["link"])

    async def link(self, guest: Guest) -> web.Response:
        self._limit(guest)
        link = guest.request.match_info["link"]
        address = await self._context.database.write(
            lambda c: portal_sign_in.redeem_link(c, guest.browser, link)
        )
        if address is None:
            problem = guest.texts(
                "This link was used, is too old, or belongs to another browser. Type the code."
            )
            return self._pages.page(
                guest, "code.html", status=HTTPStatus.UNPROCESSABLE_ENTITY, problem=problem
            )
        return await self._begin(guest, address)

    async def sign_out(self, visit: Visit) -> web.Response:
        await self._context.database.write(
            lambda c: portal_sign_in.end(c, visit.customer.id, visit.session.id)
        )
        answer = see_other("/portal/sign-in")
        answer.del_cookie(SESSION_COOKIE, path="/portal")
        return answer

    async def finish(self) -> None:
        """Let mails that are on their way go out."""
        await asyncio.gather(*self._mails, return_exceptions=True)

    async def _begin(self, guest: Guest, address: str) -> web.Response:
        lifetime = timedelta(days=self._settings.session_days)
        token = await self._context.database.write(
            lambda c: portal_sign_in.begin(
                c, address, lifetime=lifetime, browser=guest.request.headers.get("User-Agent", "")
            )
        )
        if token is None:
            return see_other("/portal/sign-in")
        answer = see_other(HOME)
        self._guard.keep(answer, SESSION_COOKIE, token, int(lifetime.total_seconds()))
        self._guard.remember(answer, guest, address)
        return answer

    async def _mail(self, address: str, made: Made, texts: Texts) -> None:
        account = self._settings.mail_account or self._context.default_accounts.get(
            Channel.EMAIL, ""
        )
        url = URL(self._context.hub.http.public_url) / "portal" / "link" / made.link
        organisation = self._context.hub.organisation
        subject = texts("{code} is your code for {organisation}", code=made.code,
                        organisation=organisation)  # fmt: skip
        text = texts(
            "Your code is {code}. It is good for ten minutes, once, in the browser in which you "
            "asked for it.\n\nOr press the button on this page:\n{url}\n\nDid you not ask for "
            "this? Then you need not do anything: without the code nobody gets in.",
            code=made.code,
            url=url,
        )
        try:
            await self._context.pass_on(passing_mail(account, address, subject, text))
        except LoketError as error:
            log.error("portal.code_not_sent", reason=str(error))  # noqa: TRY400 (a known state)

    def _limit(self, guest: Guest) -> None:
        key = one_client(guest.request.remote or "")
        if wait := self._asks.take(key, asyncio.get_running_loop().time()):
            raise Rejected("too_often", "Too many tries. Wait a minute.", status=429, after=wait)


def _looks_right(address: str) -> bool:
    local, _, host = address.rpartition("@")
    return bool(local and "." in host and len(address) <= _LONGEST_ADDRESS and address.isprintable()
                and " " not in address)  # fmt: skip
