"""The first hour: somebody with the link from the log becomes the first administrator, and a list
says what is left to do before customers can be answered."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection, select

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.office.welcome import check_password
from agent_ui.pages import Pages
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Guest, Visit
from hub.errors import Rejected
from hub.store import admission, agents, choices, health, models, people
from hub.store.tables import agents as agents_table
from hub.tokens import Tokens

_PURPOSE = "first run"
_PAYLOAD = "start"
_LONGEST = 200


def first_link(tokens: Tokens, public_url: str) -> str:
    """Where the first administrator is made. Serves while there is nobody at all."""
    return f"{public_url}/console/first/{tokens.sign(_PURPOSE, _PAYLOAD)}"


def nobody_yet(connection: Connection) -> bool:
    return connection.execute(select(agents_table.c.id).limit(1)).first() is None


@dataclass(frozen=True)
class Task:
    """One thing to do; `name` is a key of `words.TASKS`. `count`: how many are missing."""

    name: str
    done: bool
    href: str
    count: int = 0


class FirstRunViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, guest: Guest) -> web.StreamResponse:
        await self._must_be_first(guest)
        return self._show(guest)

    async def start(self, guest: Guest) -> web.StreamResponse:
        await self._must_be_first(guest)
        login, name = (await guest.field("login")).strip(), (await guest.field("name")).strip()
        password, again = await guest.field("password"), await guest.field("again")
        try:
            if not name or not login or max(len(login), len(name)) > _LONGEST:
                raise Rejected("no_name", "Write a name.", status=422)  # noqa: TRY301 (as below)
            check_password(password, again)
        except Rejected as error:
            return self._show(guest, error, login=login, name=name)
        hashed = await asyncio.to_thread(agents.hash_password, password)
        language = guest.texts.language

        def hire(connection: Connection) -> bool:
            # Of two who come at once, one is first.
            if not nobody_yet(connection):
                return False
            admission.hire(
                connection,
                login=login,
                name=name,
                password_hash=hashed,
                held=[],
                language=language,
                administrator=True,
                changed_by="first-run",
            )
            return True

        if not await self._context.database.write(hire):
            raise web.HTTPNotFound
        return see_other("/console/sign-in?next=/console/admin")

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
            admin = "/console/admin"
            factor = choices.value(connection, "second_factor").get("who", "nobody") != "nobody"
            return [
                Task("model", own, "/console/model"),
                Task("people", len(everybody) > 1, f"{admin}/people"),
                Task("roles", not missing, f"{admin}/people", len(missing)),
                Task("channels", bool(self._context.default_accounts), f"{admin}/channels"),
                Task("health", not broken, f"{admin}/health", len(broken)),
                Task("second_step", factor, f"{admin}/organisation"),
            ]

        tasks = await self._context.database.read(read)
        return self._pages.page(visit, "office/tasks.html", tasks=tasks)

    async def _must_be_first(self, guest: Guest) -> None:
        given = guest.request.match_info["code"]
        ours = self._context.tokens.verify(_PURPOSE, given) == _PAYLOAD
        if not ours or not await self._context.database.read(nobody_yet):
            raise web.HTTPNotFound

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
            problem=words.reason(guest.texts, refused) if refused else "",
        )
