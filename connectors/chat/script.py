"""Serves the widget: one script to embed, and the modules that it loads.

The modules' address holds a digest of all of them, so a browser may keep them for good and never
mixes two releases; only the small script is asked for again. It brings along how the chat looks on
each website, so that the button has its colour before anybody opens the chat. The database is asked
for that now and then only: anybody may load the script, as often as they like.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic

from aiohttp import web

from hub.chat_look import Look, looks
from hub.errors import StoreDown
from hub.http import Route
from hub.store import Database

_FOLDER = Path(__file__).parent / "static"
_ENTRY = "loket-chat.js"
_VERSION_MARK, _LOOKS_MARK = "VERSION", "{ LOOKS }"
_REMEMBERED = 30.0
"""Seconds for which the looks hold that were read."""
_HEADERS = {
    # Scripts hold nothing secret, and a module from another origin is loaded with CORS only.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Script:
    """The widget's files, read once."""

    def __init__(self, database: Database) -> None:
        self._looks = _Looks(database)
        self._files = {path.name: path.read_bytes() for path in sorted(_FOLDER.glob("*.js"))}
        everything = b"\0".join(self._files.values())
        self.version = hashlib.sha256(everything).hexdigest()[:16]

    def routes(self) -> Sequence[Route]:
        return (
            Route("GET", f"/chat/{_ENTRY}", self._entry),
            Route("GET", "/chat/static/{version}/{name}", self._module),
        )

    async def _entry(self, request: web.Request) -> web.StreamResponse:
        chosen = await self._looks.now()
        told = json.dumps({site: look.for_page() for site, look in sorted(chosen.items())})
        text = self._files[_ENTRY].decode().replace(_VERSION_MARK, self.version)
        body = text.replace(_LOOKS_MARK, told).encode()
        etag = hashlib.sha256(body).hexdigest()[:16]
        if request.if_none_match and request.if_none_match[0].value == etag:
            response = web.Response(status=304)
        else:
            response = _javascript(body)
        response.etag = etag
        response.headers.update(_HEADERS | {"Cache-Control": "public, max-age=60"})
        return response

    async def _module(self, request: web.Request) -> web.StreamResponse:
        body = self._files.get(request.match_info["name"])
        if body is None:
            raise web.HTTPNotFound
        response = _javascript(body)
        # Right after a release a browser may still ask for the one before.
        current = request.match_info["version"] == self.version
        keep = "public, max-age=31536000, immutable" if current else "no-cache"
        response.headers.update(_HEADERS | {"Cache-Control": keep})
        return response


class _Looks:
    """As they were read last; none as long as the database never answered."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Mapping[str, Look] | None = None
        self._until = 0.0
        self._asking = asyncio.Lock()

    async def now(self) -> Mapping[str, Look]:
        if self._known is not None and (monotonic() < self._until or self._asking.locked()):
            return self._known
        async with self._asking:
            if self._known is None or monotonic() >= self._until:
                self._known = await self._read()
                self._until = monotonic() + _REMEMBERED
            return self._known

    async def _read(self) -> Mapping[str, Look]:
        try:
            return await self._database.look(looks)
        except StoreDown:
            return self._known or {}


def _javascript(body: bytes) -> web.Response:
    response = web.Response(body=body, content_type="text/javascript", charset="utf-8")
    response.enable_compression()
    return response
