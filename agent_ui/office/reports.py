"""Reports over finished work: figures, charts, tables, files for a spreadsheet, and the items
behind each figure."""

import asyncio
from collections.abc import Mapping
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
from agent_ui.office.group_names import GroupNames
from agent_ui.office.leafing import SIZE, leaf_of
from agent_ui.office.report_tables import (
    SPREADS,
    VOLUMES,
    Report,
    sheet_name,
    spreads_table,
    table_of,
    volumes_table,
)
from agent_ui.office.words import TABLES
from agent_ui.pages import Pages
from agent_ui.texts import N_
from agent_ui.visit import Visit
from hub import clock
from hub.downloads import disposition
from hub.errors import Rejected
from hub.interaction import Channel
from hub.store import reporting
from hub.store.reporting import GROUPS, TIMES, Behind, Period
from hub.tables_out import UTF_8, Table, as_csv, as_workbook

PATH = "/console/reports"
PRESETS = (1, 7, 30, 90)
_LONGEST = 200
_LONGEST_KEY = 500
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

    def told(self, called: GroupNames, zone: tzinfo) -> Table:
        """What a file is of, for whoever finds it later."""
        texts, period = called.texts, self.period
        chosen = (
            (N_("Role"), period.role and called.role(period.role)),
            (N_("Channel"), period.channel and called.channel(period.channel)),
            (N_("Topic"), period.topic and called.topic(period.topic)),
            (N_("Target group"), period.group and called.group(period.group)),
            (N_("Agent"), called.agents.get(period.agent_id, period.agent_id)),
        )
        return [
            (texts(N_("From")), self.first.isoformat()),
            (texts(N_("Up to and including")), self.last.isoformat()),
            (texts(N_("Time zone")), str(zone)),
            *((texts(name), value or texts(N_("all"))) for name, value in chosen),
        ]


class ReportViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        notice, status, query = "", HTTPStatus.OK, visit.request.query
        try:
            asked = self._asked(visit)
        except Rejected as error:
            notice, status = words.reason(visit.texts, error), HTTPStatus.UNPROCESSABLE_ENTITY
            asked = self._default(**_filters(visit))
        report = await self._read(asked.period)
        return self._pages.page(
            visit,
            "office/reports.html",
            status=status,
            notice=notice,
            asked=asked,
            typed=(query.get("from"), query.get("to")) if notice else (asked.first, asked.last),
            report=report,
            called=self._called(visit, report.names),
            chart=self._chart(report, asked),
            week=charts.week(report.hours, self._context.zone()),
            agents=sorted(report.names.items(), key=lambda one: one[1].casefold()),
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
        key = tuple(value[:_LONGEST_KEY] for value in query.getall("key", []))
        if len(key) != len(GROUPS.get(by, ())):
            raise web.HTTPNotFound
        behind = Behind(asked.period, figure, by, key)

        def read(connection: Connection) -> dict[str, Any]:
            leaf = leaf_of(reporting.count(connection, behind), query.get("leaf", ""))
            return {
                "leaf": leaf,
                "items": reporting.items(connection, behind, limit=SIZE, offset=leaf.offset),
                "names": reporting.names(connection),
            }

        found = await self._context.database.read(read)
        return self._pages.page(
            visit,
            "office/report_items.html",
            asked=asked,
            behind=behind,
            same=[("figure", figure), ("by", by), *(("key", value) for value in key)],
            called=self._called(visit, found.pop("names")),
            **found,
        )

    async def csv(self, visit: Visit) -> web.StreamResponse:
        """One table of the report."""
        asked, name = self._asked(visit), visit.request.query.get("table", "roles")
        if name not in (VOLUMES, SPREADS, *TABLES):
            raise web.HTTPNotFound
        report = await self._read(asked.period)
        tables = self._tables(report, asked, self._called(visit, report.names))
        content = UTF_8 + as_csv(tables[name])
        return _file(f"report-{name}.csv", "text/csv", content.encode())

    async def xlsx(self, visit: Visit) -> web.StreamResponse:
        """All tables of the report, each on its own sheet; the first says what it is of."""
        asked = self._asked(visit)
        report = await self._read(asked.period)
        called = self._called(visit, report.names)
        sheets = {visit.texts(N_("About this report")): asked.told(called, self._context.zone())}
        for name, table in self._tables(report, asked, called).items():
            sheets[sheet_name(visit.texts, name)] = table
        content = await asyncio.to_thread(as_workbook, sheets)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return _file("report.xlsx", kind, content)

    def _tables(self, report: Report, asked: Asked, called: GroupNames) -> dict[str, Table]:
        chart, zone = self._chart(report, asked), self._context.zone()
        return {
            VOLUMES: volumes_table(called.texts, chart, zone),
            SPREADS: spreads_table(called.texts, report),
            **{name: table_of(report, name, called) for name in TABLES},
        }

    def _called(self, visit: Visit, agents: Mapping[str, str]) -> GroupNames:
        context, language = self._context, visit.texts.language
        return GroupNames(
            visit.texts,
            roles=context.role_titles(language),
            groups=context.groups.titles(language),
            topics=context.topics.titles(language),
            agents=agents,
        )

    def _chart(self, report: Report, asked: Asked) -> charts.Chart:
        period = asked.period
        return charts.volumes(report.hours, period.since, period.until, self._context.zone())

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
        return self._between(first, last, **_filters(visit))

    def _default(self, **filters: str) -> Asked:
        first, last = self._preset(7)
        return self._between(first, last, **filters)

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


def _filters(visit: Visit) -> dict[str, str]:
    query = visit.request.query
    channel = query.get("channel", "")
    return {
        "role": query.get("role", "")[:_LONGEST],
        "channel": channel if channel in set(Channel) else "",
        "topic": query.get("topic", "")[:_LONGEST],
        "group": query.get("group", "")[:_LONGEST],
        "agent_id": query.get("agent", "")[:_LONGEST],
    }


def _file(name: str, kind: str, content: bytes) -> web.Response:
    headers = {
        "Content-Disposition": disposition(name),
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    charset = "utf-8" if kind.startswith("text/") else None
    return web.Response(body=content, content_type=kind, charset=charset, headers=headers)
