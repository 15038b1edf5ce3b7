"""Reports over finished work: figures, charts, tables, files for a spreadsheet, and the items
behind each figure."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.office import charts
from agent_ui.office.words import TABLES
from agent_ui.pages import Pages
from agent_ui.visit import Visit
from hub import clock
from hub.downloads import disposition
from hub.errors import Rejected
from hub.interaction import Channel
from hub.store import reporting
from hub.store.reporting import GROUPS, TIMES, Period, Spread, Sums
from hub.tables_out import Table, as_csv, as_workbook

PATH = "/console/reports"
PRESETS = (1, 7, 30, 90)
_LISTED = 200
_LONGEST = 200
_DAY = timedelta(days=1)
_YEARS = range(2000, 2200)


@dataclass(frozen=True)
class Asked:
    """The period as somebody typed it, `last` included; and as it is read."""

    first: date
    last: date
    period: Period

    def query(self, **more: str) -> str:
        """The same report with something else, as the query of an address."""
        period = self.period
        values = {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "role": period.role,
            "channel": period.channel,
            "topic": period.topic,
            "group": period.group,
            "agent": period.agent_id,
        }
        return urlencode({name: value for name, value in (values | more).items() if value})


@dataclass(frozen=True)
class Report:
    total: Sums
    open: int
    hours: Mapping[int, int]
    spreads: Mapping[str, Spread]
    tables: Mapping[str, Sequence[Sums]]
    available: Mapping[str, int]
    reviewed: Mapping[str, tuple[int, int]]
    names: Mapping[str, str]

    def occupancy(self, one: Sums) -> float | None:
        """Of the time that this agent took offers, the share that their work filled: each piece by
        what it takes of an agent's room."""
        seconds = self.available.get(one.key[0], 0)
        return one.unit_seconds / seconds if seconds else None


class ReportViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        notice, status = "", HTTPStatus.OK
        try:
            asked = self._asked(visit)
        except Rejected as error:
            notice, status = words.reason(visit.texts, error), HTTPStatus.UNPROCESSABLE_ENTITY
            asked = self._default()
        report = await self._read(asked.period)
        zone, period = self._context.zone(), asked.period
        return self._pages.page(
            visit,
            "office/reports.html",
            status=status,
            notice=notice,
            asked=asked,
            report=report,
            chart=charts.volumes(report.hours, period.since, period.until, zone),
            week=charts.week(report.hours, zone),
            presets=[(days, self._preset(days)) for days in PRESETS],
            topics=self._context.topics.titles(visit.texts.language),
            groups=self._context.groups.titles(visit.texts.language),
            times=TIMES,
            percentiles=reporting.PERCENTILES,
        )

    async def items(self, visit: Visit) -> web.StreamResponse:
        """The finished work behind one figure."""
        asked, query = self._asked(visit), visit.request.query
        figure, by = query.get("figure", ""), query.get("by", "")
        if figure not in reporting.FIGURES or (by and by not in GROUPS):
            raise web.HTTPNotFound
        key = [value[:_LONGEST] for value in query.getall("key", [])]
        found = await self._context.database.read(
            lambda c: reporting.items(c, asked.period, figure, by=by, key=key, limit=_LISTED)
        )
        return self._pages.page(
            visit,
            "office/report_items.html",
            asked=asked,
            figure=figure,
            key=key,
            items=found,
            most=_LISTED,
            topics=self._context.topics.titles(visit.texts.language),
        )

    async def csv(self, visit: Visit) -> web.StreamResponse:
        """One table of the report."""
        asked, name = self._asked(visit), visit.request.query.get("table", "roles")
        if name not in TABLES:
            raise web.HTTPNotFound
        report = await self._read(asked.period)
        return _file(f"report-{name}.csv", "text/csv", as_csv(_table(report, name)).encode())

    async def xlsx(self, visit: Visit) -> web.StreamResponse:
        """All tables of the report, each on its own sheet."""
        asked = self._asked(visit)
        report = await self._read(asked.period)
        tables = {name: _table(report, name) for name in TABLES}
        content = await asyncio.to_thread(as_workbook, tables)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return _file("report.xlsx", kind, content)

    async def _read(self, period: Period) -> Report:
        def read(connection: Connection) -> Report:
            work = reporting.read(connection, period)
            open_hours = reporting.still_open(connection, period)
            return Report(
                total=reporting.sums(work, "all")[0],
                open=len(open_hours),
                hours=reporting.by_hour(work, open_hours, period),
                spreads={name: reporting.spread(work, name) for name in TIMES},
                tables={name: reporting.sums(work, name) for name in TABLES},
                available=reporting.available_seconds(connection, period),
                reviewed=reporting.reviewed(connection, period),
                names=reporting.names(connection),
            )

        return await self._context.database.read(read)

    def _asked(self, visit: Visit) -> Asked:
        """Raises Rejected for days that are none, or too far apart."""
        query = visit.request.query
        default = self._default()
        try:
            first = date.fromisoformat(query.get("from") or default.first.isoformat())
            last = date.fromisoformat(query.get("to") or default.last.isoformat())
        except ValueError as error:
            raise _bad_period() from error
        channel = query.get("channel", "")
        return self._between(
            first,
            last,
            role=query.get("role", "")[:_LONGEST],
            channel=channel if channel in set(Channel) else "",
            topic=query.get("topic", "")[:_LONGEST],
            group=query.get("group", "")[:_LONGEST],
            agent_id=query.get("agent", "")[:_LONGEST],
        )

    def _default(self) -> Asked:
        first, last = self._preset(7)
        return self._between(first, last)

    def _preset(self, days: int) -> tuple[date, date]:
        return preset(days, self._context.zone())

    def _between(self, first: date, last: date, **filters: Any) -> Asked:
        return Asked(first, last, period_between(first, last, self._context.zone(), **filters))


