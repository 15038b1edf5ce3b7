"""What would have happened: a version of the model replayed over what was recorded."""

from http import HTTPStatus

from aiohttp import web

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.model_desk import Unreadable
from agent_ui.pages import Pages
from agent_ui.replay_desk import Wanted
from agent_ui.staffing import clock_of, draw
from agent_ui.views.model import HOME, ModelViews
from agent_ui.visit import Visit, checked_id, number
from hub.errors import Rejected
from hub.store import models
from hub.store.model_replays import Run, State
from hub.tables_out import UTF_8

DAYS = (7, 30, 90, 365)
USUAL_DAYS = 30


class ReplayViews:
    def __init__(self, context: ConsoleContext, pages: Pages, model: ModelViews) -> None:
        self._context = context
        self._database = context.database
        self._desk = context.replays
        self._pages = pages
        self._model = model

    async def page(self, visit: Visit, notice: str = "") -> web.StreamResponse:
        """How far it is, or what it came to; for a script that alone."""
        run = await self._desk.run(_shown(visit))
        if visit.wants_part and run is not None:
            return await self._progress(visit, run)
        try:
            return await self._page(visit, run, notice)
        except Unreadable as error:
            return await self._model.text(visit, flaws=error.flaws)

    async def _progress(self, visit: Visit, run: Run) -> web.StreamResponse:
        return self._pages.page(visit, "model/replay_progress.html", run=run)

    async def _page(self, visit: Visit, run: Run | None, notice: str) -> web.StreamResponse:
        language = visit.texts.language
        wanted, page = _wanted(visit), number(visit.request.query.get("page", ""))
        versions, live = await self._database.read(
            lambda c: (models.listed(c), models.live_number(c))
        )
        done = run if run is not None and run.state is State.DONE else None
        result = await self._desk.result(done, language) if done else None
        contacts = (
            await self._desk.contacts(done, wanted, page, visit.known, language) if done else None
        )
        return await self._model.page(
            visit,
            "model/replay.html",
            "replay",
            status=HTTPStatus.CONFLICT if notice else HTTPStatus.OK,
            run=run,
            result=result,
            contacts=contacts,
            wanted=wanted,
            number_of_page=page,
            versions=versions,
            base=run.base if run else live,
            days=DAYS,
            chosen_days=(run.until - run.since).days if run else USUAL_DAYS,
            notice=notice,
        )

    async def begin(self, visit: Visit) -> web.StreamResponse:
        days, base = number(await visit.field("days")), number(await visit.field("base"))
        try:
            await self._desk.begin(_shown(visit), base, days, by=visit.known.id)
        except Unreadable as error:
            return await self._model.text(visit, flaws=error.flaws)
        except Rejected as error:
            return await self.page(visit, words.reason(visit.texts, error))
        raise web.HTTPSeeOther(_address(visit))

    async def cancel(self, visit: Visit) -> web.StreamResponse:
        await self._desk.cancel(_shown(visit))
        raise web.HTTPSeeOther(_address(visit))

    async def contact(self, visit: Visit) -> web.StreamResponse:
        """One contact, by both versions."""
        run = await self._done(visit)
        interaction_id = checked_id(visit.request.match_info["id"])
        try:
            opened = await self._desk.open(run, interaction_id, visit.known, visit.texts.language)
        except Unreadable as error:
            return await self._model.text(visit, flaws=error.flaws)
        if opened is None:
            raise web.HTTPNotFound
        return await self._model.page(visit, "model/replayed.html", "replay", opened=opened)

    async def export(self, visit: Visit) -> web.StreamResponse:
        run = await self._done(visit)
        response = web.StreamResponse()
        response.content_type, response.charset = "text/csv", "utf-8"
        response.headers.update(_as_file(f"replay-version-{run.version}.csv"))
        await response.prepare(visit.request)
        await response.write(UTF_8.encode())
        async for lines in self._desk.export(run, _wanted(visit), visit.known, visit.texts):
            await response.write("".join(lines).encode())
        return response

    async def staffing(self, visit: Visit) -> web.StreamResponse:
        """How many people each role needs, by both versions, from what the replay read."""
        run = await self._desk.run(_shown(visit))
        done = run if run is not None and run.state is State.DONE else None
        try:
            people = await self._desk.staffing(done, visit.texts.language) if done else None
        except Unreadable as error:
            return await self._model.text(visit, flaws=error.flaws)
        drawings = {one.id: draw(one) for one in people.roles} if people else {}
        return await self._model.page(
            visit,
            "model/staffing.html",
            "staffing",
            run=run,
            people=people,
            drawings=drawings,
            clock_of=clock_of,
        )

    async def export_staffing(self, visit: Visit) -> web.StreamResponse:
        run = await self._done(visit)
        lines = await self._desk.export_staffing(run, visit.texts)
        return web.Response(
            text=UTF_8 + "".join(lines),
            content_type="text/csv",
            charset="utf-8",
            headers=_as_file(f"staffing-version-{run.version}.csv"),
        )

    async def _done(self, visit: Visit) -> Run:
        run = await self._desk.run(_shown(visit))
        if run is None or run.state is not State.DONE:
            raise web.HTTPNotFound
        return run


def _shown(visit: Visit) -> int:
    return number(visit.request.match_info["number"])


def _as_file(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }


def _address(visit: Visit) -> str:
    return f"{HOME}/{_shown(visit)}/replay"


def _wanted(visit: Visit) -> Wanted:
    query = visit.request.query
    return Wanted(
        query.get("what", "changed")[:20],
        query.get("former", "")[:100],
        query.get("role", "")[:100],
    )
