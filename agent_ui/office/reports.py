"""Reports over finished work: figures, charts, tables, and files for a spreadsheet."""

import asyncio
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.office import charts
from agent_ui.office.files_out import as_file
from agent_ui.office.group_names import GroupNames, called_by
from agent_ui.office.report_period import PRESETS, Asked, asked_by, filters_of, preset, usual
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
from hub.errors import Rejected
from hub.store import came_in, reporting
from hub.store.reporting import TIMES, Period
from hub.tables_out import UTF_8, Table, as_csv, as_workbook


class ReportViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        notice, status, query = "", HTTPStatus.OK, visit.request.query
        try:
            asked = asked_by(visit, self._context.zone())
        except Rejected as error:
            notice, status = words.reason(visit.texts, error), HTTPStatus.UNPROCESSABLE_ENTITY
            asked = usual(self._context.zone(), **filters_of(visit))
        report = await self._read(asked.period)
        return self._pages.page(
            visit,
            "office/reports.html",
            status=status,
            notice=notice,
            asked=asked,
            typed=(query.get("from"), query.get("to")) if notice else (asked.first, asked.last),
            report=report,
            called=called_by(self._context, visit, report.names),
            chart=self._chart(report, asked),
            week=charts.week(report.hours, self._context.zone()),
            agents=sorted(report.names.items(), key=lambda one: one[1].casefold()),
            presets=[(days, preset(days, self._context.zone())) for days in PRESETS],
            topics=self._context.topics.titles(visit.texts.language),
            groups=self._context.groups.titles(visit.texts.language),
            times=TIMES,
            percentiles=reporting.PERCENTILES,
        )

    async def csv(self, visit: Visit) -> web.StreamResponse:
        """One table of the report."""
        asked, name = (
            asked_by(visit, self._context.zone()),
            visit.request.query.get("table", "roles"),
        )
        if name not in (VOLUMES, SPREADS, *TABLES):
            raise web.HTTPNotFound
        report = await self._read(asked.period)
        tables = self._tables(report, asked, called_by(self._context, visit, report.names))
        content = UTF_8 + as_csv(tables[name], visit.texts.language)
        return as_file(f"report-{name}.csv", "text/csv", content.encode())

    async def xlsx(self, visit: Visit) -> web.StreamResponse:
        """All tables of the report, each on its own sheet; the first says what it is of."""
        asked = asked_by(visit, self._context.zone())
        report = await self._read(asked.period)
        called = called_by(self._context, visit, report.names)
        sheets = {visit.texts(N_("About this report")): asked.told(called, self._context.zone())}
        for name, table in self._tables(report, asked, called).items():
            sheets[sheet_name(visit.texts, name)] = table
        content = await asyncio.to_thread(as_workbook, sheets)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return as_file("report.xlsx", kind, content)

    def _tables(self, report: Report, asked: Asked, called: GroupNames) -> dict[str, Table]:
        chart, zone = self._chart(report, asked), self._context.zone()
        return {
            VOLUMES: volumes_table(called.texts, chart, zone),
            SPREADS: spreads_table(called.texts, report),
            **{name: table_of(report, name, called) for name in TABLES},
        }

    def _chart(self, report: Report, asked: Asked) -> charts.Chart:
        period = asked.period
        return charts.volumes(report.hours, period.since, period.until, self._context.zone())

    async def _read(self, period: Period) -> Report:
        def read(connection: Connection) -> Report:
            work = reporting.read(connection, period)
            open_hours = came_in.open_hours(connection, period)
            return Report(
                total=reporting.sums(work, "all")[0],
                open=len(open_hours),
                hours=came_in.by_hour(work, open_hours, period),
                spreads={name: reporting.spread(work, name) for name in TIMES},
                tables={name: reporting.sums(work, name) for name in TABLES},
                available=reporting.available_seconds(connection, period),
                reviewed=reporting.reviewed(connection, period),
                names=reporting.names(connection),
            )

        return await self._context.database.read(read)
