"""What holds for the whole organisation: the second step, wrap-up, ratings, how long things are
kept."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web
from pydantic import ValidationError
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.office import seen
from agent_ui.office.typed import Typed
from agent_ui.pages import Pages
from agent_ui.sessions import REQUIRED
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit
from hub import rating_requests, retention
from hub.errors import Rejected
from hub.rating_requests import Wanted
from hub.settings import RetentionSettings
from hub.store import choices, wrapping

PATH = "/console/admin/organisation"
WHO = ("nobody", "administrators", "everyone")
KEPT = ("original_days", "recording_days", "audit_days", "mailbox_days", "event_days")
_MOST_DIGITS = 9


class OrganisationViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit)

    async def keep(self, visit: Visit) -> web.StreamResponse:
        """One of the forms on the page; `what` says which."""
        what = await visit.field("what")
        reading: Mapping[str, Callable[[Visit], Any]] = {
            REQUIRED: _second_step,
            rating_requests.CHOICE: self._ratings,
            retention.CHOICE: self._retention,
            wrapping.CHOICE: self._wrap_up,
        }
        if what not in reading:
            raise web.HTTPNotFound
        try:
            chosen = await reading[what](visit)
        except Rejected as error:
            return await self._show(visit, error)
        given = await visit.field(seen.FIELD)

        def keep(connection: Connection) -> None:
            choices.hold(connection, what)
            seen.check(given, self._read(connection, visit)[what])
            choices.keep(connection, what, chosen, by=visit.known.id)

        try:
            await self._context.database.write(keep)
        except Rejected as error:
            return await self._show(visit, error)
        return see_other(f"{PATH}#kept-{what}")

    async def _ratings(self, visit: Visit) -> dict[str, Any]:
        titles = self._context.role_titles(visit.texts.language)
        topics = self._context.topics.titles(visit.texts.language)
        return {
            "channels": [c for c in rating_requests.CHANNELS if await visit.field(f"channel.{c}")],
            "roles": [role for role in titles if await visit.field(f"role.{role}")],
            "topics": [topic for topic in topics if await visit.field(f"topic.{topic}")],
        }

    async def _wrap_up(self, visit: Visit) -> dict[str, Any]:
        """Seconds by role and channel."""
        found: dict[str, dict[str, int]] = {}
        for role in self._context.role_titles(visit.texts.language):
            for channel in wrapping.SECONDS:
                typed = (await visit.field(f"{channel}.{role}")).strip() or "0"
                is_count = typed.isascii() and typed.isdecimal() and len(typed) <= _MOST_DIGITS
                if not is_count or int(typed) > wrapping.LONGEST:
                    raise Rejected("bad_seconds", "Write seconds, at most an hour.", status=422)
                found.setdefault(role, {})[channel] = int(typed)
        return found

    async def _retention(self, visit: Visit) -> dict[str, Any]:
        typed = {name: (await visit.field(name)).strip() for name in KEPT}
        given = {name: text for name, text in typed.items() if text}
        try:
            settings = RetentionSettings.model_validate(
                self._context.hub.retention.model_dump() | given
            )
        except ValidationError as error:
            raise Rejected("bad_days", "Write days.", status=422) from error
        return {name: getattr(settings, name) for name in KEPT}

    def _read(self, connection: Connection, visit: Visit) -> dict[str, Any]:
        """By the name of each form, what holds."""
        roles = self._context.role_titles(visit.texts.language)
        return {
            wrapping.CHOICE: {role: wrapping.chosen(connection, role) for role in roles},
            REQUIRED: choices.value(connection, REQUIRED).get("who", WHO[0]),
            rating_requests.CHOICE: Wanted.chosen(
                choices.value(connection, rating_requests.CHOICE)
            ),
            retention.CHOICE: retention.in_force(connection, self._context.hub.retention),
        }

    async def _show(self, visit: Visit, refused: Rejected | None = None) -> web.Response:
        found = await self._context.database.read(lambda c: self._read(c, visit))
        return self._pages.page(
            visit,
            "office/organisation.html",
            status=refused.status if refused else HTTPStatus.OK,
            notice=words.reason(visit.texts, refused) if refused else "",
            typed=await Typed.refused(visit, refused),
            who=WHO,
            kept=KEPT,
            rating_channels=rating_requests.CHANNELS,
            topics=self._context.topics.titles(visit.texts.language),
            **found,
        )


async def _second_step(visit: Visit) -> dict[str, Any]:
    who = await visit.field("who")
    if who not in WHO:
        raise web.HTTPNotFound
    return {"who": who}
