"""Files for programs: handed in before the message that they go with, and downloaded.

What was handed in is in the blob store, and its id says all about it, signed: nothing else has to
be kept, or cleared up, for a file that is never sent.
"""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from hub import clock
from hub.api.operation import Answer, Call, Shape
from hub.api.upload import Upload
from hub.blobs import Blobs
from hub.downloads import download_headers
from hub.errors import Rejected
from hub.interaction import Attachment
from hub.isolation import Workers
from hub.taking import take
from hub.tokens import Tokens

LASTS = timedelta(days=1)
MOST_FILES = 20
_PIECE = 64 * 1024
_PURPOSE = "api file"
_KEPT = ("filename", "content_type", "size", "sha256", "thumbnail")

FileIds = Annotated[
    list[Annotated[str, Field(max_length=2_000)]],
    Field(max_length=MOST_FILES, description="ids of files that were handed in before"),
]


class FileName(Shape):
    filename: str = Field(min_length=1, max_length=500)


class HandedIn(Shape):
    """`id`: name it in a message, until `expires_at`. The kind is what the bytes are."""

    id: str
    filename: str
    content_type: str
    size: int
    expires_at: datetime


@dataclass(frozen=True)
class Files:
    """`most`: bytes of one file, and of all that go with one message."""

    blobs: Blobs
    workers: Workers
    tokens: Tokens
    most: int

    async def hand_in(self, call: Call[Any]) -> Answer:
        """Keep the body as a file of whose token it is."""
        with self.blobs.writer() as writer:
            async for piece in self._pieces(call.body):
                await asyncio.to_thread(writer.write, piece)
            kept = await take(writer, call.query.filename, self.blobs, self.workers)
        until = clock.now() + LASTS
        said = {name: getattr(kept, name) for name in _KEPT}
        said |= {"owner": _owner(call), "until": until.timestamp()}
        payload = urlsafe_b64encode(json.dumps(said).encode()).decode()
        return Answer(
            HandedIn(
                id=self.tokens.sign(_PURPOSE, payload),
                filename=kept.filename,
                content_type=kept.content_type,
                size=kept.size,
                expires_at=until,
            )
        )

    def named(self, call: Call[Any], ids: Sequence[str]) -> tuple[Attachment, ...]:
        """The files with these ids, new ones of the message. Raises Rejected."""
        found = [self._read(call, one) for one in ids]
        if sum(one.size for one in found) > self.most:
            raise _too_large(self.most)
        return tuple(found)

    async def download(self, sha256: str, filename: str) -> web.StreamResponse:
        """As bytes to keep: never by the type that the sender claims."""
        path = self.blobs.path(sha256)
        if not await asyncio.to_thread(path.exists):
            raise no_file()
        headers = download_headers(filename, "application/octet-stream")
        return web.FileResponse(path, headers=headers)

    async def _pieces(self, content: Upload) -> AsyncIterator[bytes]:
        size = 0
        while piece := await content.read(_PIECE):
            size += len(piece)
            if size > self.most:
                raise _too_large(self.most)
            yield piece
        if not size:
            raise Rejected("empty_file", "Send the file as the body.", status=422)

    def _read(self, call: Call[Any], file_id: str) -> Attachment:
        payload = self.tokens.verify(_PURPOSE, file_id)
        if payload is not None:
            said = json.loads(urlsafe_b64decode(payload))
            fresh = said["until"] > clock.now().timestamp()
            if fresh and said["owner"] == _owner(call):
                return Attachment(id=clock.new_id(), **{name: said[name] for name in _KEPT})
        detail = "One of the files was not handed in by you, or more than a day ago."
        raise Rejected("no_file", detail, status=422)


def no_file() -> Rejected:
    return Rejected("no_file", "There is no such file.", status=404)


def _owner(call: Call[Any]) -> str:
    return call.token.agent_id or call.token.customer_id or ""


def _too_large(most: int) -> Rejected:
    return Rejected("too_large", f"At most {most // 1_000_000} MB.", status=413)
