"""Stands before every view: who is it, is the form ours, and what if it goes wrong."""

import hmac
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from connectors.portal.member import member
from connectors.portal.pages import Pages
from connectors.portal.visit import (
    BROWSER_COOKIE,
    FORM_TOKEN,
    KNOWN_COOKIE,
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    Guest,
    Visit,
)
from hub import clock
from hub.errors import Rejected, Retry
from hub.http import Handler, close_files, field_of, form_of, host_of
from hub.store import Database, portal_sign_in
from hub.store.inserting import digest
from hub.store.portal_rights import Right
from hub.texts import preferred
from hub.tokens import Tokens

log = structlog.get_logger(__name__)

GuestView = Callable[[Guest], Awaitable[web.StreamResponse]]
CustomerView = Callable[[Visit], Awaitable[web.StreamResponse]]
Trouble = Callable[[Visit, str], Awaitable[None]]

SIGN_IN = "/portal/sign-in"
_FORM = "portal form"
_KNOWN = "portal known"
_SAFE = ("GET", "HEAD")
_YEAR = 365 * 24 * 3600
_SEEN_EVERY = 60.0


class Guard:
    """`trouble` is told when a page failed a customer, with the id under which it was logged."""

    def __init__(
        self, database: Database, pages: Pages, tokens: Tokens, public_url: str, trouble: Trouble
    ) -> None:
        self._database = database
        self._pages = pages
        self._tokens = tokens
        self._host = urlsplit(public_url).netloc
        self._secure = urlsplit(public_url).scheme == "https"
        self._trouble = trouble

    def for_all(self, view: GuestView) -> Handler:
        async def handler(request: web.Request) -> web.StreamResponse:
            guest = self._guest(request)
            answer = await self._answer(guest, lambda: self._checked(guest, view))
            return self._with_browser(request, guest, answer)

        return handler

    def for_customers(self, view: CustomerView, right: Right | None = None) -> Handler:
        """`right`: what they must be allowed to do for their organisation."""

        async def handler(request: web.Request) -> web.StreamResponse:
            guest = self._guest(request)

            async def work() -> web.StreamResponse:
                visit = await self._visit(guest)
                if visit is None:
                    return see_other(SIGN_IN)
                if right is not None:
                    visit.member.must(right)
                return await self._for_customer(visit, view)

            try:
                answer = await self._answer(guest, work)
            finally:
                close_files(request)
            return self._with_browser(request, guest, answer)

        return handler

    def keep(self, response: web.StreamResponse, name: str, value: str, seconds: int) -> None:
        """Set a cookie of ours."""
        response.set_cookie(
            name, value, max_age=seconds, httponly=True, samesite="Lax", secure=self._secure,
            path="/portal",
        )  # fmt: skip

    def remember(self, response: web.StreamResponse, guest: Guest, address: str) -> None:
        """That this browser signed in as this address."""
        proof = self._tokens.sign(_KNOWN, digest(guest.browser, address))
        self.keep(response, KNOWN_COOKIE, proof, _YEAR)

    def is_known(self, guest: Guest, address: str) -> bool:
        """Whether it did, the last time."""
        proof = self._tokens.verify(_KNOWN, _cookie(guest.request, KNOWN_COOKIE))
        return proof == digest(guest.browser, address)

    def _guest(self, request: web.Request) -> Guest:
        browser = _cookie(request, BROWSER_COOKIE) or clock.new_secret()
        language = preferred(
            request.query.get("language", ""),
            _cookie(request, LANGUAGE_COOKIE),
            accept=request.headers.get("Accept-Language", ""),
        )
        return Guest(request, self._pages.texts[language], browser, self._form_token(browser))

    def _form_token(self, of: str) -> str:
        return self._tokens.sign(_FORM, of)

    async def _visit(self, guest: Guest) -> Visit | None:
        token = _cookie(guest.request, SESSION_COOKIE)
        if not token:
            return None
        session = await self._database.read(lambda c: portal_sign_in.find(c, token))
        if session is None:
            return None
        if (clock.now() - session.seen_at).total_seconds() > _SEEN_EVERY:
            await self._database.write(lambda c: portal_sign_in.seen(c, session.id))
        who = await self._database.read(lambda c: member(c, session.customer_id))
        return Visit(
            guest.request, guest.texts, guest.browser, self._form_token(session.id), session, who
        )

    async def _for_customer(self, visit: Visit, view: CustomerView) -> web.StreamResponse:
        try:
            return await self._checked(visit, view)
        except (Rejected, Retry, web.HTTPException):
            raise
        except Exception:
            where = clock.new_id()
            log.exception("portal.failed", path=visit.request.path, id=where)
            await self._trouble(visit, where)
            return self._refusal(visit, HTTPStatus.INTERNAL_SERVER_ERROR, where=where)

    async def _checked(
        self, guest: Guest, view: Callable[..., Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if guest.request.method not in _SAFE:
            await self._refuse_foreign(guest)
        return await view(guest)

    async def _refuse_foreign(self, guest: Guest) -> None:
        """A form that another site sends. Raises Rejected."""
        request = guest.request
        origin = request.headers.get("Origin")
        foreign = origin is not None and host_of(origin) not in (self._host, request.host)
        sent = field_of(await form_of(request), FORM_TOKEN)
        if foreign or not hmac.compare_digest(sent.encode(), guest.form_token.encode()):
            raise Rejected(
                "form", "This form is too old. Load the page again.", status=HTTPStatus.FORBIDDEN
            )

    async def _answer(
        self, guest: Guest, work: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        try:
            return await work()
        except Rejected as error:
            return self._refusal(guest, error.status, error.detail)
        except Retry:
            return self._refusal(guest, HTTPStatus.SERVICE_UNAVAILABLE)
        except web.HTTPException as error:
            if error.status < HTTPStatus.BAD_REQUEST:
                raise
            return self._refusal(guest, error.status)

    def _refusal(
        self, guest: Guest, status: int, detail: str = "", *, where: str = ""
    ) -> web.Response:
        return self._pages.page(
            guest, "refusal.html", status=status, code=status, detail=detail, where=where
        )

    def _with_browser(
        self, request: web.Request, guest: Guest, answer: web.StreamResponse
    ) -> web.StreamResponse:
        if _cookie(request, BROWSER_COOKIE) != guest.browser:
            self.keep(answer, BROWSER_COOKIE, guest.browser, _YEAR)
        if request.query.get("language") == guest.texts.language:
            self.keep(answer, LANGUAGE_COOKIE, guest.texts.language, _YEAR)
        return answer


def _cookie(request: web.Request, name: str) -> str:
    """Empty when it is missing, or is none of ours: those are plain text."""
    value = request.cookies.get(name, "")
    return value if value.isascii() else ""


def see_other(path: str) -> web.Response:
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})
