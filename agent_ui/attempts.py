"""Limits sign-ins that fail, so that passwords cannot be tried one after another.

The counts are in the store and hold for all processes. Three of them, because each alone can be
walked around: a login at an address, an address whatever the login, a login whatever the address.
The last two would let a stranger shut out an agent, or everybody behind one proxy; so who has
signed in from an address before is held there to the first alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from agent_ui.settings import ConsoleSettings
from hub import clock
from hub.addresses import one_client
from hub.store import Database, sign_ins
from hub.store.agents import canonical_login
from hub.store.inserting import digest
from hub.store.sign_ins import Count

FAMILIAR_FOR = timedelta(days=30)
_LONGEST_LOGIN = 200
_NO_LIMIT = float("inf")


class TooManyTries(Exception):
    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"wait {wait}")
        self.minutes = max(1, -(-int(wait.total_seconds()) // 60))


@dataclass(frozen=True)
class Attempt:
    """One try. `limits`: the keys under which it counts, each with how many tries it allows.

    `familiar`: this login was used from this address before.
    """

    own: str
    mark: str
    limits: Mapping[str, int]
    familiar: bool


@dataclass(frozen=True)
class Counted:
    """`reached`: if this one fails as well, the next ones must wait."""

    reached: bool


class Attempts:
    def __init__(self, database: Database, settings: ConsoleSettings) -> None:
        self._database = database
        self._settings = settings
        self._pause = timedelta(minutes=settings.sign_in_pause_minutes)

    async def begin(self, login: str, address: str) -> Attempt:
        """Look whether this may be tried at all. Raises TooManyTries; costs one look."""
        settings = self._settings
        login, client = canonical_login(login)[:_LONGEST_LOGIN], one_client(address)
        own, mark = digest("sign-in", login, client), digest("familiar", login, client)
        for_strangers = {
            digest("sign-in from", client): settings.sign_in_tries_per_address,
            digest("sign-in as", login): settings.sign_in_tries_per_login,
        }
        keys = [own, mark, *for_strangers]
        counts = await self._database.read(lambda c: sign_ins.counts(c, keys, clock.now()))
        familiar = mark in counts
        limits = {own: settings.sign_in_tries} | ({} if familiar else for_strangers)
        _refuse(count for key, count in counts.items() if count.tries >= limits.get(key, _NO_LIMIT))
        return Attempt(own, mark, limits, familiar)

    async def count(self, attempt: Attempt) -> "Counted":
        """Count it as failed before it is tried: those that come together must not slip through.

        Raises TooManyTries.
        """
        now = clock.now()
        counts = await self._database.write(
            lambda c: sign_ins.count(c, attempt.limits, now=now, until=now + self._pause)
        )
        _refuse(count for key, count in counts.items() if count.tries > attempt.limits[key])
        return Counted(any(each.tries == attempt.limits[key] for key, each in counts.items()))

    async def begin_from(self, address: str) -> str:
        """The same for who comes back from an identity provider: nobody has typed a login, so only
        the address counts. Gives what it is counted under. Raises TooManyTries."""
        key, now = digest("oidc from", one_client(address)), clock.now()
        counts = await self._database.write(
            lambda c: sign_ins.count(c, [key], now=now, until=now + self._pause)
        )
        _refuse(
            count
            for count in counts.values()
            if count.tries > self._settings.sign_in_tries_per_address
        )
        return key

    async def succeeded_from(self, key: str) -> None:
        """It did not fail."""
        await self._database.write(lambda c: sign_ins.take_back(c, [key]))


def succeeded(connection: Connection, attempt: Attempt) -> None:
    """It did not fail. Its own count starts anew; those that strangers share lose this try alone,
    or who knows one password could try others for ever."""
    now = clock.now()
    sign_ins.forget(connection, attempt.own)
    sign_ins.take_back(connection, attempt.limits.keys() - {attempt.own})
    sign_ins.mark(connection, attempt.mark, now + FAMILIAR_FOR)
    sign_ins.forget_ended(connection, now)


def _refuse(reached: Iterable[Count]) -> None:
    ends = [count.until for count in reached]
    if ends:
        raise TooManyTries(max(ends) - clock.now())
