"""Files that an agent sends along with an answer: looked at like those of strangers, and kept."""

import asyncio
import shutil
from typing import IO, Any

from aiohttp.web_request import FileField

from agent_ui.context import ConsoleContext
from agent_ui.visit import Visit
from hub.errors import Rejected
from hub.http import form_of
from hub.interaction import Attachment
from hub.taking import take

MOST_BYTES = 25_000_000
"""Of all files together: more than that, mail servers do not take."""
_MOST_FILES = 20


async def files_of(visit: Visit, context: ConsoleContext) -> tuple[Attachment, ...]:
    """The files of the form; Rejected when one is of a kind that customers are not sent."""
    fields = (await form_of(visit.request)).getall("file", [])
    chosen = [one for one in fields if isinstance(one, FileField) and one.filename]
    if len(chosen) > _MOST_FILES:
        raise Rejected("too_many_files", "These are too many files for one message.")
    return tuple([await _keep(one, context) for one in chosen])


async def _keep(field: FileField, context: ConsoleContext) -> Attachment:
    with field.file, context.blobs.writer() as writer:
        await asyncio.to_thread(_copy, field.file, writer)
        return await take(writer, field.filename, context.blobs, context.workers)


def _copy(source: IO[bytes], target: Any) -> None:
    shutil.copyfileobj(source, target)
