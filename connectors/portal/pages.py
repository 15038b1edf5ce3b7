"""Turns templates into responses, with the headers that every page of the portal has."""

import mimetypes
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment
from markupsafe import Markup

from connectors.portal import words
from connectors.portal.browsers import browser_of
from connectors.portal.visit import FORM_TOKEN, Guest, Visit
from hub import clock, locales
from hub.http import Route
from hub.money import written
from hub.templating import environment_of
from hub.texts import LANGUAGES, Texts, all_texts

_FOLDER = Path(__file__).parent
_STATIC = "/portal/static"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
}


@cache
def _environment(organisation: str) -> Environment:
    """Its templates are made once in a process."""
    environment = environment_of(_FOLDER / "templates")
    environment.globals.update(
        organisation=organisation,
        languages=LANGUAGES,
        words=words,
        browser_of=browser_of,
        money=written,
        when=when,
        day=day,
        static=_STATIC,
    )
    return environment


class Pages:
    def __init__(self, organisation: str) -> None:
        self.texts = all_texts(_FOLDER / "locale")
        self._static = {path.name: path.read_bytes() for path in (_FOLDER / "static").iterdir()}
        self._environment = _environment(organisation)

    def routes(self) -> list[Route]:
        return [Route("GET", _STATIC + "/{name}", self._serve)]

    def page(
        self, guest: Guest, template: str, *, status: int = 200, **values: Any
    ) -> web.Response:
        form = Markup('<input type="hidden" name="{}" value="{}">').format(
            FORM_TOKEN, guest.form_token
        )
        body = self._environment.get_template(template).render(
            _=guest.texts,
            visit=guest if isinstance(guest, Visit) else None,
            token=form,
            path=guest.request.path,
            now=clock.now(),
            **values,
        )
        return web.Response(
            text=body, status=status, content_type="text/html", headers=dict(_HEADERS)
        )

    async def _serve(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._static:
            raise web.HTTPNotFound
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        headers = {"Cache-Control": "max-age=3600"}
        return web.Response(body=self._static[name], content_type=kind, headers=headers)


_ZONE = ZoneInfo("Europe/Amsterdam")


def day(on: date, texts: Texts) -> Markup:
    """A day as people write it."""
    shown = locales.day(on, texts.language)
    return Markup('<time datetime="{}">{}</time>').format(on.isoformat(), shown)


def when(at: datetime, texts: Texts, *, time: bool = True) -> Markup:
    """A moment as people write it, with the machine's form beside it."""
    local = at.astimezone(_ZONE)
    this_year = local.year == clock.now().astimezone(_ZONE).year
    day = locales.day(local.date(), texts.language, year=not this_year)
    shown = f"{day}, {local:%H:%M}" if time else day
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), shown)
