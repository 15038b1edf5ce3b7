"""One five-step session: its pages, what people do there, and what the facilitator does."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from agent_ui.context import ConsoleContext
from agent_ui.model_desk import Unreadable
from agent_ui.pages import Pages
from agent_ui.views.sign_in import inside, see_other
from agent_ui.visit import checked_id, number
from agent_ui.workshop import words as ways
from agent_ui.workshop.acts import done, last
from agent_ui.workshop.moves import Doing
from agent_ui.workshop.proofs import Proofs
from agent_ui.workshop.screen import Screen, Standings, read
from agent_ui.workshop.seat import Seat
from agent_ui.workshop.typed import typed
from hub import clock
from hub.http import form_of
from hub.store import boards, workshop_people, workshops
from hub.workshop import Kind, Where, check, row_id, where_of
from hub.workshop.vocabulary import ANY, is_row

HOME = "/console/sessions"
_OPERATION = re.compile(r"[0-9a-zA-Z-]{8,64}")
_WITH_PROOF = frozenset({"actions", "information", "steps"})


class WorkshopViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._database = context.database
        self._desk = context.workshops
        self._proofs = Proofs(context.workshops)
        self._wake = context.wake
        self._pages = pages

    async def show(self, seat: Seat) -> web.StreamResponse:
        if not seat.is_in:
            return self._pages.page(seat, "workshop/waiting.html", seat=seat)
        standings = await self._standings(seat)
        screen = await self._screen(seat, standings)
        return self._pages.page(
            seat,
            f"workshop/{screen.page}.html",
            screen=screen,
            address=screen.address,
            here=screen.here,
            board=screen.board,
            ways=ways,
            where_of=where_of,
            row_id=row_id,
            Where=Where,
        )

    async def _standings(self, seat: Seat) -> Standings:
        return await self._database.read(lambda c: read(c, seat.workshop.id))

    async def _screen(self, seat: Seat, standings: Standings) -> Screen:
        query = seat.request.query
        page = query.get("step", "")
        if page not in ways.STEPS:
            page = standings.workshop.step
        language, answers, found = seat.texts.language, None, None
        try:
            answers = await self._desk.answers(standings.board, language)
            if page in _WITH_PROOF:
                newest = page == "actions"
                found = await self._proofs.of(standings, language, newest=newest)
        except Unreadable:
            answers = None
        direction = query.get("direction", "inbound")
        return Screen(
            seat,
            standings,
            page,
            row=_row(query),
            group=_group(query.get("group", ANY), standings),
            direction=direction if direction in ("inbound", "outbound") else "inbound",
            answers=answers,
            found=found,
        )

    async def change(self, seat: Seat) -> web.StreamResponse:
        """Keep what somebody typed or did. A change that is sent twice is kept once."""
        form = await form_of(seat.request)
        fields = {
            name: [str(value).replace("\0", "") for value in form.getall(name)] for name in form
        }
        act, _, about = last(fields, "act").partition(":")
        operation = last(fields, "op")
        if not _OPERATION.fullmatch(operation):
            operation = clock.new_id()
        if act == "undo":
            return await self._undo(seat, operation, number(about) or None, fields)
        standings = await self._standings(seat)
        base = last(fields, "at")
        doing = Doing(
            standings.board,
            seat.person.id,
            seat.texts.language,
            operation,
            number(base) if base else None,
        )
        writes = typed(doing, fields)
        if act:
            writes += done(doing, act, about, fields, standings)
        checked = check(writes)
        kept = await self._database.write(
            lambda c: boards.write(
                c, seat.workshop.id, checked, by=seat.person.id, operation=operation
            )
        )
        return self._kept(seat, kept, fields)

    async def _undo(
        self, seat: Seat, operation: str, which: int | None, fields: Mapping[str, list[str]]
    ) -> web.StreamResponse:
        kept = await self._database.write(
            lambda c: boards.undo(
                c, seat.workshop.id, by=seat.person.id, operation=operation, number=which
            )
        )
        return self._kept(seat, kept, fields)

    def _kept(self, seat: Seat, number: int, fields: Mapping[str, list[str]]) -> web.StreamResponse:
        self._wake()
        if seat.wants_part:
            return web.json_response({"number": number})
        return self._back(seat, last(fields, "back"))

    async def lead(self, seat: Seat) -> web.StreamResponse:
        """Everybody comes along to this step."""
        step = await seat.field("step")
        if step in ways.STEPS:
            await self._do(lambda c: workshops.lead_to(c, seat.workshop.id, step))
        return self._back(seat, await seat.field("back"))

    async def let_guests(self, seat: Seat) -> web.StreamResponse:
        may, by = await seat.field("may") == "yes", seat.person.id
        await self._do(lambda c: workshops.let_guests(c, seat.workshop.id, may=may, by=by))
        return self._back(seat, await seat.field("back"))

    async def people(self, seat: Seat) -> web.StreamResponse:
        """Let somebody in, or send them away."""
        person, by = checked_id(seat.request.match_info["person"]), seat.person.id
        said = await seat.field("say")
        change = workshop_people.let_in if said == "in" else workshop_people.send_away
        await self._do(lambda c: change(c, seat.workshop.id, person, by=by))
        return self._back(seat, await seat.field("back"))

    async def close(self, seat: Seat) -> web.StreamResponse:
        """The session is over, or goes on."""
        again, by = await seat.field("again") == "yes", seat.person.id
        await self._do(lambda c: workshops.close(c, seat.workshop.id, by=by, again=again))
        return self._back(seat, await seat.field("back"))

    async def draft(self, seat: Seat) -> web.StreamResponse:
        """Make a version of what stands here."""
        standings = await self._standings(seat)
        by = seat.known.id if seat.known else ""
        await self._desk.draft(standings.workshop, standings.board, by=by)
        self._wake()
        return see_other(f"{HOME}/{seat.workshop.id}?step=actions")

    async def _do(self, work: Callable[[Any], None]) -> None:
        await self._database.write(work)
        self._wake()

    def _back(self, seat: Seat, path: str) -> web.StreamResponse:
        if seat.wants_part:
            return web.json_response({})
        here = f"{HOME}/{seat.workshop.id}"
        return see_other(inside(path) if path.startswith(here) else here)


def _row(query: Mapping[str, str]) -> str:
    """The row that is asked for by its name, or by what it holds for; else that for everything."""
    names = Where._fields
    asked = query.get("row") or row_id(Where(*(query.get(name) or ANY for name in names)))
    return asked if is_row(asked) else row_id(Where())


def _group(key: str, standings: Standings) -> str:
    return key if f"{Kind.GROUP}.{key}" in standings.board else ANY
