"""Takes a visitor's file in, and gives files out to the session that they belong to.

A file is a message of its own: it is kept when the answer comes, and the same one sent again is
the same message. Nothing that comes in is shown or opened here; `hub.uploads` looks at it in a
worker process.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, MultipartReader, web

from connectors.chat.links import Links
from connectors.chat.parse import Upload, parse_upload
from connectors.chat.transcript import file_of
from hub.blobs import Blobs
from hub.downloads import download_headers
from hub.errors import Rejected, Retry
from hub.http import NO_FORM
from hub.interaction import Attachment
from hub.isolation import Workers
from hub.store import Database
from hub.taking import take
from hub.uploads import THUMBNAIL_TYPE

ACCEPT = (
    "image/png,image/jpeg,image/gif,image/webp,image/heic,video/mp4,"
    ".pdf,.txt,.csv,.docx,.xlsx,.pptx,.odt,.ods"
)
"""For the dialog of the browser; what is taken is decided by content."""

UPLOAD_SECONDS = 120.0
MOST_AT_ONCE = 8
_ABOUT_BYTES = 32_768
_PIECE = 65_536


@dataclass(frozen=True)
class Received:
    """The form of an upload: its first part, and the file that follows."""

    about: Upload
    rest: MultipartReader


@dataclass(frozen=True)
class Files:
    """`most`: bytes of one file."""

    database: Database
    blobs: Blobs
    workers: Workers
    links: Links
    most: int
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_AT_ONCE))

    async def receive(self, request: web.Request) -> Received:
        """Read what comes before the file; nothing of the file yet. Rejected when it is no form."""
        if (request.content_length or 0) > self.most + _ABOUT_BYTES:
            raise self._too_large()
        try:
            form = await request.multipart()
            part = await form.next()
            if not isinstance(part, BodyPartReader) or part.name != "about":
                raise Rejected("bad_request", "Send a form with `about`, then `file`.")
            about = await _read(part)
        except NO_FORM as error:
            raise Rejected("bad_request", "Send a form with `about`, then `file`.") from error
        return Received(parse_upload(about), form)

    async def keep(self, form: MultipartReader) -> Attachment:
        """Keep the file; Rejected when it is too large or of no kind that we take."""
        if self._slots.locked():
            raise Retry("many files come in at once", after=5)
        async with self._slots:
            try:
                async with asyncio.timeout(UPLOAD_SECONDS):
                    return await self._keep(form)
            except (TimeoutError, *NO_FORM) as error:
                raise Rejected("bad_request", "The file did not come through.") from error

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """A file as a download; `/small` is the picture that we made of it."""
        small = request.path.endswith("/small")
        asked = self.links.file(request.match_info["token"])
        if asked is None:
            raise web.HTTPNotFound
        file = await self.database.read(
            lambda c: file_of(c, asked.attachment_id, f"chat:{asked.session}")
        )
        if file is None or (small and not file.thumbnail):
            raise web.HTTPNotFound
        if small:
            return await self._answer(file.thumbnail, "preview.webp", THUMBNAIL_TYPE)
        return await self._answer(file.sha256, file.filename, file.content_type)

    async def serve_picture(self, request: web.Request) -> web.StreamResponse:
        """The picture of an agent."""
        sha256 = self.links.picture(request.match_info["token"])
        if sha256 is None:
            raise web.HTTPNotFound
        return await self._answer(sha256, "picture.webp", THUMBNAIL_TYPE)

    async def _answer(self, sha256: str, name: str, content_type: str) -> web.StreamResponse:
        path = self.blobs.path(sha256)
        if not await asyncio.to_thread(path.exists):
            raise web.HTTPNotFound
        headers = download_headers(name, content_type)
        # The address is the right to read it; no page gets anything by the visitor's cookies.
        return web.FileResponse(path, headers=headers | {"Access-Control-Allow-Origin": "*"})

    async def _keep(self, form: MultipartReader) -> Attachment:
        part = await form.next()
        if not isinstance(part, BodyPartReader) or part.name != "file":
            raise Rejected("bad_request", "Send a form with `about`, then `file`.")
        with self.blobs.writer() as writer:
            async for piece in self._pieces(part):
                await asyncio.to_thread(writer.write, piece)
            return await take(writer, part.filename or "", self.blobs, self.workers)

    async def _pieces(self, part: BodyPartReader) -> AsyncIterator[bytes]:
        size = 0
        while piece := await part.read_chunk(_PIECE):
            size += len(piece)
            if size > self.most:
                raise self._too_large()
            yield bytes(piece)
        if not size:
            raise Rejected("empty", "There is nothing in this file.")

    def _too_large(self) -> Rejected:
        return Rejected("too_large", f"A file has {self.most} bytes at most.", status=413)


async def _read(part: BodyPartReader) -> bytes:
    content = b""
    while piece := await part.read_chunk(_ABOUT_BYTES):
        content += piece
        if len(content) > _ABOUT_BYTES:
            raise Rejected("too_large", "`about` is too large.", status=413)
    return content
