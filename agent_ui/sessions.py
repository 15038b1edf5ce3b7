"""Signing in and out: passwords, cookies, and whose request this is."""

import asyncio
import hashlib
import hmac
from datetime import timedelta
from urllib.parse import urlsplit

from aiohttp import web

from agent_ui.attempts import Attempts
from agent_ui.context import ConsoleContext
from agent_ui.texts import LANGUAGES
from hub import clock
from hub.store import agents, sessions
from hub.store.agents import Agent

LANGUAGE_COOKIE = "loket_language"
_LANGUAGE_SECONDS = 365 * 24 * 3600
# Each check takes 64 MB: more at once than this would be a way to fill the memory.
_CHECKS_AT_ONCE = 2


class TooManyTries(Exception):
    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"wait {wait}")
        self.minutes = max(1, -(-int(wait.total_seconds()) // 60))


class Sessions:
    """Server-side sessions behind one cookie that scripts cannot read."""

    def __init__(self, context: ConsoleContext) -> None:
        settings = context.settings
        self._database = context.database
        self._lifetime = timedelta(hours=settings.session_hours)
        pause = timedelta(minutes=settings.sign_in_pause_minutes)
        self._attempts = Attempts(settings.sign_in_tries, pause)
        self._secure = urlsplit(context.hub.http.public_url).scheme == "https"
        self.cookie = "__Host-loket" if self._secure else "loket_session"
        self._checks = asyncio.Semaphore(_CHECKS_AT_ONCE)
        # Checked for a login that does not exist, so that the answer takes as long.
        self._nobody = agents.hash_password(clock.new_secret())

    async def sign_in(self, login: str, password: str, address: str) -> str | None:
        """The token of a new session; None when login or password is wrong."""
        key = f"{agents.canonical_login(login)[:200]} {address}"
        if wait := self._attempts.wait(key, clock.now()):
            raise TooManyTries(wait)
        found = await self._database.read(lambda c: agents.find_by_login(c, login))
        agent, password_hash = found or (None, self._nobody)
        # Counted before the check: tries that come at the same time must not slip through.
        self._attempts.failed(key, clock.now())
        fits = await self._fits(password_hash, password)
        if agent is None or not fits:
            return None
        self._attempts.succeeded(key)
        agent_id = agent.id
        return await self._database.write(lambda c: sessions.begin(c, agent_id, self._lifetime))

    async def _fits(self, password_hash: str, password: str) -> bool:
        async with self._checks:
            return await asyncio.to_thread(
                agents.password_fits, password_hash, password[: agents.LONGEST_PASSWORD]
            )

    async def agent_of(self, token: str) -> Agent | None:
        if not token:
            return None
        hashed = sessions.token_hash(token)
        return await self._database.read(lambda c: sessions.find(c, hashed))

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
