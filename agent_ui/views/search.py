"""Search over customers, conversations and files: a page of its own, and a part for the palette."""

from typing import TypeVar

from aiohttp import web

from agent_ui.context import ConsoleContext
from agent_ui.finding import find
from agent_ui.pages import Pages
from agent_ui.visit import Visit, number
from hub.interaction import Channel
from hub.store.search import Asked, Kind

T = TypeVar("T", Channel, Kind)

_SHOWN, _IN_PALETTE = 20, 5
_LONGEST = 200


class SearchViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        """`?q=`: the words; `kind`, `channel` and `days` narrow it."""
        query = visit.request.query
        asked = Asked(
            text=query.get("q", "").replace("\0", "")[:_LONGEST],
            channel=_one_of(Channel, query.get("channel", "")),
            days=number(query.get("days", "")),
        )
        kind = _one_of(Kind, query.get("kind", ""))
        limit = _IN_PALETTE if visit.wants_part else _SHOWN
        found = await self._context.database.read(
            lambda c: find(c, asked, [kind] if kind else list(Kind), visit.known, limit=limit)
        )
        template = "parts/found.html" if visit.wants_part else "search.html"
        return self._pages.page(visit, template, asked=asked, kind=kind, found=found)


def _one_of(choices: type[T], given: str) -> T | None:
    return choices(given) if given in {one.value for one in choices} else None
