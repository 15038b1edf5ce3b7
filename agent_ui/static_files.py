"""Scripts, styles and icons: read once, served under the hash of them all, cached for ever.

One hash for all of them, because modules import each other by relative address: a page never mixes
two releases.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web
from markupsafe import Markup

PREFIX = "/console/static"
_FOLDER = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"
_IMPORTED = re.compile(r'^import\b[^;"]*"\./([^"]+)"', re.MULTILINE)
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class _File:
    body: bytes
    packed: bytes
    content_type: str


class StaticFiles:
    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _read(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        digest = hashlib.sha256()
        for name, file in self._files.items():
            digest.update(name.encode() + b"\0" + file.body)
        self._digest = digest.hexdigest()[:16]
        imported = {
            name: [f"js/{other}" for other in _IMPORTED.findall(file.body.decode())]
            for name, file in self._files.items()
            if name.startswith("js/")
        }
        self._scripts = {name: self._script(name, imported) for name in imported}

    def url(self, name: str) -> str:
        """The address of a file that exists; anything else is a mistake in a template."""
        if name not in self._files:
            raise KeyError(f"no static file is called {name!r}")
        return f"{PREFIX}/{self._digest}/{name}"

    def script(self, name: str) -> Markup:
        """A script for the head of a page, and all that it imports: a browser that is told of them
        asks for all at once, instead of finding the next ones in those that have come."""
        return self._scripts[name]

    def _script(self, name: str, imported: Mapping[str, Sequence[str]]) -> Markup:
        needed = [name]
        for one in needed:
            needed.extend(other for other in imported[one] if other not in needed)
        told = Markup('<link rel="modulepreload" href="{}">')
        script = Markup('<script type="module" src="{}"></script>').format(self.url(name))
        return script + Markup("").join(told.format(self.url(one)) for one in needed[1:])

    async def serve(self, request: web.Request) -> web.Response:
        file = self._files.get(request.match_info["name"])
        if file is None or request.match_info["digest"] != self._digest:
            raise web.HTTPNotFound
        etag = f'"{self._digest}"'
        headers = {"Cache-Control": _FOREVER, "ETag": etag, "Vary": "Accept-Encoding"}
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=headers)
        body = file.body
        if "gzip" in request.headers.get("Accept-Encoding", "").lower():
            body = file.packed
            headers["Content-Encoding"] = "gzip"
        return web.Response(
            body=body, content_type=file.content_type, charset="utf-8", headers=headers
        )


@cache
def static_files() -> StaticFiles:
    """Those of the console: they are part of the release, so one for the process."""
    return StaticFiles(_FOLDER)


def _read(path: Path) -> _File:
    body = path.read_bytes()
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return _File(body, gzip.compress(body, mtime=0), _TYPES.get(path.suffix, guessed))
