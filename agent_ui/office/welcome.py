"""The page behind an invitation: somebody chooses their password, once, and is signed in."""

import asyncio
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.office.words import NO_INVITATION
from agent_ui.pages import Pages
from agent_ui.sessions import Entered, Sessions
from agent_ui.views.sign_in import SIGN_IN, let_in, see_other
from agent_ui.visit import Guest
from hub.errors import Rejected
from hub.store import agents, invitations

SHORTEST_PASSWORD = 12


class WelcomeViews:
    def __init__(self, context: ConsoleContext, pages: Pages, sessions: Sessions) -> None:
        self._context = context
        self._pages = pages
        self._sessions = sessions
        oidc = context.settings.oidc
        self._no_passwords = oidc is not None and oidc.only

    async def page(self, guest: Guest) -> web.StreamResponse:
        """Only shows the form: what opens links in mails to look at them must not use them up."""
        return see_other(SIGN_IN) if self._no_passwords else await self._show(guest)

    async def choose(self, guest: Guest) -> web.StreamResponse:
        if self._no_passwords:
            return see_other(SIGN_IN)
        token = guest.request.match_info["token"]
        password, again = await guest.field("password"), await guest.field("again")
        try:
            check_password(password, again)
        except Rejected as error:
            return await self._show(guest, error)
        # Looked up first: a made-up link must not cost the work of hashing.
        if await self._context.database.read(lambda c: invitations.find(c, token)) is None:
            return await self._show(guest)
        hashed = await asyncio.to_thread(agents.hash_password, password)
        entered = await self._context.database.write(lambda c: self._use(c, token, hashed))
        return let_in(self._sessions, entered) if entered else await self._show(guest)

    def _use(self, connection: Connection, token: str, hashed: str) -> Entered | None:
        """They are in at once: who has the link and chose the password need not type it again."""
        agent = invitations.use(connection, token, hashed)
        return self._sessions.enter(connection, agent) if agent else None

    async def _show(self, guest: Guest, refused: Rejected | None = None) -> web.Response:
        token = guest.request.match_info["token"]
        agent, why = await self._context.database.read(
            lambda c: (invitations.find(c, token), invitations.why_not(c, token))
        )
        status = refused.status if refused else HTTPStatus.OK
        here = guest.request.cookies.get(self._sessions.cookie, "")
        return self._pages.page(
            guest,
            "office/welcome.html",
            status=status if agent else HTTPStatus.GONE,
            invited=agent,
            token=token,
            why=NO_INVITATION[why] if why else "",
            is_in=agent is None and await self._sessions.agent_of(here) is not None,
            problem=words.reason(guest.texts, refused) if refused else "",
            shortest=SHORTEST_PASSWORD,
        )


def check_password(password: str, again: str) -> None:
    """Raises Rejected for one that is too short or too long, or typed differently."""
    if len(password) < SHORTEST_PASSWORD:
        raise Rejected("short_password", "Choose a longer password.", status=422)
    if len(password) > agents.LONGEST_PASSWORD:
        raise Rejected("long_password", "Choose a shorter password.", status=422)
    if password != again:
        raise Rejected("passwords_differ", "Type the same password twice.", status=422)
