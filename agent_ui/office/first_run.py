"""The first hour: somebody with the link from the log becomes the first administrator, and a list
says what is left to do before customers can be answered."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.office.welcome import SHORTEST_PASSWORD, check_password
from agent_ui.pages import Pages
from agent_ui.sessions import Entered, Sessions
from agent_ui.views.sign_in import SIGN_IN, let_in, see_other
from agent_ui.visit import Guest, Visit
from hub.errors import Rejected
from hub.interaction import Channel
from hub.store import added_mailboxes, admission, agents, choices, health, models, people
from hub.tokens import Tokens

_PURPOSE = "first run"
_PAYLOAD = "start"
_LONGEST = 200
_HOME = "/console/admin"
_AT = {"no_name": "name", "no_login": "login"}
"""The field that a refusal is about; else it is the password."""


def first_link(tokens: Tokens, public_url: str) -> str:
    """Where the first administrator is made. Serves while there is nobody at all."""
    return f"{public_url}/console/first/{tokens.sign(_PURPOSE, _PAYLOAD)}"


@dataclass(frozen=True)
class Task:
    """One thing to do; `name` is a key of `words.TASKS`. `count`: how many are missing."""

    name: str
    done: bool
    href: str
    count: int = 0


class FirstRunViews:
    def __init__(self, context: ConsoleContext, pages: Pages, sessions: Sessions) -> None:
        self._context = context
        self._pages = pages
        self._sessions = sessions

    async def page(self, guest: Guest) -> web.StreamResponse:
        if not await self._is_first(guest):
            return see_other(SIGN_IN)
        return self._show(guest)

    async def start(self, guest: Guest) -> web.StreamResponse:
        if not await self._is_first(guest):
            return see_other(SIGN_IN)
        login, name = (await guest.field("login")).strip(), (await guest.field("name")).strip()
        password, again = await guest.field("password"), await guest.field("again")
        try:
            _check_names(name, login)
            check_password(password, again)
        except Rejected as error:
            return self._show(guest, error, login=login, name=name)
        hashed = await asyncio.to_thread(agents.hash_password, password)
        language = guest.texts.language

        def hire(connection: Connection) -> Entered | None:
            # Of two who come at once, one is first.
            if not agents.nobody_yet(connection):
                return None
            agent_id = admission.hire(
                connection,
                login=login,
                name=name,
                password_hash=hashed,
                held=[],
                language=language,
                administrator=True,
                changed_by="first-run",
            )
            agent = agents.find(connection, agent_id)
            return self._sessions.enter(connection, agent) if agent else None

        entered = await self._context.database.write(hire)
        return let_in(self._sessions, entered, _HOME) if entered else see_other(SIGN_IN)

    async def tasks(self, visit: Visit) -> web.StreamResponse:
        """What is done and what is left."""
        titles = self._context.role_titles(visit.texts.language)

        def read(connection: Connection) -> list[Task]:
            held = agents.held_roles(connection)
            missing = sorted(set(titles) - held)
            everybody = people.everybody(connection)
            broken = [part for part in health.parts(connection) if part.problem]
            live = models.live(connection)
            own = live is not None and live.origin != "file"
            by_settings = Channel.EMAIL in self._context.default_accounts
            mailbox = by_settings or added_mailboxes.listed(connection)
            factor = choices.value(connection, "second_factor").get("who", "nobody") != "nobody"
            return [
                Task("model", own, "/console/model"),
                Task("people", len(everybody) > 1, f"{_HOME}/people"),
                Task("roles", not missing, f"{_HOME}/people", len(missing)),
                Task("channels", bool(mailbox), f"{_HOME}/channels#mailbox"),
                Task("health", not broken, f"{_HOME}/health", len(broken)),
                Task("second_step", factor, f"{_HOME}/organisation"),
            ]

        tasks = await self._context.database.read(read)
        return self._pages.page(visit, "office/tasks.html", tasks=tasks)

    async def _is_first(self, guest: Guest) -> bool:
        """Whether nobody used the link yet; one that is not ours opens nothing."""
        given = guest.request.match_info["code"]
        if self._context.tokens.verify(_PURPOSE, given) != _PAYLOAD:
            raise web.HTTPNotFound
        return await self._context.database.read(agents.nobody_yet)

    def _show(
        self, guest: Guest, refused: Rejected | None = None, *, login: str = "", name: str = ""
    ) -> web.Response:
        return self._pages.page(
            guest,
            "office/first.html",
            status=refused.status if refused else HTTPStatus.OK,
            code=guest.request.match_info["code"],
            login=login,
            name=name,
            at=_AT.get(refused.code, "password") if refused else "name",
            problem=words.reason(guest.texts, refused) if refused else "",
            shortest=SHORTEST_PASSWORD,
        )


def _check_names(name: str, login: str) -> None:
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise Rejected("no_name", "Write a name.", status=422)
    if not login or len(login) > _LONGEST or not login.isprintable():
        raise Rejected("no_login", "Choose a login.", status=422)
