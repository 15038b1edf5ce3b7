"""Signing in and out: passwords, cookies, and whose request this is."""

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.attempts import Attempt, Attempts, succeeded
from agent_ui.context import ConsoleContext
from agent_ui.password_checks import PasswordChecks
from agent_ui.texts import LANGUAGES
from hub.store import agents, sessions
from hub.store.agents import Agent

LANGUAGE_COOKIE = "loket_language"
_LANGUAGE_SECONDS = 365 * 24 * 3600


class Sessions:
    """Server-side sessions behind one cookie that scripts cannot read."""

    def __init__(self, context: ConsoleContext) -> None:
        settings = context.settings
        self._database = context.database
        self._lifetime = timedelta(hours=settings.session_hours)
        self._attempts = Attempts(context.database, settings)
        self._checks = PasswordChecks()
        self._supervisor_roles = context.supervisor_roles
        self._secure = urlsplit(context.hub.http.public_url).scheme == "https"
        self.cookie = "__Host-loket" if self._secure else "loket_session"
        self.guest_cookie = "__Host-loket_guest" if self._secure else "loket_guest"
        self._nobody = agents.hash_of_nobody()

    async def sign_in(self, login: str, password: str, address: str) -> str | None:
        """The token of a new session; None when login or password is wrong.

        Raises TooManyTries, and Retry when more people sign in at once than can be served.
        """
        attempt = await self._attempts.begin(login, address)
        self._checks.refuse_when_full(familiar=attempt.familiar)
        await self._attempts.count(attempt)
        found = await self._database.read(lambda c: agents.find_by_login(c, login))
        agent, password_hash = found or (None, self._nobody)
        fits = await self._checks.fits(password_hash, password, familiar=attempt.familiar)
        if agent is None or not fits:
            return None
        agent_id = agent.id
        return await self._database.write(lambda c: self._begin(c, attempt, agent_id))

    def _begin(self, connection: Connection, attempt: Attempt, agent_id: str) -> str:
        succeeded(connection, attempt)
        return sessions.begin(connection, agent_id, self._lifetime)

    def stop(self) -> None:
        self._checks.stop()

    async def agent_of(self, token: str) -> Agent | None:
        if not token:
            return None
        hashed = sessions.token_hash(token)
        agent = await self._database.read(lambda c: sessions.find(c, hashed))
        if agent is None or agent.roles.isdisjoint(self._supervisor_roles):
            return agent
        return replace(agent, supervisor=True)

    async def sign_out(self, token: str) -> str:
        """End the session; gives its hash, for what else belongs to it."""
        hashed = sessions.token_hash(token)
        await self._database.write(lambda c: sessions.end(c, hashed))
        return hashed

    def set_cookie(self, response: web.StreamResponse, token: str) -> None:
        response.set_cookie(
            self.cookie,
            token,
            max_age=int(self._lifetime.total_seconds()),
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="Lax",
        )

    def set_guest_cookie(self, response: web.StreamResponse, token: str) -> None:
        """Of somebody who takes part in a five-step session without a sign-in. The store says how
        long it opens anything."""
        response.set_cookie(
            self.guest_cookie, token, path="/", httponly=True, secure=self._secure, samesite="Lax"
        )

    def clear_cookie(self, response: web.StreamResponse) -> None:
        response.del_cookie(
            self.cookie, path="/", httponly=True, secure=self._secure, samesite="Lax"
        )

    def remember_language(self, response: web.StreamResponse, language: str) -> None:
        if language in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE,
                language,
                max_age=_LANGUAGE_SECONDS,
                path="/console",
                httponly=True,
                secure=self._secure,
                samesite="Lax",
            )


def form_token(token: str) -> str:
    """The token that this session's forms carry: only who has the cookie can know it."""
    return hmac.digest(token.encode(), b"form", hashlib.sha256).hex()
