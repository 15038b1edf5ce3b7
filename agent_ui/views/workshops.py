"""Five-step sessions: which there are, starting one, and coming in, as an agent or as a guest."""

from datetime import timedelta
from http import HTTPStatus

from aiohttp import web

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.model_desk import Unreadable
from agent_ui.pages import Pages
from agent_ui.sessions import Sessions
from agent_ui.views.model import LONGEST
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Guest, Visit, number
from hub import clock
from hub.addresses import one_client
from hub.errors import Rejected
from hub.store import agents, models, sign_ins, workshop_people, workshops
from hub.store.inserting import digest
from hub.workshop import check

HOME = "/console/sessions"
JOIN = "/console/join"
_LONGEST_NAME = 60
_WRONG_CODES = 30
"""From one address in a quarter of an hour: a whole room may mistype, nobody can try them all."""
_PAUSE = timedelta(minutes=15)


class WorkshopsViews:
    def __init__(self, context: ConsoleContext, pages: Pages, sessions: Sessions) -> None:
        self._database = context.database
        self._desk = context.workshops
        self._zone = context.models.time_zone
        self._wake = context.wake
        self._pages = pages
        self._sessions = sessions

    async def list(self, visit: Visit, notice: str = "") -> web.StreamResponse:
        found = await self._database.read(workshops.listed)
        versions = await self._database.read(models.listed)
        names = await self._database.read(
            lambda c: agents.names(c, [one.created_by for one in found])
        )
        return self._pages.page(
            visit,
            "workshop/list.html",
            status=HTTPStatus.CONFLICT if notice else HTTPStatus.OK,
            workshops=found,
            versions=versions,
            names=names,
            notice=notice,
        )

    async def start(self, visit: Visit) -> web.StreamResponse:
        """From nothing, or from what a version says."""
        based_on = number(await visit.field("based_on")) or None
        title = " ".join((await visit.field("title")).split())[:LONGEST]
        try:
            writes = (
                await self._desk.cards_of(based_on)
                if based_on
                else self._desk.beginning(self._zone())
            )
        except Unreadable:
            return await self.list(
                visit, visit.texts("This version cannot be read. Mend it first.")
            )
        checked = check(writes, held=True)
        made = await self._database.write(
            lambda c: workshops.start(
                c,
                title or visit.texts("Session"),
                by=visit.known.id,
                based_on=based_on,
                writes=checked,
            )
        )
        return see_other(f"{HOME}/{made.id}")

    async def door(
        self, guest: Guest, notice: str = "", *, status: int = 200
    ) -> web.StreamResponse:
        """Where people come in with a code. Agents need no more than that."""
        code = guest.request.match_info.get("code", "")
        agent = await self._sessions.agent_of(guest.request.cookies.get(self._sessions.cookie, ""))
        if agent is not None and code and not notice:
            found = await self._database.read(lambda c: workshops.with_code(c, code))
            if found is not None:
                return see_other(f"{HOME}/{found.id}")
        return self._pages.page(
            guest,
            "workshop/join.html",
            status=status,
            code=code,
            signed_in=agent is not None,
            notice=notice,
        )

    async def come_in(self, guest: Guest) -> web.StreamResponse:
        try:
            return await self._come_in(guest)
        except Rejected as error:
            return await self.door(guest, words.reason(guest.texts, error), status=error.status)

    async def _come_in(self, guest: Guest) -> web.StreamResponse:
        code = (await guest.field("code"))[:LONGEST]
        name = " ".join((await guest.field("name")).split())[:_LONGEST_NAME]
        found = await self._find(guest, code)
        agent = await self._sessions.agent_of(guest.request.cookies.get(self._sessions.cookie, ""))
        response = see_other(f"{HOME}/{found.id}")
        if agent is not None:
            return response
        if not name:
            detail = "Fill in your name, so that the others know who you are."
            raise Rejected("no_guest_name", detail, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        _, token = await self._database.write(lambda c: workshop_people.ask(c, found.id, name))
        self._wake()
        self._sessions.set_guest_cookie(response, token)
        return response

    async def _find(self, guest: Guest, code: str) -> workshops.Workshop:
        """The session with this code. Wrong ones are counted, so that none is found by trying."""
        key = digest("join", one_client(guest.request.remote or ""))
        now = clock.now()
        counts = await self._database.read(lambda c: sign_ins.counts(c, [key], now))
        if key in counts and counts[key].tries >= _WRONG_CODES:
            detail = "Too many wrong codes. Try again in a quarter of an hour."
            raise Rejected("too_many_codes", detail, status=HTTPStatus.TOO_MANY_REQUESTS)
        found = await self._database.read(lambda c: workshops.with_code(c, code))
        if found is None:
            await self._database.write(
                lambda c: sign_ins.count(c, [key], now=now, until=now + _PAUSE)
            )
            detail = "No session is open under this code. Look at the screen again."
            raise Rejected("no_code", detail, status=HTTPStatus.NOT_FOUND)
        return found
