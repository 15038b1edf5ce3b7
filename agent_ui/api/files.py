"""Files of conversations: handed in for an answer, and downloaded by who may see them."""

from collections.abc import Sequence
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.sent_files import MOST_BYTES
from hub.api.files import FileName, Files, HandedIn, no_file
from hub.api.operation import Answer, Call, Operation
from hub.interaction import Attachment
from hub.store import timeline
from hub.store.agents import Agent


def files_of(context: ConsoleContext) -> Files:
    return Files(context.blobs, context.workers, context.tokens, MOST_BYTES)


def operations(context: ConsoleContext) -> Sequence[Operation[Agent]]:
    async def hand_in(call: Call[Agent]) -> Answer:
        return await files_of(context).hand_in(call)

    async def download(call: Call[Agent]) -> web.StreamResponse:
        found = await context.database.read(lambda c: _seen(c, call))
        return await files_of(context).download(found.sha256, found.filename)

    tag = "files"
    return [
        Operation(
            "POST", "/files", "handInFile", tag, "Hand in a file, to name it in a message",
            "conversations:write", HandedIn, asks=FileName, deed=hand_in, upload=True,
            status=HTTPStatus.CREATED, body_limit=MOST_BYTES,
        ),
        Operation(
            "GET", "/files/{id}", "downloadFile", tag, "Download a file of a conversation",
            "conversations:read", None, serve=download,
        ),
    ]  # fmt: skip


def _seen(connection: Connection, call: Call[Agent]) -> Attachment:
    """Raises Rejected, the same for what does not exist."""
    found = timeline.attachment(connection, call.id)
    if found is None or not timeline.may_see(connection, found[1], call.caller):
        raise no_file()
    return found[0]
