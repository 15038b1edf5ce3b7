"""Sounds that a page plays, by an address that a session's cookie has no part in.

The address is signed when the page is made, for who may see it, and ends an hour later.
"""

import asyncio

from aiohttp import web

from agent_ui.content import HEAD
from agent_ui.context import ConsoleContext
from hub import clock
from hub.downloads import download_headers
from hub.store import Blobs, timeline
from hub.tokens import Tokens

PATH = "/sound/"
SECONDS = 3600
_PURPOSE = "sound"
_KINDS = (
    (b"RIFF", "audio/wav"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
)


def address_of(tokens: Tokens, attachment_id: str) -> str:
    """Where this attachment can be heard until an hour from now."""
    ends = int(clock.now().timestamp()) + SECONDS
    return PATH + tokens.sign(_PURPOSE, f"{attachment_id}_{ends}")


class SoundViews:
    def __init__(self, context: ConsoleContext) -> None:
        self._context = context

    async def serve(self, request: web.Request) -> web.StreamResponse:
        payload = self._context.tokens.verify(_PURPOSE, request.match_info["token"])
        attachment_id, _, ends = (payload or "").partition("_")
        if not ends.isdecimal() or int(ends) < clock.now().timestamp():
            raise web.HTTPNotFound
        found = await self._context.database.read(lambda c: timeline.attachment(c, attachment_id))
        if found is None:
            raise web.HTTPNotFound
        sha256, blobs = found[0].sha256, self._context.blobs
        kind = await asyncio.to_thread(_kind, blobs, sha256)
        if not kind:
            raise web.HTTPNotFound
        headers = download_headers(found[0].filename, kind)
        return web.FileResponse(blobs.path(sha256), headers=headers)


def _kind(blobs: Blobs, sha256: str) -> str:
    """By its first bytes, not by what its sender says; "" for what is no sound we know."""
    try:
        with blobs.open(sha256) as file:
            head = file.read(HEAD)
    except FileNotFoundError:
        return ""
    return next((kind for start, kind in _KINDS if head.startswith(start)), "")