def preset(days: int, zone: tzinfo) -> tuple[date, date]:
    """So many days up to today."""
    today = clock.now().astimezone(zone).date()
    return today - _DAY * (days - 1), today


def period_between(first: date, last: date, zone: tzinfo, **filters: Any) -> Period:
    """Both days included. Raises Rejected for days that are none, or too far apart."""
    in_order = first <= last and last - first <= reporting.LONGEST
    if not in_order or first.year not in _YEARS:
        raise _bad_period()
    since, until = (
        datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, last + _DAY)
    )
    return Period(since, until, **filters)


def _bad_period() -> Rejected:
    return Rejected("bad_period", "Choose a first and a last day.", status=422)


_HEAD = (
    "count",
    "first_answers_due",
    "first_answers_in_time",
    "gave_up",
    "went_to_somebody_else",
    "times_handed_over",
    "came_back",
    "solved_by_first",
    "promises",
    "promises_kept",
    "seconds_in_hand_average",
    "rated",
    "rating_average",
)
_KEYS: Mapping[str, tuple[str, ...]] = {
    "roles": ("role", "channel"),
    "rows": ("model_row", "role"),
    "topics": ("topic",),
    "groups": ("target_group",),
    "agents": ("agent",),
}


def _table(report: Report, name: str) -> Table:
    lines = report.tables[name]
    key = (lambda one: (report.names.get(one.key[0], ""),)) if name == "agents" else _key
    more = ("occupancy", "reviews", "review_percent") if name == "agents" else ()
    rows: list[tuple[Any, ...]] = [(*_KEYS[name], *_HEAD, *more)]
    for one in lines:
        extra: tuple[Any, ...] = ()
        if more:
            extra = (_rounded(report.occupancy(one)), *report.reviewed.get(one.key[0], (0, None)))
        rows.append((*key(one), *_cells(one), *extra))
    return rows


def _key(one: Sums) -> tuple[str, ...]:
    return one.key


def _cells(one: Sums) -> tuple[Any, ...]:
    return (
        one.count,
        one.first_due,
        one.first_in_time,
        one.abandoned,
        one.moved,
        one.moves,
        one.repeated,
        one.stayed,
        one.promised,
        one.kept,
        _rounded(one.handling),
        one.rated,
        _rounded(one.score),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _file(name: str, kind: str, content: bytes) -> web.Response:
    headers = {
        "Content-Disposition": disposition(name),
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    charset = "utf-8" if kind.startswith("text/") else None
    return web.Response(body=content, content_type=kind, charset=charset, headers=headers)
