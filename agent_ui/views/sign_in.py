"""Signing in and out, and the language of the interface."""

from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from agent_ui.attempts import TooManyTries
from agent_ui.desk import leave
from agent_ui.office.words import AT_SIGN_IN
from agent_ui.pages import Pages
from agent_ui.qr import qr_code
from agent_ui.sessions import Entered, Halfway, Sessions
from agent_ui.settings import ConsoleOidc
from agent_ui.streams import Streams
from agent_ui.texts import LANGUAGES
from agent_ui.visit import Guest, Visit
from agent_ui.words import REASONS
from hub import one_time
from hub.store import Database, agents

HOME = "/console"
SIGN_IN = "/console/sign-in"
CODE = "/console/sign-in/code"
LONGEST_LOGIN = 200
_LONGEST_CODE = 40


class SignInViews:
    def __init__(
        self,
        sessions: Sessions,
        pages: Pages,
        streams: Streams,
        database: Database,
        oidc: ConsoleOidc | None,
    ) -> None:
        self._oidc = oidc
        self._sessions = sessions
        self._pages = pages
        self._streams = streams
        self._database = database

    async def form(self, guest: Guest) -> web.StreamResponse:
        query = guest.request.query
        nobody = await self._database.read(agents.nobody_yet)
        said = "nobody" if nobody else query.get("said", "")
        return self.show(
            guest,
            after=query.get("next", ""),
            login=query.get("login", "")[:LONGEST_LOGIN],
            said=guest.texts(AT_SIGN_IN.get(said, "")),
        )

    async def sign_in(self, guest: Guest) -> web.StreamResponse:
        login, password = await guest.field("login"), await guest.field("password")
        after = await guest.field("next")
        try:
            entered = await self._sessions.sign_in(login, password, guest.request.remote or "")
        except TooManyTries as error:
            problem = too_many(guest, error)
            status = HTTPStatus.TOO_MANY_REQUESTS
            return self.show(guest, after=after, login=login, problem=problem, status=status)
        if entered is None:
            problem = guest.texts("Login or password is wrong.")
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            return self.show(guest, after=after, login=login, problem=problem, status=status)
        return let_in(self._sessions, entered, after)

    async def code_form(self, guest: Guest) -> web.StreamResponse:
        return await self._second(guest, guest.request.query.get("next", ""))

    async def code(self, guest: Guest) -> web.StreamResponse:
        """The second step: a code of the app, or a spare one."""
        after = await guest.field("next")
        who = await self._halfway(guest)
        if who is None:
            return await self._too_late(guest)
        try:
            done = await self._sessions.second_step(
                who, (await guest.field("code"))[:_LONGEST_CODE]
            )
        except TooManyTries as error:
            return await self._second(guest, after, too_many(guest, error), status=429)
        if done is None:
            problem = guest.texts(REASONS["wrong_code"])
            return await self._second(guest, after, problem, status=422)
        token, spare = done
        response: web.StreamResponse = see_other(inside(after))
        if spare:
            response = self._pages.page(
                guest, "office/spare_codes.html", codes=spare, after=inside(after)
            )
        self._sessions.set_cookie(response, token)
        self._sessions.clear_step_cookie(response)
        return response

    async def _halfway(self, guest: Guest) -> Halfway | None:
        return await self._sessions.halfway(
            guest.request.cookies.get(self._sessions.step_cookie, "")
        )

    async def _too_late(self, guest: Guest) -> web.Response:
        step = guest.request.cookies.get(self._sessions.step_cookie, "")
        login = await self._sessions.login_at_step(step)
        return sign_in_again("late" if login else "", login)

    async def _second(
        self, guest: Guest, after: str, problem: str = "", *, status: int = HTTPStatus.OK
    ) -> web.StreamResponse:
        who = await self._halfway(guest)
        if who is None:
            return await self._too_late(guest)
        return self._pages.page(
            guest,
            "office/second_step.html",
            status=status,
            after=after,
            problem=problem,
            who=who,
            one_time=one_time,
            qr_code=qr_code,
        )

    async def sign_out(self, visit: Visit) -> web.StreamResponse:
        self._streams.end(await self._sessions.sign_out(visit.token))
        await self._database.write(lambda c: leave(c, visit.known))
        response = see_other("/console/sign-in")
        self._sessions.clear_cookie(response)
        return response

    async def language_of_guest(self, guest: Guest) -> web.StreamResponse:
        response = see_other("/console/sign-in")
        self._sessions.remember_language(response, await guest.field("language"))
        return response

    async def language(self, visit: Visit) -> web.StreamResponse:
        chosen = await visit.field("language")
        if chosen in LANGUAGES:
            await self._database.write(lambda c: agents.set_language(c, visit.known.id, chosen))
        response = see_other(inside(await visit.field("next")))
        self._sessions.remember_language(response, chosen)
        return response

    def show(
        self,
        guest: Guest,
        *,
        after: str,
        login: str = "",
        problem: str = "",
        said: str = "",
        status: int = HTTPStatus.OK,
        there: str = "",
    ) -> web.Response:
        """`there`: what to do at the provider, from which they were sent back: sign in `again`, or
        with an `other` account."""
        return self._pages.page(
            guest,
            "sign_in.html",
            status=status,
            after=after,
            login=login,
            problem=problem,
            said=said,
            oidc=self._oidc,
            there=there,
        )


def let_in(sessions: Sessions, entered: Entered, after: str = "") -> web.Response:
    """To the console, or to the second step."""
    if entered.step:
        response = see_other(f"{CODE}?{urlencode({'next': inside(after)})}")
        sessions.set_step_cookie(response, entered.step)
        return response
    response = see_other(inside(after))
    sessions.set_cookie(response, entered.token)
    return response


def sign_in_again(said: str, login: str) -> web.Response:
    """To the form, with the login filled in and why it is there: one of `words.AT_SIGN_IN`."""
    told = {name: value for name, value in (("said", said), ("login", login)) if value}
    return see_other(f"{SIGN_IN}?{urlencode(told)}" if told else SIGN_IN)


def too_many(guest: Guest, error: TooManyTries) -> str:
    return guest.texts.count(
        error.minutes,
        "Too many tries. Try again in a minute.",
        "Too many tries. Try again in {n} minutes.",
    )


def see_other(path: str) -> web.Response:
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})


def inside(path: str) -> str:
    """The path if it is one of the console's own: a link must not lead elsewhere after sign-in."""
    parts = urlsplit(path)
    ours = not parts.scheme and not parts.netloc and parts.path.startswith(f"{HOME}/")
    clean = "\\" not in path and path.isprintable() and "//" not in path
    return path if ours and clean else HOME
