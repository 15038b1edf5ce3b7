"""Signing in: by a code or a link that was mailed, or at an identity provider. Who only typed an
address is told the same whether we know it or not."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus

import structlog
from aiohttp import web
from yarl import URL

from connectors.portal.guard import Guard, see_other
from connectors.portal.mailing import Mailing
from connectors.portal.pages import Pages
from connectors.portal.settings import PortalSettings
from connectors.portal.visit import OIDC_COOKIE, SESSION_COOKIE, Guest, Visit
from hub.addresses import one_client
from hub.connector import ConnectorContext, Finding
from hub.errors import LoketError, Rejected, Retry, Unavailable
from hub.oidc.checking import check
from hub.oidc.signing_in import LASTS, SigningIn
from hub.shared_limits import SharedBuckets
from hub.store import portal_sign_in
from hub.store.portal_sign_in import Made
from hub.texts import Said, Texts

log = structlog.get_logger(__name__)

_LONGEST_ADDRESS = 254
_LONGEST_CODE = 20
HOME = "/portal"
CODE = "/portal/code"
BACK = "/portal/sign-in/oidc/back"


class SignIn:
    def __init__(
        self, settings: PortalSettings, context: ConnectorContext, pages: Pages, guard: Guard
    ) -> None:
        self._settings = settings
        self._context = context
        self._mailing = Mailing(settings, context)
        self._pages = pages
        self._guard = guard
        self._asks = SharedBuckets(context.database, "portal asks", settings.asks_per_minute)
        self._oidc = (
            None
            if settings.oidc is None
            else SigningIn(
                settings.oidc,
                context.tokens,
                context.database,
                back=context.hub.http.public_url.rstrip("/") + BACK,
                place="portal",
            )
        )
        self._mails: set[asyncio.Task[None]] = set()

    async def form(self, guest: Guest) -> web.Response:
        return self._form(guest)

    async def ask(self, guest: Guest) -> web.Response:
        """Mail a code, if the address is a customer's. What is said is the same for everybody."""
        await self._limit(guest)
        sent = (await guest.field("address")).strip()
        address = sent.lower()
        if not looks_right(address):
            problem = guest.texts("Write a mail address, like name@example.org.")
            return self._form(guest, problem, HTTPStatus.UNPROCESSABLE_ENTITY)
        known = self._guard.is_known(guest, address)
        made = await self._context.database.write(
            lambda c: portal_sign_in.ask(c, address, guest.browser, is_known=known)
        )
        if made is not None and made.is_known:
            # Behind the answer, so that the time it takes says nothing either.
            task = asyncio.create_task(self._mail(address, made, guest.texts))
            self._mails.add(task)
            task.add_done_callback(self._mails.discard)
        return see_other(CODE)

    async def code_form(self, guest: Guest) -> web.Response:
        return await self._code_page(guest)

    async def code(self, guest: Guest) -> web.Response:
        await self._limit(guest)
        sent = (await guest.field("code"))[:_LONGEST_CODE]
        code = "".join(sign for sign in sent if sign.isascii() and sign.isdigit())
        address = await self._context.database.write(
            lambda c: portal_sign_in.redeem_code(c, guest.browser, code)
        )
        if address is None:
            problem = guest.texts(
                "This code is not good, or not any more. Look at the newest mail, or ask again."
            )
            return await self._code_page(guest, problem)
        return await self._begin(guest, address)

    async def link_form(self, guest: Guest) -> web.Response:
        """A page with a button: programs that open every link in a mail sign in nobody."""
        return self._pages.page(guest, "link.html", link=guest.request.match_info["link"])

    async def link(self, guest: Guest) -> web.Response:
        await self._limit(guest)
        link = guest.request.match_info["link"]
        address = await self._context.database.write(
            lambda c: portal_sign_in.redeem_link(c, guest.browser, link)
        )
        if address is None:
            problem = guest.texts(
                "This link was used, is too old, or belongs to another browser. Type the code."
            )
            return await self._code_page(guest, problem)
        return await self._begin(guest, address)

    async def _code_page(self, guest: Guest, problem: str = "") -> web.Response:
        """With the address as it was typed: who mistyped it waits for nothing."""
        address = await self._context.database.read(
            lambda c: portal_sign_in.asked_for(c, guest.browser)
        )
        status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
        return self._pages.page(guest, "code.html", status=status, problem=problem, address=address)

    async def to_provider(self, guest: Guest) -> web.Response:
        await self._limit(guest)
        try:
            begun = await self._used().begin()
        except (Retry, Unavailable) as error:
            return self._away(guest, error)
        answer = see_other(begun.address)
        self._guard.keep(answer, OIDC_COOKIE, begun.cookie, int(LASTS.total_seconds()))
        return answer

    async def from_provider(self, guest: Guest) -> web.Response:
        """Who comes back with a verified address has shown that it is theirs, as by a code."""
        await self._limit(guest)
        cookie = guest.request.cookies.get(OIDC_COOKIE, "")
        try:
            returned = await self._used().finish(guest.request.query, cookie)
            answer = await self._enter(guest, returned.identity.address)
        except (Retry, Unavailable) as error:
            answer = self._away(guest, error)
        except Rejected as error:
            log.warning("portal.oidc_refused", code=error.code, detail=error.detail)
            problem = guest.texts("You were not signed in there. Try again, or ask for a code.")
            answer = self._form(guest, problem, error.status)
        answer.del_cookie(OIDC_COOKIE, path="/portal")
        return answer

    async def _enter(self, guest: Guest, address: str) -> web.Response:
        if not address:
            problem = guest.texts(
                "Your mail address is not verified there. Ask for a code instead."
            )
            return self._form(guest, problem, HTTPStatus.FORBIDDEN)
        answer = await self._begin(guest, address)
        if answer.headers["Location"] != HOME:
            problem = guest.texts(
                "We know no customer with the address {address}. Write to us first.",
                address=address,
            )
            return self._form(guest, problem, HTTPStatus.FORBIDDEN)
        return answer

    async def check(self) -> Sequence[Finding]:
        """What `loket check` says about the provider."""
        if self._oidc is None:
            return []
        return await check(Said("portal"), self._oidc.settings, self._oidc.back)

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

    def _used(self) -> SigningIn:
        if self._oidc is None:
            raise web.HTTPNotFound
        return self._oidc

    def _away(self, guest: Guest, error: Exception) -> web.Response:
        log.error("portal.oidc_away", detail=str(error))
        problem = guest.texts("That does not work just now. Ask for a code instead.")
        return self._form(guest, problem, HTTPStatus.SERVICE_UNAVAILABLE)

    def _form(self, guest: Guest, problem: str = "", status: int = HTTPStatus.OK) -> web.Response:
        return self._pages.page(
            guest, "sign_in.html", status=status, problem=problem, oidc=self._settings.oidc
        )

    async def _mail(self, address: str, made: Made, texts: Texts) -> None:
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
            await self._mailing.send(address, subject, text)
        except LoketError as error:
            log.error("portal.code_not_sent", reason=str(error))  # noqa: TRY400 (a known state)

    async def _limit(self, guest: Guest) -> None:
        if wait := await self._asks.take(one_client(guest.request.remote or "")):
            raise Rejected("too_often", "Too many tries. Wait a minute.", status=429, after=wait)


def looks_right(address: str) -> bool:
    local, _, host = address.rpartition("@")
    return bool(local and "." in host and len(address) <= _LONGEST_ADDRESS and address.isprintable()
                and " " not in address)  # fmt: skip
