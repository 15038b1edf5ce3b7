"""The page behind an invitation: somebody chooses their password, once, and is signed in."""

import asyncio
from http import HTTPStatus

from aiohttp import web

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.pages import Pages
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Guest
from hub.errors import Rejected
from hub.store import agents, invitations

SHORTEST_PASSWORD = 12


class WelcomeViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, guest: Guest) -> web.StreamResponse:
        """Only shows the form: what opens links in mails to look at them must not use them up."""
        return await self._show(guest)

    async def choose(self, guest: Guest) -> web.StreamResponse:
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
        agent = await self._context.database.write(lambda c: invitations.use(c, token, hashed))
        if agent is None:
            return await self._show(guest)
        return see_other("/console/sign-in")

    async def _show(self, guest: Guest, refused: Rejected | None = None) -> web.Response:
        token = guest.request.match_info["token"]
        agent = await self._context.database.read(lambda c: invitations.find(c, token))
        status = refused.status if refused else HTTPStatus.OK
        return self._pages.page(
            guest,
            "office/welcome.html",
            status=status if agent else HTTPStatus.GONE,
            invited=agent,
            token=token,
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
