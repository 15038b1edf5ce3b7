"""What fills the long menus of a conversation, read when somebody opens one."""

from typing import Final

from aiohttp import web

from agent_ui.context import ConsoleContext
from agent_ui.goals import read_goals
from agent_ui.pages import Pages
from agent_ui.visit import Visit
from hub.store import work_items

GIVE: Final = "give"
THROUGH: Final = "through"
TOPIC: Final = "topic"
"""The menus, by what an address says (`?menu=`) that gives a page with one of them open and whole:
the way to it without scripts."""


class MenuViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def goals(self, visit: Visit) -> web.StreamResponse:
        """Who can be given work or a call."""
        goals = await self._context.database.read(lambda c: read_goals(c, visit.known))
        return self._pages.page(visit, "parts/goals_alone.html", goals=goals)

    async def topics(self, visit: Visit) -> web.StreamResponse:
        """What this work may be about, and who is responsible then."""
        item_id = visit.id
        found = await self._context.database.read(lambda c: work_items.by_ids(c, [item_id]))
        if not found or not found[0].is_for(visit.known):
            raise web.HTTPNotFound
        [item] = found
        choices = self._context.topics.choices(item.decision, item.channel, visit.texts.language)
        return self._pages.page(visit, "parts/topics_alone.html", item=item, topic_choices=choices)
