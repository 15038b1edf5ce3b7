"""What customers sent: files as downloads, and mail in HTML inside a locked frame."""

import asyncio
import base64
from collections.abc import Sequence

import structlog
from aiohttp import web
from sqlalchemy import Connection

from agent_ui import mail_html
from agent_ui.content import HEAD, content_type, image_type
from agent_ui.context import ConsoleContext
from agent_ui.pages import Pages
from agent_ui.visit import Visit
from hub.downloads import download_headers
from hub.interaction import Attachment, Channel
from hub.isolation import WorkerFailed
from hub.store import Blobs, originals, timeline
from hub.uploads import THUMBNAIL_TYPE

log = structlog.get_logger(__name__)

MOST_IMAGE_BYTES = 5_000_000
_FRAME_POLICY = (
    "default-src 'none'; img-src {images}; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
_OWN_IMAGES = "data:"
_ALL_IMAGES = "data: https: http:"


class FileViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def download(self, visit: Visit) -> web.StreamResponse:
        attachment = await self._attachment(visit)
        head = await asyncio.to_thread(_head, self._context.blobs, attachment.sha256)
        return web.FileResponse(
            self._context.blobs.path(attachment.sha256),
            headers=download_headers(attachment.filename, content_type(head)),
        )

    async def _attachment(self, visit: Visit) -> Attachment:
        attachment_id = visit.id

        def read(connection: Connection) -> Attachment | None:
            found = timeline.attachment(connection, attachment_id)
            if found is None or not timeline.may_see(connection, found[1], visit.known):
                return None
            return found[0]

        attachment = await self._context.database.read(read)
        if attachment is None:
            raise web.HTTPNotFound
        return attachment

    async def small(self, visit: Visit) -> web.StreamResponse:
        """The small picture that we made of a file."""
        attachment = await self._attachment(visit)
        if not attachment.thumbnail:
            raise web.HTTPNotFound
        path = self._context.blobs.path(attachment.thumbnail)
        if not await asyncio.to_thread(path.exists):
            raise web.HTTPNotFound
        headers = download_headers("preview.webp", THUMBNAIL_TYPE)
        return web.FileResponse(path, headers=headers)

    async def original(self, visit: Visit) -> web.StreamResponse:
        """A message as it came in, for one that could not be read whole: a mail byte by byte."""
        interaction_id = visit.id

        def read(connection: Connection) -> originals.Original | None:
            found = originals.original(connection, interaction_id)
            if found is None or not timeline.may_see(
                connection, found.conversation_id, visit.known
            ):
                return None
            return found

        found = await self._context.database.read(read)
        if found is None:
            raise web.HTTPNotFound
        name = "original.eml" if found.channel is Channel.EMAIL else "original.txt"
        headers = download_headers(name, "application/octet-stream")
        if found.content is not None:
            return web.Response(body=found.content, headers=headers)
        path = self._context.blobs.path(found.sha256)
        if not await asyncio.to_thread(path.exists):
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=headers)

    async def mail(self, visit: Visit) -> web.StreamResponse:
        """A mail as its sender laid it out; `?images=1` also shows what is on their server."""
        html, files = await self._read_mail(visit)
        remote = visit.request.query.get("images") == "1"
        images = await asyncio.to_thread(_own_images, self._context.blobs, files)
        try:
            body = await self._context.workers.run(mail_html.document, html, images, remote=remote)
        except WorkerFailed as error:
            log.warning("mail.not_shown", reason=error.reason)
            body = self._pages.render("mail_unreadable.html", visit.texts)
        policy = _FRAME_POLICY.format(images=_ALL_IMAGES if remote else _OWN_IMAGES)
        return web.Response(
            text=body,
            content_type="text/html",
            headers={
                "Content-Security-Policy": policy,
                "Cache-Control": "no-store",
                "Referrer-Policy": "no-referrer",
            },
        )

    async def _read_mail(self, visit: Visit) -> tuple[str, Sequence[Attachment]]:
        interaction_id = visit.id

        def read(connection: Connection) -> tuple[str, Sequence[Attachment]] | None:
            entry = timeline.entry(connection, interaction_id)
            if entry is None or not entry.has_html:
                return None
            if not timeline.may_see(connection, entry.conversation_id, visit.known):
                return None
            return timeline.html_of(connection, interaction_id), entry.attachments

        found = await self._context.database.read(read)
        if found is None:
            raise web.HTTPNotFound
        return found


def _head(blobs: Blobs, sha256: str) -> bytes:
    try:
        with blobs.open(sha256) as file:
            return file.read(HEAD)
    except FileNotFoundError:
        raise web.HTTPNotFound from None


def _own_images(blobs: Blobs, files: Sequence[Attachment]) -> dict[str, str]:
    """The mail's own pictures as data addresses: its frame has no cookie to fetch them with."""
    images: dict[str, str] = {}
    left = MOST_IMAGE_BYTES
    for file in files:
        if not file.content_id or file.size > left or not blobs.path(file.sha256).exists():
            continue
        with blobs.open(file.sha256) as stream:
            data = stream.read()
        if kind := image_type(data[:HEAD]):
            left -= file.size
            images[file.content_id] = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return images
