"""Signing in at the organisation's identity provider, and coming back from there."""

from http import HTTPStatus

import structlog
from aiohttp import web

from agent_ui.attempts import TooManyTries
from agent_ui.context import ConsoleContext
from agent_ui.sessions import Sessions
from agent_ui.texts import N_
from agent_ui.views.sign_in import SignInViews, let_in, see_other, too_many
from agent_ui.visit import Guest
from agent_ui.words import reason
from hub.errors import Rejected, Retry, Unavailable
from hub.oidc.signing_in import Returned, SigningIn

log = structlog.get_logger(__name__)

BACK = "/console/sign-in/oidc/back"
_NOBODY = N_("No agent has the mail address {address}. Ask who manages the people here.")


class OidcViews:
    """`/console/sign-in/oidc` is a link and no form: a form's policy would stop at the provider."""

    def __init__(self, context: ConsoleContext, sessions: Sessions, sign_in: SignInViews) -> None:
        settings = context.settings.oidc
        self._sessions = sessions
        self._sign_in = sign_in
        self._oidc = (
            None
            if settings is None
            else SigningIn(
                settings,
                context.tokens,
                context.database,
                back=context.hub.http.public_url.rstrip("/") + BACK,
                place="console",
            )
        )

    async def begin(self, guest: Guest) -> web.StreamResponse:
        try:
            begun = await self._used().begin(
                guest.request.query.get("next", ""), other="other" in guest.request.query
            )
        except (Retry, Unavailable) as error:
            return self._away(guest, error)
        response = see_other(begun.address)
        self._sessions.set_oidc_cookie(response, begun.cookie)
        return response

    async def back(self, guest: Guest) -> web.StreamResponse:
        oidc, address = self._used(), guest.request.remote or ""
        cookie = guest.request.cookies.get(self._sessions.oidc_cookie, "")
        returned = None
        try:
            counted = await self._sessions.attempts.begin_from(address)
            returned = await oidc.finish(guest.request.query, cookie)
            entered = await self._sessions.sign_in_as(returned.identity)
            await self._sessions.attempts.succeeded_from(counted)
        except TooManyTries as error:
            response = self._refused(guest, too_many(guest, error), HTTPStatus.TOO_MANY_REQUESTS)
        except Rejected as error:
            log.warning("oidc.refused", code=error.code, detail=error.detail)
            response = self._refused(guest, _why(guest, error, returned), error.status)
        except (Retry, Unavailable) as error:
            response = self._away(guest, error)
        else:
            response = let_in(self._sessions, entered, returned.after)
        self._sessions.clear_oidc_cookie(response)
        return response

    def _used(self) -> SigningIn:
        if self._oidc is None:
            raise web.HTTPNotFound
        return self._oidc

    def _away(self, guest: Guest, error: Exception) -> web.Response:
        log.error("oidc.away", detail=str(error))
        problem = guest.texts("The sign-in service does not answer as it should. Try again later.")
        return self._refused(guest, problem, HTTPStatus.SERVICE_UNAVAILABLE)

    def _refused(self, guest: Guest, problem: str, status: int) -> web.Response:
        there = "other" if status == HTTPStatus.FORBIDDEN else "again"
        return self._sign_in.show(guest, after="", problem=problem, status=status, there=there)


def _why(guest: Guest, error: Rejected, returned: Returned | None) -> str:
    """Who has several accounts there reads which of them it was."""
    if error.code == "oidc_nobody" and returned and returned.identity.address:
        return guest.texts(_NOBODY, address=returned.identity.address)
    return reason(guest.texts, error)
