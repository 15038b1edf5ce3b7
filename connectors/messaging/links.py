"""Files that go out: Twilio fetches them by an address that is signed, ends, and needs no cookie.

The address names an attachment of a message that is being sent; whoever has it can fetch the file
until it ends, and nothing else.
"""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from aiohttp import web
from sqlalchemy import Connection, select

from hub import clock
from hub.errors import Rejected
from hub.http import Route
from hub.interaction import Attachment, Direction
from hub.store import Blobs, Database
from hub.store.tables import attachments, interactions
from hub.tokens import Tokens

PATH = "/messaging/media"
_PURPOSE = "messaging.media"


class Links:
    """`base`: how Twilio reaches us."""

    def __init__(
        self, tokens: Tokens, database: Database, blobs: Blobs, *, base: str, hours: float
    ) -> None:
        self._tokens = tokens
        self._database = database
        self._blobs = blobs
        self._base = base
        self._lasts = timedelta(hours=hours)

    def route(self) -> Route:
        return Route("GET", f"{PATH}/{{token}}/{{name}}", self._serve)

    def address(self, file: Attachment) -> str:
        ends = int((clock.now() + self._lasts).timestamp())
        token = self._tokens.sign(_PURPOSE, f"{file.id}_{ends}")
        return f"{self._base}{PATH}/{token}/{quote(file.filename or 'file', safe='')}"

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        payload = self._tokens.verify(_PURPOSE, request.match_info["token"]) or ""
        file_id, _, ends = payload.partition("_")
        if not ends.isdecimal() or clock.now() > datetime.fromtimestamp(int(ends), tz=UTC):
            raise Rejected("link_ended", "This link has ended.", status=404)
        file = await self._database.read(lambda c: _outbound_file(c, file_id))
        if file is None:
            raise Rejected("link_ended", "This link has ended.", status=404)
        name = quote(file.filename or "file", safe="")
        headers = {
            "Content-Type": file.content_type or "application/octet-stream",
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        }
        return web.FileResponse(self._blobs.path(file.sha256), headers=headers)


def _outbound_file(connection: Connection, file_id: str) -> Attachment | None:
    row = connection.execute(
        select(attachments)
        .join(interactions, interactions.c.id == attachments.c.interaction_id)
        .where(attachments.c.id == file_id, interactions.c.direction == Direction.OUTBOUND.value)
    ).one_or_none()
    if row is None:
        return None
    return Attachment(
        id=row.id,
        filename=row.filename,
        content_type=row.content_type,
        size=row.size,
        sha256=row.sha256,
    )
