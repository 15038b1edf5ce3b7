"""The page of contact arrangements: how we reach out to each target group of our own accord."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiohttp import web
from pydantic import ValidationError
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.arrangement import CHANNELS, PLACES, checked
from agent_ui.context import ConsoleContext
from agent_ui.office import seen
from agent_ui.pages import Pages
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit
from hub import clock
from hub.arrangements import ALL, Arrangement
from hub.errors import Rejected
from hub.store import outreaches, timeline

PATH = "/console/admin/arrangements"
_NUMBERS = ("most", "days", "quiet_from", "quiet_until")
_DAYS, _LISTED, _LONGEST = 30, 100, 500

Typed = dict[str, Any]


class ArrangementViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit)

    async def keep(self, visit: Visit) -> web.StreamResponse:
        """Of one group; `do` says whether to keep or to remove it."""
        group, what = await visit.field("group"), await visit.field("do")
        if group not in (ALL, *self._context.groups.titles(visit.texts.language)):
            raise web.HTTPNotFound
        typed = await _typed(visit)
        try:
            arrangement = None if what == "remove" else _read(typed)
        except Rejected as error:
            return await self._show(visit, error, group, typed)

        given = await visit.field(seen.FIELD)

        def work(connection: Connection) -> None:
            found, _ = outreaches.all_of(connection, lock=True)
            seen.check(given, found.pop(group, None))
            if arrangement is not None:
                found[group] = arrangement
            outreaches.keep(connection, found, self._context.zone(), by=visit.known.id)

        try:
            await self._context.database.write(work)
        except Rejected as error:
            return await self._show(visit, error, group, typed)
        return see_other(f"{PATH}#kept")

    async def _show(
        self,
        visit: Visit,
        refused: Rejected | None = None,
        group: str = "",
        typed: Typed | None = None,
    ) -> web.Response:
        since = clock.now() - timedelta(days=_DAYS)

        def read(connection: Connection) -> dict[str, Any]:
            found, _ = outreaches.all_of(connection)
            withheld = outreaches.withheld(connection, since, _LISTED)
            ids = {one.conversation_id for one in withheld}
            readable = timeline.visible(connection, ids, visit.known) if ids else set()
            return {"arrangements": found, "withheld": withheld, "readable": readable}

        shown = await self._context.database.read(read)
        return self._pages.page(
            visit,
            "office/arrangements.html",
            status=refused.status if refused else HTTPStatus.OK,
            notice=words.reason(visit.texts, refused) if refused else "",
            groups={ALL: "", **self._context.groups.titles(visit.texts.language)},
            channels=CHANNELS,
            places=PLACES,
            refused_group=group if refused else None,
            typed=typed,
            days=_DAYS,
            **shown,
        )


async def _typed(visit: Visit) -> Typed:
    """What stands in the form."""
    chosen = [await visit.field(f"channel.{place}") for place in range(PLACES)]
    found: Typed = {"channels": [one for one in dict.fromkeys(chosen) if one]}
    for name in _NUMBERS:
        found[name] = (await visit.field(name)).strip()[:9]
    for language in ("en", "nl"):
        found[language] = (await visit.field(language)).strip()[:_LONGEST]
    return found


def _read(typed: Typed) -> Arrangement:
    """Raises Rejected for what cannot be, or says nothing."""
    given = {name: value for name, value in typed.items() if value != ""}
    try:
        found = Arrangement.model_validate(given)
    except ValidationError as error:
        raise Rejected("bad_arrangement", "Write whole numbers.", status=422) from error
    return checked(found)
