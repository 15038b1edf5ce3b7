"""The wallboard: how the work of everybody stands, with the means to step in."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.live import Feed
from agent_ui.office import seen
from agent_ui.office.alerts import WALL, Thresholds
from agent_ui.office.leafing import SIZE, leaf_of
from agent_ui.office.overview import CHOICE, Overview
from agent_ui.office.typed import Typed
from agent_ui.office.words import THRESHOLDS
from agent_ui.pages import Pages
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit, checked_id
from hub.errors import Rejected
from hub.http import form_of
from hub.interaction import Channel
from hub.store import agents, choices, supervising, wall

T = TypeVar("T")

_FILTERS = ("figure", "role", "channel", "agent", "leaf")
_LARGEST = 100_000
_ALL = 100


class WallViews:
    def __init__(self, context: ConsoleContext, pages: Pages, feed: Feed) -> None:
        self._context = context
        self._pages = pages
        self._feed = feed
        self._overview = Overview(context)

    async def page(self, visit: Visit) -> web.StreamResponse:
        """The board; only its changing part for a script that has the rest."""
        return await self._show(visit)

    async def alerts(self, visit: Visit) -> web.StreamResponse:
        """What calls for a supervisor, for the bar at the top of the console."""
        stand = await self._overview.stand()
        return self._pages.page(visit, "office/alerts.html", stand=stand)

    async def items(self, visit: Visit) -> web.StreamResponse:
        return await self._items(visit, visit.request.query)

    async def move(self, visit: Visit) -> web.StreamResponse:
        """Hand the chosen work to a role or an agent. What somebody finished meanwhile is told, and
        stands in nobody's way."""
        role, _, agent_id = (await visit.field("to")).partition("|")
        chosen = [str(one) for one in (await form_of(visit.request)).getall("item", [])]
        filters = {name: await visit.field(name) for name in _FILTERS}
        try:
            _check_chosen(chosen, role)
        except Rejected as error:
            return await self._items(visit, filters, error)
        refused = None
        for item_id in map(checked_id, chosen):
            try:
                await self._write(self._moving(visit, item_id, role, agent_id))
            except Rejected as error:
                refused = error
        if refused:
            return await self._items(visit, filters, refused)
        shown = {name: value for name, value in filters.items() if value}
        to = f"{role}|{agent_id}" if agent_id else role
        return see_other(f"{WALL}/items?{urlencode(shown | {'given': to})}#given")

    async def presence(self, visit: Visit) -> web.StreamResponse:
        """Say for an agent whether they take offers."""
        agent_id, state = visit.id, await visit.field("state")
        why = await visit.field("reason")
        try:
            await self._write(
                lambda c: supervising.say_presence(c, agent_id, visit.known, state, why)
            )
        except Rejected as error:
            return await self._show(visit, error)
        return see_other(f"{WALL}#agents")

    async def set_thresholds(self, visit: Visit) -> web.StreamResponse:
        try:
            limits = {name: await _whole(visit, name) for name in THRESHOLDS}
            _check_percent(limits["level_percent"])
            given = await visit.field(seen.FIELD)
            await self._write(lambda c: _keep_limits(c, limits, given, visit.known.id))
        except Rejected as error:
            return await self._show(visit, error)
        return see_other(f"{WALL}#kept")

    def _moving(
        self, visit: Visit, item_id: str, role: str, agent_id: str
    ) -> Callable[[Connection], object]:
        if agent_id:
            return lambda c: supervising.give(c, item_id, visit.known, agent_id)
        backup = self._context.backup_of(role)
        return lambda c: supervising.move(c, item_id, visit.known, role, backup_role=backup)

    async def _show(self, visit: Visit, refused: Rejected | None = None) -> web.Response:
        # The position first: what happens while the board is read is then told again, not missed.
        position = self._feed.watch()
        stand = await self._overview.stand()
        template = "office/wall_part.html" if visit.wants_part else "office/wall.html"
        return self._pages.page(
            visit,
            template,
            status=refused.status if refused else HTTPStatus.OK,
            position=position,
            stand=stand,
            screen="screen" in visit.request.query,
            notice=words.reason(visit.texts, refused) if refused else "",
            typed=(await Typed.refused(visit, refused)).of("form", "thresholds"),
        )

    async def _items(
        self, visit: Visit, filters: Mapping[str, str], refused: Rejected | None = None
    ) -> web.Response:
        figure = filters.get("figure", "")
        channel = filters.get("channel", "")
        if figure not in wall.FIGURES or (channel and channel not in set(Channel)):
            raise web.HTTPNotFound
        role, agent_id = filters.get("role", ""), filters.get("agent", "")
        given, _, given_to = filters.get("given", "").partition("|")
        asked = wall.Behind(figure, self._overview.day(), role, channel, agent_id)

        def read(connection: Connection) -> dict[str, Any]:
            leaf = leaf_of(wall.count_behind(connection, asked), filters.get("leaf", ""))
            return {
                "leaf": leaf,
                "items": wall.items_behind(connection, asked, limit=SIZE, offset=leaf.offset),
                "colleagues": _by_role(agents.holders(connection)),
                "whose": agents.names(connection, [agent_id]).get(agent_id, ""),
                "given_to": agents.names(connection, [given_to]).get(given_to, ""),
            }

        found = await self._context.database.read(read)
        return self._pages.page(
            visit,
            "office/items.html",
            status=refused.status if refused else HTTPStatus.OK,
            figure=figure,
            only={"role": role, "channel": channel, "agent": agent_id},
            given=given,
            typed=await Typed.refused(visit, refused),
            notice=words.reason(visit.texts, refused) if refused else "",
            **found,
        )

    async def _write(self, work: Callable[[Connection], T]) -> T:
        result = await self._context.database.write(work)
        self._overview.forget()
        self._context.wake()
        return result


def _by_role(holders: Sequence[tuple[str, str, str]]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for role, agent_id, name in holders:
        found.setdefault(role, []).append((agent_id, name))
    return found


def _keep_limits(connection: Connection, limits: Mapping[str, int], given: str, by: str) -> None:
    seen.check(given, Thresholds.chosen(choices.value(connection, CHOICE, lock=True)))
    choices.keep(connection, CHOICE, limits, by=by)


def _check_chosen(chosen: Sequence[str], role: str) -> None:
    if not chosen:
        raise Rejected("nothing_chosen", "Choose at least one.", status=422)
    if not role:
        raise Rejected("nobody_chosen", "Choose to whom.", status=422)
    if len(chosen) > SIZE:
        raise Rejected("too_many_chosen", "Choose fewer.", status=422)


def _check_percent(share: int) -> None:
    if share > _ALL:
        raise Rejected("bad_percent", "A share is 100 % at most.", status=422)


async def _whole(visit: Visit, name: str) -> int:
    text = (await visit.field(name)).strip() or "0"
    if not (text.isascii() and text.isdecimal()) or int(text[:9]) > _LARGEST:
        raise Rejected("bad_number", "Write whole numbers.", status=422)
    return int(text)
