"""Turns templates into responses in the reader's language, and keeps other sites out."""

import mimetypes
import re
from collections.abc import Awaitable, Callable
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment
from yarl import URL

from agent_ui.sessions import LANGUAGE_COOKIE
from agent_ui.texts import LANGUAGES, Texts, preferred
from hub.http import Handler, Route
from hub.templating import environment_of
from hub.texts import all_texts

_FOLDER = Path(__file__).parent
_LANGUAGE_SECONDS = 365 * 24 * 3600
_OUR_LINK = re.compile(r"(https?://(?:127\.0\.0\.1|localhost):\d+/[\w/?&=%.~+-]*)")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

View = Callable[[web.Request, Texts], Awaitable[web.StreamResponse]]


def with_links(line: str) -> list[tuple[str, bool]]:
    """A line in pieces, with which of them lead to this machine: in a mail from outside no other
    address becomes a link."""
    pieces = _OUR_LINK.split(line)
    return [(piece, bool(number % 2)) for number, piece in enumerate(pieces) if piece]


@cache
def _environment(organisation: str) -> Environment:
    """Its templates are made once in a process."""
    environment = environment_of(_FOLDER / "templates", with_links=with_links)
    environment.globals.update(organisation=organisation, languages=LANGUAGES)
    return environment


class Pages:
    """`public_url` is how people reach the demo, beside the names of this machine itself."""

    def __init__(self, organisation: str, public_url: str) -> None:
        self._hosts = (*_LOOPBACK, urlsplit(public_url).hostname)
        self.texts = all_texts(_FOLDER / "locale")
        self._static = {path.name: path.read_bytes() for path in (_FOLDER / "static").iterdir()}
        self._environment = _environment(organisation)

    def routes(self) -> list[Route]:
        return [Route("GET", "/demo/static/{name}", self._serve)]

    def page(
        self,
        request: web.Request,
        texts: Texts,
        template: str,
        *,
        status: int = HTTPStatus.OK,
        **values: Any,
    ) -> web.Response:
        body = self._environment.get_template(template).render(
            _=texts, path=request.path, language_urls=_language_urls(request), **values
        )
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        return web.Response(text=body, status=status, content_type="text/html", headers=headers)

    def guard(self, view: View) -> Handler:
        """Only for pages of this machine: not for a site whose name was made to point here (the
        start page shows passwords), and not for forms that another site sends."""

        async def handler(request: web.Request) -> web.StreamResponse:
            if request.url.host not in self._hosts or _is_foreign(request):
                raise web.HTTPForbidden
            if request.query.get("language") in LANGUAGES:
                return _remember_language(request)
            return await view(request, self.texts[_language(request)])

        return handler

    async def _serve(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._static:
            raise web.HTTPNotFound
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return web.Response(
            body=self._static[name], content_type=kind, headers={"Cache-Control": "no-cache"}
        )


def see_other(path: str) -> web.Response:
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})


def _is_foreign(request: web.Request) -> bool:
    if request.method in ("GET", "HEAD"):
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def _language(request: web.Request) -> str:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return preferred(chosen, accept=request.headers.get("Accept-Language", ""))


def _language_urls(request: web.Request) -> dict[str, str]:
    """Where each language's link leads: the same page, or the first when a form was sent here."""
    url = request.rel_url if request.method == "GET" else URL("/")
    return {language: str(url.update_query(language=language)) for language in LANGUAGES}


def _remember_language(request: web.Request) -> web.Response:
    """The console uses the same cookie."""
    rest = request.rel_url.without_query_params("language")
    response = see_other(str(rest))
    response.set_cookie(
        LANGUAGE_COOKIE,
        request.query["language"],
        max_age=_LANGUAGE_SECONDS,
        httponly=True,
        samesite="Lax",
    )
    return response
