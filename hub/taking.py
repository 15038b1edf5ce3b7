"""Keeps an uploaded file, once a worker process has said what it really is."""

import asyncio

import structlog

from hub import clock
from hub.blobs import Blobs, BlobWriter
from hub.errors import Rejected
from hub.interaction import Attachment
from hub.isolation import WorkerFailed, Workers
from hub.uploads import examine

log = structlog.get_logger(__name__)


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
        raise Rejected("bad_type", "This kind of file is not taken.", status=415)
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
