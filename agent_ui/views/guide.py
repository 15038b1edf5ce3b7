"""The contact guide: for customers where to be for what, for colleagues who is responsible too."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from agent_ui.pages import Pages
from agent_ui.texts import preferred, texts_for
from agent_ui.visit import Guest, Visit
from hub import clock
from hub.guide import Guide, MakeGuide, Matter, Way

LONGEST_GROUP = 200


@dataclass(frozen=True)
class Section:
    """Matters under one topic at the top of the tree for which the same holds."""

    matters: tuple[Matter, ...]
    ways: tuple[Way, ...]


class GuideViews:
    def __init__(self, pages: Pages, make: MakeGuide) -> None:
        self._pages = pages
        self._make = make

    async def public(self, guest: Guest) -> web.StreamResponse:
        chosen = guest.request.query.get("lang", "")
        if chosen:
            guest = replace(guest, texts=texts_for(preferred(chosen)))
        return self._page(guest, "contact.html", public=True)

    async def internal(self, visit: Visit) -> web.StreamResponse:
        return self._page(visit, "guide.html", public=False)

    def _page(self, guest: Guest, template: str, *, public: bool) -> web.Response:
        group = guest.request.query.get("for", "")[:LONGEST_GROUP]
        guide = self._make(group, public, clock.now())
        sections = _sections(guide, with_roles=not public)
        return self._pages.page(guest, template, guide=guide, sections=sections)


def _sections(guide: Guide, *, with_roles: bool) -> Sequence[Section]:
    found: dict[object, Section] = {}
    for matter in guide.matters:
        ways = matter.ways if with_roles else tuple(map(_without_roles, matter.ways))
        key = matter.topic.partition("/")[0], repr(ways)
        earlier = found[key].matters if key in found else ()
        found[key] = Section((*earlier, matter), ways)
    return list(found.values())


def _without_roles(way: Way) -> Way:
    return replace(way, role={}, backup_role=None, is_triage=False)
