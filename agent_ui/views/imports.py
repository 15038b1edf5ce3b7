"""The page on which administrators hand in files, try them first, and see what became of them."""

from http import HTTPStatus
from typing import BinaryIO, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web
from aiohttp.web_request import FileField

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.import_desk import HandedIn, ImportDesk
from agent_ui.pages import Pages
from agent_ui.texts import N_
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit
from hub.downloads import disposition
from hub.errors import Rejected
from hub.imports import customers_out
from hub.imports.custom_columns import with_fields
from hub.imports.fields import Reading
from hub.imports.kinds import KINDS, kind_of
from hub.store import imports
from hub.tables_out import UTF_8

PATH = "/console/imports"
_SHOWN = 30
_AGAIN_SECONDS = "3"
_UNREAD = N_("These columns are not read: {columns}.")


class ImportViews:
    def __init__(self, context: ConsoleContext, pages: Pages, desk: ImportDesk) -> None:
        self._context = context
        self._pages = pages
        self._desk = desk

    async def page(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit)

    async def hand_in(self, visit: Visit) -> web.StreamResponse:
        try:
            unread = await self._desk.begin(await _handed_in(visit))
        except Rejected as error:
            notice = words.reason(visit.texts, error)
            return await self._show(visit, notice=notice, status=error.status)
        if unread:
            notice = visit.texts(_UNREAD, columns=", ".join(unread))
            return await self._show(visit, notice=notice)
        return see_other(PATH)

    async def report(self, visit: Visit) -> web.StreamResponse:
        import_id = visit.id
        one = await self._context.database.read(lambda c: imports.find(c, import_id))
        path = self._desk.report_of(one) if one else None
        if one is None or path is None:
            raise web.HTTPNotFound
        headers = {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": disposition(f"{one.filename}.report.csv"),
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return web.FileResponse(path, headers=headers)

    async def export(self, visit: Visit) -> web.StreamResponse:
        """Customers, as an import takes them back."""
        name = visit.request.match_info["kind"]
        response = web.StreamResponse()
        response.content_type, response.charset = "text/csv", "utf-8"
        response.headers.update(
            {
                "Content-Disposition": disposition(f"{name}.csv"),
                "Cache-Control": "private, no-store",
                "X-Content-Type-Options": "nosniff",
            }
        )
        await response.prepare(visit.request)
        await response.write(UTF_8.encode())
        async for piece in customers_out.rows_of(self._context.database, name, by=visit.known.id):
            await response.write(piece.encode())
        return response

    async def _show(
        self, visit: Visit, *, notice: str = "", status: int = HTTPStatus.OK
    ) -> web.Response:
        database = self._context.database
        recent = await database.read(lambda c: imports.recent(c, limit=_SHOWN))
        kinds = await database.read(
            lambda c: {name: with_fields(c, kind) for name, kind in KINDS.items()}
        )
        reports = {one.id for one in recent if self._desk.report_of(one)}
        response = self._pages.page(
            visit,
            "imports.html",
            status=status,
            notice=notice,
            kinds=kinds,
            recent=recent,
            reports=reports,
            busy=self._desk.busy,
        )
        if self._desk.busy and not notice:
            # Without a script, too, the page follows what is going on.
            response.headers["Refresh"] = _AGAIN_SECONDS
        return response


async def _handed_in(visit: Visit) -> HandedIn:
    """Raises Rejected."""
    given = (await visit.request.post()).get("file")
    if not isinstance(given, FileField):
        raise Rejected("no_file", "Choose a file first.", status=422)
    return HandedIn(
        kind=kind_of(await visit.field("kind")),
        filename=given.filename,
        content=cast("BinaryIO", given.file),
        dry_run=await visit.field("dry_run") == "yes",
        by=visit.known.id,
        reading=Reading(
            month_first=await visit.field("days") == "month_first",
            zone=_zone(await visit.field("zone")),
        ),
        language=visit.texts.language,
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Rejected("no_zone", "There is no such time zone.", status=422) from error
