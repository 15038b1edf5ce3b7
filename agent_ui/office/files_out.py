"""Answers that a browser keeps as a file."""

from aiohttp import web

from hub.downloads import disposition


def as_file(name: str, kind: str, content: bytes) -> web.Response:
    headers = {
        "Content-Disposition": disposition(name),
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    charset = "utf-8" if kind.startswith("text/") else None
    return web.Response(body=content, content_type=kind, charset=charset, headers=headers)
