"""The items behind each figure of a report."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import spans, trade_words
from agent_ui.context import ConsoleContext
from agent_ui.office import charts
from agent_ui.office.files_out import as_file
from agent_ui.office.group_names import GroupNames, called_by
from agent_ui.office.leafing import SIZE, Leaf, leaf_of
from agent_ui.office.report_period import Asked, asked_by
from agent_ui.office.report_tables import items_table
from agent_ui.office.words import OPPOSITES, REPORT_FIGURES
from agent_ui.pages import Pages
from agent_ui.texts import N_, Texts
from agent_ui.visit import Visit, number
from hub import locales
from hub.store import came_in, reporting, reviewing
from hub.store.came_in import CameIn
from hub.store.reporting import GROUPS, Behind, Finished
from hub.tables_out import UTF_8, Table, as_csv

CAME_IN, OPEN = N_("What came in"), N_("Still open")
_DOT = " \N{MIDDLE DOT} "
_LONGEST_KEY = 500
_DAYS_A_WEEK, _HOURS_A_DAY = 7, 24
Names = Sequence[tuple[str, str]]
"""What stands in an address besides the period, in order."""


_MOST_IN_FILE = 10_000
_CUT = N_("These are the first {n} of {total}. Choose a shorter period for the rest.")
Part = Callable[..., list[Finished]]
"""The items of a list with `limit` and `offset`."""


@dataclass(frozen=True)
class _List:
    """`place`, `same`: where in the console it is, and what stands in its address besides the
    period. `other`: a figure that it leads to besides. `begin`: how many there are, and a part of
    them."""

    asked: Asked
    title: Callable[[GroupNames], str]
    place: str
    same: Names
    begin: Callable[[Connection], tuple[int, Part]]
    other: str = ""


class ReportLists:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def items(self, visit: Visit) -> web.StreamResponse:
        """The finished work behind one figure."""
        return await self._page(visit, self._behind(visit))

    async def items_file(self, visit: Visit) -> web.StreamResponse:
        return await self._file(visit, self._behind(visit))

    async def came_in(self, visit: Visit) -> web.StreamResponse:
        """What came in, finished or not: all of it, of one bar of the chart, or of one hour of the
        week; or what of it is open."""
        return await self._page(visit, self._came_in(visit))

    async def came_in_file(self, visit: Visit) -> web.StreamResponse:
        return await self._file(visit, self._came_in(visit))

    def _behind(self, visit: Visit) -> _List:
        asked, query = asked_by(visit, self._context.zone()), visit.request.query
        figure, by = query.get("figure", ""), query.get("by", "")
        if figure not in reporting.FIGURES or (by and by not in GROUPS):
            raise web.HTTPNotFound
        key = tuple(value[:_LONGEST_KEY] for value in query.getall("key", []))
        if len(key) != len(GROUPS.get(by, ())):
            raise web.HTTPNotFound
        behind = Behind(asked.period, figure, by, key)
        return _List(
            asked,
            lambda called: _DOT.join((visit.texts(REPORT_FIGURES[figure]), *called.of(by, key))),
            "items",
            [("figure", figure), ("by", by), *(("key", value) for value in key)],
            lambda c: (reporting.count(c, behind), partial(reporting.items, c, behind)),
            OPPOSITES.get(figure, ""),
        )

    def _came_in(self, visit: Visit) -> _List:
        asked, query = asked_by(visit, self._context.zone()), visit.request.query
        same = [(name, query[name]) for name in ("at", "day", "hour", "open") if query.get(name)]
        title, wanted = self._wanted(visit.texts, asked, dict(same))

        def begin(connection: Connection) -> tuple[int, Part]:
            ids = came_in.open_ids(connection, wanted)
            total = len(ids) + came_in.count_finished(connection, wanted)
            return total, partial(came_in.items, connection, wanted, ids)

        return _List(asked, lambda _: title, "came", same, begin)

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

    async def _page(self, visit: Visit, wanted: _List) -> web.Response:
        asked_leaf = visit.request.query.get("leaf", "")

        def read(connection: Connection) -> tuple[Leaf, list[Finished], Mapping[str, str]]:
            total, part = wanted.begin(connection)
            leaf = leaf_of(total, asked_leaf)
            items = part(limit=SIZE, offset=leaf.offset)
            return leaf, items, reporting.names(connection)

        leaf, items, agents = await self._context.database.read(read)
        called = called_by(self._context, visit, agents)
        return self._pages.page(
            visit,
            "office/report_items.html",
            wanted=wanted,
            list_title=wanted.title(called),
            called=called,
            leaf=leaf,
            items=items,
        )

    async def _file(self, visit: Visit, wanted: _List) -> web.Response:
        """All of it, or as much as it says; and of what was said what this person may read."""

        def read(connection: Connection) -> tuple[int, list[Finished], Mapping[str, str]]:
            total, part = wanted.begin(connection)
            return total, part(limit=_MOST_IN_FILE, offset=0), reporting.names(connection)

        total, items, agents = await self._context.database.read(read)
        called, zone = called_by(self._context, visit, agents), self._context.zone()

        def written() -> bytes:
            lines = items_table(called, items, zone, visit.known)
            table = [*lines, *_cut(visit.texts, items, total)]
            return (UTF_8 + as_csv(table, visit.texts.language)).encode()

        return as_file("report-items.csv", "text/csv", await asyncio.to_thread(written))


def _cut(texts: Texts, items: Sequence[Finished], total: int) -> Table:
    """The last line of a file in which not all is."""
    if len(items) >= total:
        return []
    there, all_of_it = (spans.whole(texts, count) for count in (len(items), total))
    return [(texts(_CUT, n=there, total=all_of_it),)]


def _titled(texts: Texts, when: str) -> str:
    return _DOT.join((texts(CAME_IN), when))
