"""A report as tables for a spreadsheet, in the words of the page in its reader's language.

Lengths of time and shares are numbers, and the heading says of what.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from agent_ui.office.charts import Chart
from agent_ui.office.group_names import KEYS, GroupNames
from agent_ui.office.words import REPORT_FIGURES, TABLES
from agent_ui.texts import N_, Texts
from hub.store.agents import Agent
from hub.store.reporting import PERCENTILES, TIMES, Finished, Spread, Sums
from hub.tables_out import Cell, Table

VOLUMES, SPREADS = "volumes", "times"
"""The tables beside those of groups."""
SHEETS: Mapping[str, str] = {
    VOLUMES: N_("What came in"),
    SPREADS: N_("How long it took"),
    **TABLES,
}
"""What the tables are called."""
_HALF = 50


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


def sheet_name(texts: Texts, table: str) -> str:
    """Without what explains it: a workbook allows no colon there."""
    return texts(SHEETS[table]).partition(":")[0]


def volumes_table(texts: Texts, chart: Chart, zone: tzinfo) -> Table:
    """What came in by day, or by hour where the period is short."""
    first = texts(N_("Hour")) if chart.hourly else texts(N_("Day"))
    head = (f"{first} ({zone})", texts(N_("Came in")))
    return [head, *((bar.label, bar.count) for bar in chart.bars)]


def spreads_table(texts: Texts, report: Report) -> Table:
    unit = texts(N_("seconds"))
    parts = (f"{_at_most(texts, percent)} ({unit})" for percent in PERCENTILES)
    found: list[tuple[Cell, ...]] = [(texts(N_("Time")), texts(N_("Measured")), *parts)]
    for name in TIMES:
        one = report.spreads[name]
        longest = (one.at.get(percent) for percent in PERCENTILES)
        found.append((texts(REPORT_FIGURES[name]), one.count, *longest))
    return found


def _at_most(texts: Texts, percent: int) -> str:
    if percent == _HALF:
        return texts(N_("half of them at most"))
    return texts(N_("{n} % of them at most"), n=percent)


_Column = tuple[str, Callable[[Sums], Cell]]
_COLUMNS: Sequence[_Column] = (
    (N_("Finished"), lambda one: one.count),
    (N_("First answers promised"), lambda one: one.first_due),
    (N_("First answer in time"), lambda one: one.first_in_time),
    (N_("Gave up"), lambda one: one.abandoned),
    (N_("Handed over"), lambda one: one.moved),
    (N_("Handed over, times"), lambda one: one.moves),
    (N_("Came back"), lambda one: one.repeated),
    (N_("Solved by the first"), lambda one: one.stayed),
    (N_("Promises"), lambda one: one.promised),
    (N_("Promises kept"), lambda one: one.kept),
    (N_("In hand, on average (seconds)"), lambda one: _rounded(one.handling, 0)),
    (N_("Rated"), lambda one: one.rated),
    (N_("Rated, on average (of 5)"), lambda one: _rounded(one.score, 2)),
)


def table_of(report: Report, name: str, called: GroupNames) -> Table:
    """Work grouped by one of `GROUPS`."""
    columns = [*_COLUMNS, *(_of_agents(report) if name == "agents" else ())]
    texts = called.texts
    head = tuple(texts(text) for text in (*KEYS[name], *(text for text, _ in columns)))
    lines = ((*called.of(name, one.key), *(of(one) for _, of in columns))
             for one in report.tables[name])  # fmt: skip
    return [head, *lines]


def _of_agents(report: Report) -> Iterator[_Column]:
    def occupied(one: Sums) -> Cell:
        share = report.occupancy(one)
        return None if share is None else round(share * 100, 1)

    def reviewed(one: Sums) -> tuple[int, int | None]:
        return report.reviewed.get(one.key[0], (0, None))

    yield N_("Occupied (%)"), occupied
    yield N_("Reviews"), lambda one: reviewed(one)[0]
    yield N_("Reviews, on average (%)"), lambda one: reviewed(one)[1]


_ITEM_COLUMNS = (
    N_("Number"),
    N_("What"),
    N_("Channel"),
    N_("Role"),
    N_("Topic"),
    N_("Came in ({zone})"),
    N_("First answer after (seconds)"),
    N_("Solved after (seconds)"),
    N_("In hand (seconds)"),
    N_("Handed over"),
    N_("Came back"),
    N_("Rated"),
)


def items_table(
    called: GroupNames, items: Sequence[Finished], zone: tzinfo, reader: Agent
) -> Table:
    """The work behind a figure, one line each; a subject is there for who may read it."""
    head = tuple(called.texts(text, zone=zone) for text in _ITEM_COLUMNS)
    return [head, *(_item(called, one, zone, reader) for one in items)]


def _item(called: GroupNames, one: Finished, zone: tzinfo, reader: Agent) -> tuple[Cell, ...]:
    may_read = reader.supervisor or one.role in reader.roles
    return (
        one.number,
        one.subject if may_read else "",
        called.channel(one.channel),
        called.role(one.role),
        called.topic(one.topic),
        f"{one.came_at.astimezone(zone):%Y-%m-%d %H:%M}",
        one.first_seconds,
        one.resolution_seconds,
        one.handling_seconds,
        one.transfers,
        one.repeats,
        one.rating,
    )


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places or None)
