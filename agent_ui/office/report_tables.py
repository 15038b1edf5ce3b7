"""A report as tables for a spreadsheet: columns and values as programs know them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent_ui.office.charts import Chart
from hub.store.reporting import PERCENTILES, TIMES, Spread, Sums
from hub.tables_out import Table

VOLUMES, SPREADS = "volumes", "times"
"""The tables beside those of groups."""


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


def volumes_table(chart: Chart) -> Table:
    """What came in by day, or by hour where the period is short."""
    head = ("hour" if chart.hourly else "day", "came_in")
    return [head, *((bar.label, bar.count) for bar in chart.bars)]


def spreads_table(report: Report) -> Table:
    head = ("time", "measured", *(f"seconds_of_{percent}_percent" for percent in PERCENTILES))
    found: list[tuple[Any, ...]] = [head]
    for name in TIMES:
        one = report.spreads[name]
        found.append((name, one.count, *(one.at.get(percent) for percent in PERCENTILES)))
    return found


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


def table_of(report: Report, name: str) -> Table:
    """Work grouped by one of `GROUPS`."""
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
