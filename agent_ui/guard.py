"""Stands before every view: who is it, is the request theirs, and what if it goes wrong."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import web

from agent_ui import words
from agent_ui.pages import Pages
from agent_ui.sessions import LANGUAGE_COOKIE, Sessions, is_form_token
from agent_ui.texts import Texts, preferred, texts_for
from agent_ui.visit import FORM_TOKEN, Guest, Visit
from agent_ui.workshop.seat import Seat, Seats
from hub.errors import Rejected, Retry
from hub.http import Handler, close_files, host_of
from hub.store.agents import Agent

log = structlog.get_logger(__name__)

GuestView = Callable[[Guest], Awaitable[web.StreamResponse]]
AgentView = Callable[[Visit], Awaitable[web.StreamResponse]]

SeatView = Callable[[Seat], Awaitable[web.StreamResponse]]

SIGN_IN = "/console/sign-in"
JOIN = "/console/join"
_SAFE = frozenset({"GET", "HEAD"})


class Audience(StrEnum):
    """Who may come in by a door."""

    EVERYONE = "everyone"
    AGENTS = "agents"
    SUPERVISORS = "supervisors"
    ADMINISTRATORS = "administrators"
    SEATS = "seats"
    """Who takes part in a five-step session."""
    LEADERS = "leaders"


class Guard:
    """`audiences`: who may come in by each door that was made here."""

    def __init__(self, sessions: Sessions, pages: Pages, public_url: str) -> None:
        self._sessions = sessions
        self._pages = pages
        self._host = urlsplit(public_url).netloc
        self.audiences: dict[Handler, Audience] = {}

    def for_all(self, view: GuestView) -> Handler:
        """A view that needs no sign-in."""

        async def handler(request: web.Request) -> web.StreamResponse:
            guest = Guest(request, _texts(request, None))
            return await self._answer(guest, lambda: self._for_guest(guest, view))

        return self._made(handler, Audience.EVERYONE)

    def for_agents(self, view: AgentView) -> Handler:
        """A view for signed-in agents only."""

        async def handler(request: web.Request) -> web.StreamResponse:
            guest = Guest(request, _texts(request, None))
            return await self._answer(guest, lambda: self._for_agent(guest, view))

        return self._made(handler, Audience.AGENTS)

    def for_administrators(self, view: AgentView) -> Handler:
        """A view for signed-in administrators only."""

        async def checked(visit: Visit) -> web.StreamResponse:
            if not visit.known.administrator:
                raise _not_administrator()
            return await view(visit)

        return self._made(self.for_agents(checked), Audience.ADMINISTRATORS)

    def for_supervisors(self, view: AgentView) -> Handler:
        """A view for who oversees the work of everybody: supervisors, and administrators."""

        async def checked(visit: Visit) -> web.StreamResponse:
            if not visit.known.oversees:
                detail = "Only a supervisor can do this."
                raise Rejected("not_supervisor", detail, status=HTTPStatus.FORBIDDEN)
            return await view(visit)

        return self._made(self.for_agents(checked), Audience.SUPERVISORS)

    def for_seats(self, seats: Seats, view: SeatView, *, waiting: bool = False) -> Handler:
        """A view for who takes part in a session; with `waiting`, also for guests who wait."""

        async def handler(request: web.Request) -> web.StreamResponse:
            guest = Guest(request, _texts(request, None))
            return await self._answer(guest, lambda: self._for_seat(guest, seats, view, waiting))

        return self._made(handler, Audience.SEATS)

    def for_leaders(self, seats: Seats, view: SeatView) -> Handler:
        """A view for who may lead a session."""

        async def checked(seat: Seat) -> web.StreamResponse:
            if not seat.leads:
                raise _not_administrator()
            return await view(seat)

        return self._made(self.for_seats(seats, checked), Audience.LEADERS)

    def _made(self, handler: Handler, audience: Audience) -> Handler:
        self.audiences[handler] = audience
        return handler

    async def _for_guest(self, guest: Guest, view: GuestView) -> web.StreamResponse:
        if self._is_foreign(guest.request):
            return self._pages.refusal(guest, HTTPStatus.FORBIDDEN)
        return await view(guest)

    async def _for_agent(self, guest: Guest, view: AgentView) -> web.StreamResponse:
        request = guest.request
        token = request.cookies.get(self._sessions.cookie, "")
        agent = await self._sessions.agent_of(token)
        if agent is None:
            return self._signed_out(guest)
        visit = Visit(request, _texts(request, agent), agent, token)
        try:
            if self._is_foreign(request) or not await _has_form_token(visit):
                return self._pages.refusal(visit, HTTPStatus.FORBIDDEN)
            return await self._answer(visit, lambda: view(visit))
        finally:
            close_files(request)

    async def _for_seat(
        self, guest: Guest, seats: Seats, view: SeatView, waiting: bool
    ) -> web.StreamResponse:
        request = guest.request
        token = request.cookies.get(self._sessions.cookie, "")
        seat = await seats.find(guest, await self._sessions.agent_of(token), token)
        if seat is None:
            return self._signed_out(guest, JOIN)
        has_token = await _has_form_token(seat)
        if self._is_foreign(request) or not has_token or not (seat.is_in or waiting):
            return self._pages.refusal(seat, HTTPStatus.FORBIDDEN)
        return await self._answer(seat, lambda: view(seat))

    def _signed_out(self, guest: Guest, door: str = SIGN_IN) -> web.StreamResponse:
        if guest.wants_part or guest.request.method not in _SAFE:
            return self._pages.refusal(guest, HTTPStatus.UNAUTHORIZED)
        back = quote(guest.request.path_qs, safe="")
        response = web.Response(status=HTTPStatus.SEE_OTHER)
        response.headers["Location"] = f"{door}?next={back}"
        return response

    def _is_foreign(self, request: web.Request) -> bool:
        """Whether another site's page sent this (CSRF)."""
        if request.method in _SAFE:
            return False
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site != "same-origin"
        origin = request.headers.get("Origin")
        return origin is not None and host_of(origin) not in (self._host, request.host)

    async def _answer(
        self, visit: Guest, view: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        try:
            return await view()
        except Rejected as error:
            detail = words.reason(visit.texts, error)
            return self._pages.refusal(visit, error.status, detail, code=error.code)
        except Retry as error:
            headers = {"Retry-After": str(round(error.after or 5))}
            return self._pages.refusal(visit, HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)
        except web.HTTPException as error:
            if error.status < HTTPStatus.BAD_REQUEST:
                raise
            return self._pages.refusal(visit, error.status)
        except Exception:
            log.exception("console.failed", method=visit.request.method, path=visit.request.path)
            return self._pages.refusal(visit, HTTPStatus.INTERNAL_SERVER_ERROR)


def _not_administrator() -> Rejected:
    detail = "Only an administrator can do this."
    return Rejected("not_administrator", detail, status=HTTPStatus.FORBIDDEN)


def _texts(request: web.Request, agent: Agent | None) -> Texts:
    chosen = agent.language if agent else ""
    cookie = request.cookies.get(LANGUAGE_COOKIE, "")
    return texts_for(preferred(chosen, cookie, accept=request.headers.get("Accept-Language", "")))


async def _has_form_token(visit: Visit | Seat) -> bool:
    if visit.request.method in _SAFE:
        return True
    return is_form_token(visit.token, await visit.field(FORM_TOKEN))
