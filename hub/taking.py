"""Keeps an uploaded file, once a worker process has said what it really is."""

import asyncio
import shutil
from typing import IO, Any

import structlog
from aiohttp.web_request import FileField
from multidict import MultiDictProxy

from hub import clock
from hub.blobs import Blobs, BlobWriter
from hub.errors import Rejected
from hub.interaction import Attachment
from hub.isolation import WorkerFailed, Workers
from hub.uploads import examine

log = structlog.get_logger(__name__)


MOST_FILES = 20
"""In one form."""


class FileRefused(Rejected):
    """Of a kind that we do not take, or without anything in it. `filename`: as its sender calls it,
    without marks that would change the order of what stands around it."""

    def __init__(self, filename: str, *, is_empty: bool) -> None:
        self.filename = "".join(each for each in filename if each.isprintable())
        self.is_empty = is_empty
        super().__init__("bad_type", "This kind of file is not taken.", status=415)


async def take_all(
    form: MultiDictProxy[Any], blobs: Blobs, workers: Workers, *, name: str = "file"
) -> tuple[Attachment, ...]:
    """The files of a form; Rejected when there are too many, or one is of a kind that we do not
    take."""
    chosen = [one for one in form.getall(name, []) if isinstance(one, FileField) and one.filename]
    if len(chosen) > MOST_FILES:
        raise Rejected("too_many_files", "These are too many files for one message.")
    return tuple([await _take_field(one, blobs, workers) for one in chosen])


async def _take_field(field: FileField, blobs: Blobs, workers: Workers) -> Attachment:
    with field.file, blobs.writer() as writer:
        await asyncio.to_thread(_copy, field.file, writer)
        return await take(writer, field.filename, blobs, workers)


def _copy(source: IO[bytes], target: Any) -> None:
    shutil.copyfileobj(source, target)


async def take(writer: BlobWriter, filename: str, blobs: Blobs, workers: Workers) -> Attachment:
    """Keep what was written, with a small picture of it if it is one; Rejected for a kind of file
    that we do not take, and then nothing is kept."""
    path = await asyncio.to_thread(writer.look)
    try:
        examined = await workers.run(examine, str(path), filename)
    except WorkerFailed as error:
        log.warning("upload.not_read", reason=error.reason)
        examined = None
    if examined is None:
        is_empty = (await asyncio.to_thread(path.stat)).st_size == 0
        raise FileRefused(filename, is_empty=is_empty)
    sha256, size = await asyncio.to_thread(writer.finish)
    thumbnail = ""
    if examined.thumbnail:
        thumbnail, _ = await asyncio.to_thread(blobs.put, examined.thumbnail)
    return Attachment(
        id=clock.new_id(),
        filename=examined.filename,
        content_type=examined.content_type,
        size=size,
        sha256=sha256,
        thumbnail=thumbnail,
    )
