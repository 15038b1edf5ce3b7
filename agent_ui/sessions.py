"""Signing in and out: passwords, cookies, and whose request this is."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.attempts import Attempt, Attempts, TooManyTries, succeeded
from agent_ui.context import ConsoleContext
from agent_ui.password_checks import PasswordChecks
from agent_ui.texts import LANGUAGES
from hub import clock, one_time
from hub.addresses import one_client
from hub.errors import Rejected
from hub.oidc.id_token import Identity
from hub.oidc.signing_in import LASTS
from hub.store import agents, audit, choices, identities, second_factors, sessions, sign_ins
from hub.store.agents import Agent
from hub.store.inserting import digest
from hub.store.second_factors import Factor

LANGUAGE_COOKIE = "loket_language"
_LANGUAGE_SECONDS = 365 * 24 * 3600


_STEP = "second step"
_STEP_LASTS = timedelta(minutes=5)
_LOGIN_TOLD = timedelta(hours=1)
"""So long after a step it still says whose it was, so that they need not type their login."""


@dataclass(frozen=True)
class Entered:
    """It is them. `token`: of the new session; empty where a second step is asked for, which
    goes on with `step`."""

    token: str = ""
    step: str = ""


@dataclass(frozen=True)
class Halfway:
    """Who gave their password and is asked for a code. `factor` is not confirmed where they are to
    set it up first, with `secret`. `begun`: when they gave it."""

    agent: Agent
    factor: Factor
    secret: bytes
    begun: datetime


class Sessions:
    """Server-side sessions behind one cookie that scripts cannot read."""

    def __init__(self, context: ConsoleContext) -> None:
        settings = context.settings
        self._database = context.database
        self._tokens = context.tokens
        self._oidc = settings.oidc
        self._tries = settings.sign_in_tries
        self._pause = timedelta(minutes=settings.sign_in_pause_minutes)
        self._lifetime = timedelta(hours=settings.session_hours)
        self.attempts = Attempts(context.database, settings)
        self._checks = PasswordChecks()
        self._supervisor_roles = context.supervisor_roles
        self._secure = urlsplit(context.hub.http.public_url).scheme == "https"
        self.cookie = "__Host-loket" if self._secure else "loket_session"
        self.step_cookie = "__Host-loket_step" if self._secure else "loket_step"
        self.oidc_cookie = "__Host-loket_oidc" if self._secure else "loket_oidc"
        self.guest_cookie = "__Host-loket_guest" if self._secure else "loket_guest"
        self._nobody = agents.hash_of_nobody()

    async def sign_in(self, login: str, password: str, address: str) -> Entered | None:
        """A new session, or the way to its second step; None when login or password is wrong.

        Raises TooManyTries, Retry when more people sign in at once than can be served, and Rejected
        where passwords open nothing.
        """
        if self._oidc and self._oidc.only:
            raise Rejected("oidc_only", "Passwords are not used here.", status=403)
        attempt = await self.attempts.begin(login, address)
        self._checks.refuse_when_full(familiar=attempt.familiar)
        counts = await self.attempts.count(attempt)
        found = await self._database.read(lambda c: agents.find_by_login(c, login))
        agent, password_hash = found or (None, self._nobody)
        fits = await self._checks.fits(password_hash, password, familiar=attempt.familiar)
        if agent is None or not fits:
            if agent is not None and counts.reached:
                await self._tell_of_lock(agent.id, address)
            return None
        known = agent
        return await self._database.write(lambda c: self._begin(c, attempt, known))

    def _begin(self, connection: Connection, attempt: Attempt, agent: Agent) -> Entered:
        succeeded(connection, attempt)
        return self.enter(connection, agent)

    async def sign_in_as(self, identity: Identity) -> Entered:
        """The same for who signed in at the identity provider. Raises Rejected for nobody."""

        def enter(connection: Connection) -> Entered:
            agent = identities.recognise(connection, identity)
            if self._oidc and not self._oidc.second_step:
                return Entered(token=sessions.begin(connection, agent.id, self._lifetime))
            return self.enter(connection, agent)

        return await self._database.write(enter)

    def enter(self, connection: Connection, agent: Agent) -> Entered:
        """For who has shown that it is them: by a password, or by a link in a mail."""
        factor = second_factors.find(connection, agent.id)
        has_app = factor is not None and factor.confirmed_at is not None
        if has_app or must_have_factor(connection, agent):
            begun, lasts = clock.now(), _STEP_LASTS if has_app else sessions.LONGEST_SIGN_IN
            until = int((begun + lasts).timestamp())
            step = f"{agent.id}:{until}:{_came_by(connection, agent)}:{begun.isoformat()}"
            return Entered(step=self._tokens.sign(_STEP, step))
        return Entered(token=sessions.begin(connection, agent.id, self._lifetime))

    async def halfway(self, step: str) -> Halfway | None:
        """Who is at the second step; None when there is nobody, it took too long, or they have
        another password by now or were signed out everywhere."""
        agent_id, left, came_by = self._at_step(step)
        if not agent_id or left < timedelta():
            return None
        known, begun = came_by

        def read(connection: Connection) -> tuple[Agent, Factor] | None:
            agent = agents.find(connection, agent_id)
            if agent is None or _came_by(connection, agent) != known:
                return None
            if sessions.ended_since(connection, agent_id, begun):
                return None
            return agent, second_factors.begin(connection, agent_id)

        found = await self._database.write(read)
        return Halfway(*found, self.secret(found[1]), begun) if found else None

    async def login_at_step(self, step: str) -> str:
        """Of who is at the second step, or was until an hour ago; empty for nobody."""
        agent_id, left, _ = self._at_step(step)
        if not agent_id or left < -_LOGIN_TOLD:
            return ""
        agent = await self._database.read(lambda c: agents.find(c, agent_id))
        return agent.login if agent else ""

    def _at_step(self, step: str) -> tuple[str, timedelta, tuple[str, datetime]]:
        """Whose step it is (empty for one that is not ours), how long it still serves, and by
        which password they came, when."""
        agent_id, _, rest = (self._tokens.verify(_STEP, step) or "").partition(":")
        until, _, came = rest.partition(":")
        password, _, begun = came.partition(":")
        # Of the release before this one, which did not say when.
        since = datetime.fromisoformat(begun) if begun else datetime.min.replace(tzinfo=UTC)
        left = timedelta(seconds=int(until or 0) - clock.now().timestamp())
        return agent_id, left, (password, since)

    async def second_step(self, who: Halfway, given: str) -> tuple[str, list[str]] | None:
        """The token of a new session, with spare codes where the factor was set up by this; None
        for a wrong code. Raises TooManyTries."""
        key = digest("second step", who.agent.id)
        now = clock.now()
        count = await self._database.write(
            lambda c: sign_ins.count(c, [key], now=now, until=now + self._pause)[key]
        )
        if count.tries > self._tries:
            raise TooManyTries(count.until - now)
        return await self._database.write(lambda c: self._finish(c, who, given, key))

    def _finish(
        self, connection: Connection, who: Halfway, given: str, key: str
    ) -> tuple[str, list[str]] | None:
        agent_id, codes = who.agent.id, []
        if sessions.ended_since(connection, agent_id, who.begun):
            return None
        step = one_time.fits(who.secret, given, clock.now(), after=who.factor.last_step)
        if who.factor.confirmed_at is None:
            made = second_factors.confirm(connection, agent_id, step) if step else None
            if made is None:
                return None
            codes = made
        elif not (
            second_factors.use(connection, agent_id, step)
            if step
            else second_factors.use_spare(connection, agent_id, given)
        ):
            return None
        sign_ins.forget(connection, key)
        return sessions.begin(connection, agent_id, self._lifetime), codes

    def secret(self, factor: Factor) -> bytes:
        return self._tokens.derive("one-time codes", f"{factor.agent_id}:{factor.salt}")

    async def _tell_of_lock(self, agent_id: str, address: str) -> None:
        """Somebody tried so often that they must wait: administrators are told."""
        await self._database.write(
            lambda c: audit.record(
                c,
                actor="sign-in",
                action="sign_in.locked",
                about=agent_id,
                details={"address": one_client(address)},
            )
        )

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
        self._keep(response, self.cookie, token, self._lifetime)

    def set_step_cookie(self, response: web.StreamResponse, step: str) -> None:
        """Of who is between password and code."""
        self._keep(response, self.step_cookie, step, sessions.LONGEST_SIGN_IN)

    def clear_step_cookie(self, response: web.StreamResponse) -> None:
        self._clear(response, self.step_cookie)

    def set_oidc_cookie(self, response: web.StreamResponse, begun: str) -> None:
        """Of who is at the identity provider."""
        self._keep(response, self.oidc_cookie, begun, LASTS)

    def clear_oidc_cookie(self, response: web.StreamResponse) -> None:
        self._clear(response, self.oidc_cookie)

    def set_guest_cookie(self, response: web.StreamResponse, token: str) -> None:
        """Of somebody who takes part in a five-step session without a sign-in. The store says how
        long it opens anything."""
        response.set_cookie(
            self.guest_cookie, token, path="/", httponly=True, secure=self._secure, samesite="Lax"
        )

    def clear_cookie(self, response: web.StreamResponse) -> None:
        self._clear(response, self.cookie)

    def _keep(self, response: web.StreamResponse, name: str, value: str, lasts: timedelta) -> None:
        response.set_cookie(
            name,
            value,
            max_age=int(lasts.total_seconds()),
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="Lax",
        )

    def _clear(self, response: web.StreamResponse, name: str) -> None:
        response.del_cookie(name, path="/", httponly=True, secure=self._secure, samesite="Lax")

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
    """The token that this session's forms carry: only who has the cookie can know it. Another one
    each time: pages are packed, and what stays the same could be guessed from their size (BREACH).
    """
    salt = clock.new_secret()
    return f"{salt}.{_proof(token, salt)}"


def is_form_token(token: str, given: str) -> bool:
    """Whether a form that carries `given` is of the session with this cookie."""
    salt, _, proof = given.partition(".")
    return hmac.compare_digest(proof.encode(), _proof(token, salt).encode())


def _proof(token: str, salt: str) -> str:
    return hmac.digest(token.encode(), f"form {salt}".encode(), hashlib.sha256).hex()


def _came_by(connection: Connection, agent: Agent) -> str:
    """Stands for their present password: half a sign-in ends with it, as sessions do."""
    found = agents.find_by_login(connection, agent.login)
    return digest(_STEP, found[1]) if found else ""


REQUIRED = "second_factor"
"""The choice of who needs a second step: `who` is everyone, administrators or nobody."""


def must_have_factor(connection: Connection, agent: Agent) -> bool:
    who = choices.value(connection, REQUIRED).get("who")
    return who == "everyone" or (who == "administrators" and agent.administrator)
