"""The items behind each figure of a report."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import trade_words
from agent_ui.context import ConsoleContext
from agent_ui.office import charts
from agent_ui.office.group_names import called_by
from agent_ui.office.leafing import SIZE, leaf_of
from agent_ui.office.report_period import Asked, asked_by
from agent_ui.office.words import OPPOSITES, REPORT_FIGURES
from agent_ui.pages import Pages
from agent_ui.texts import N_, Texts
from agent_ui.visit import Visit, number
from hub import locales
from hub.store import came_in, reporting, reviewing
from hub.store.came_in import CameIn
from hub.store.reporting import GROUPS, Behind

CAME_IN, OPEN = N_("What came in"), N_("Still open")
_LONGEST_KEY = 500
_DAYS_A_WEEK, _HOURS_A_DAY = 7, 24
Names = Sequence[tuple[str, str]]
"""What stands in an address besides the period, in order."""


class ReportLists:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def items(self, visit: Visit) -> web.StreamResponse:
        """The finished work behind one figure."""
        asked, query = asked_by(visit, self._context.zone()), visit.request.query
        figure, by = query.get("figure", ""), query.get("by", "")
        if figure not in reporting.FIGURES or (by and by not in GROUPS):
            raise web.HTTPNotFound
        key = tuple(value[:_LONGEST_KEY] for value in query.getall("key", []))
        if len(key) != len(GROUPS.get(by, ())):
            raise web.HTTPNotFound
        behind = Behind(asked.period, figure, by, key)

        def read(connection: Connection) -> dict[str, Any]:
            leaf = leaf_of(reporting.count(connection, behind), query.get("leaf", ""))
            return {
                "leaf": leaf,
                "items": reporting.items(connection, behind, limit=SIZE, offset=leaf.offset),
                "agents": reporting.names(connection),
            }

        found = await self._context.database.read(read)
        called = called_by(self._context, visit, found["agents"])
        names = called.of(by, key)
        other = OPPOSITES.get(figure, "")
        same = [("by", by), *(("key", value) for value in key)]
        return self._show(
            visit,
            asked,
            found,
            title=" · ".join((visit.texts(REPORT_FIGURES[figure]), *names)),
            place="items",
            same=[("figure", figure), *same],
            other=(visit.texts(REPORT_FIGURES[other]), [("figure", other), *same]) if other else (),
        )

    async def came_in(self, visit: Visit) -> web.StreamResponse:
        """What came in, finished or not: all of it, of one bar of the chart, or of one hour of the
        week; or what of it is open."""
        asked, query = asked_by(visit, self._context.zone()), visit.request.query
        same = [(name, query[name]) for name in ("at", "day", "hour", "open") if query.get(name)]
        title, wanted = self._wanted(visit.texts, asked, dict(same))

        def read(connection: Connection) -> dict[str, Any]:
            ids = came_in.open_ids(connection, wanted)
            total = len(ids) + came_in.count_finished(connection, wanted)
            leaf = leaf_of(total, query.get("leaf", ""))
            found = came_in.items(connection, wanted, ids, limit=SIZE, offset=leaf.offset)
            return {"leaf": leaf, "items": found, "agents": reporting.names(connection)}

        found = await self._context.database.read(read)
        return self._show(visit, asked, found, title=title, place="came", same=same)

    async def reviews(self, visit: Visit) -> web.StreamResponse:
        """The reviews of one agent's work within the period."""
        asked, query = asked_by(visit, self._context.zone()), visit.request.query
        whose, period = query.get("whose", "")[:_LONGEST_KEY], asked.period

        def read(connection: Connection) -> dict[str, Any]:
            total, _ = reporting.reviewed(connection, period).get(whose, (0, 0))
            leaf = leaf_of(total, query.get("leaf", ""))
            return {
                "leaf": leaf,
                "reviews": reviewing.within(
                    connection, whose, period.since, period.until, limit=SIZE, offset=leaf.offset
                ),
                "whose": reporting.names(connection).get(whose, ""),
            }

        found = await self._context.database.read(read)
        same = [("whose", whose)]
        return self._pages.page(
            visit, "office/report_reviews.html", asked=asked, same=same, **found
        )

    def _wanted(self, texts: Texts, asked: Asked, given: dict[str, str]) -> tuple[str, CameIn]:
        """Its title, and what it is. Raises HTTPNotFound for no such place."""
        period, zone = asked.period, self._context.zone()
        if given.get("open"):
            return texts(OPEN), CameIn(period, open_only=True)
        if at := given.get("at"):
            hours = charts.hours_of_bar(at, period.since, period.until, zone)
            if not hours:
                raise web.HTTPNotFound
            return _titled(texts, trade_words.bar(texts, at)), CameIn(period, hours)
        if "day" in given:
            day, hour = number(given["day"]), number(given.get("hour", ""))
            if day >= _DAYS_A_WEEK or hour >= _HOURS_A_DAY:
                raise web.HTTPNotFound
            hours = charts.hours_of_place(day, hour, period.since, period.until, zone)
            return _titled(texts, f"{locales.weekdays(texts.language)[day]} {hour:02}:00"), CameIn(
                period, hours
            )
        return texts(CAME_IN), CameIn(period)

    def _show(
        self,
        visit: Visit,
        asked: Asked,
        found: dict[str, Any],
        *,
        title: str,
        place: str,
        same: Names,
        other: tuple[str, Names] | tuple[()] = (),
    ) -> web.Response:
        """`other`: what the list leads to besides."""
        return self._pages.page(
            visit,
            "office/report_items.html",
            asked=asked,
            list_title=title,
            place=place,
            same=same,
            other=other,
            called=called_by(self._context, visit, found["agents"]),
            leaf=found["leaf"],
            items=found["items"],
        )


def _titled(texts: Texts, when: str) -> str:
    return f"{texts(CAME_IN)} · {when}"
