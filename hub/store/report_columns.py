"""The finished work of a period as columns of numbers, read once and then grouped in many ways.

A year of it may be several 100,000 rows. A database that groups them anew for each table of a
report takes many times as long; and so does a row of Python for each. It hands over each column of
a month as one list instead, and other threads work on while it makes that.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from pydantic_core import from_json
from sqlalchemy import ColumnElement, Connection, Integer, Text, cast, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from hub.store.constants import constant
from hub.store.tables import work_facts

KEYS = ("role", "channel", "topic", "target_group", "model_row", "agent_id")
NUMBERS = (
    "came_hour",
    "first_seconds",
    "next_seconds",
    "resolution_seconds",
    "handling_seconds",
    "units",
    "transfers",
    "repeats",
    "promised",
    "kept",
    "first_in_time",
    "abandoned",
    "rating",
)
NONE = -1
"""Where a number is not known."""
_AT_ONCE = 31 * 24
"""Hours in one list."""

Numbers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Work:
    """`codes`: of each key the number of its value in `values`, work by work; `numbers` as they are
    kept, `NONE` where there is none."""

    codes: Mapping[str, Numbers]
    values: Mapping[str, Sequence[str]]
    numbers: Mapping[str, Numbers]

    def __len__(self) -> int:
        return len(self.numbers["came_hour"])

    def groups(self, by: Sequence[str]) -> tuple[Numbers, list[tuple[str, ...]]]:
        """The group of each piece of work, as a number, and the keys of each group."""
        group = np.zeros(len(self), dtype=np.int64)
        keys: list[tuple[str, ...]] = [()]
        for name in by:
            values = self.values[name]
            group = group * len(values) + self.codes[name]
            keys = [(*key, value) for key in keys for value in values]
        return group, keys


class _Listed(FunctionElement[str]):
    """All values of a column, in the order of the rows, as one JSON text."""

    type = Text()
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)


@compiles(_Listed, "sqlite")
def _on_sqlite(element: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **options)})"


@compiles(_Listed, "postgresql")
def _on_postgresql(element: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    listed = f"json_agg({compiler.process(element.clauses, **options)})"
    return f"coalesce(CAST({listed} AS text), '[]')"


def read(connection: Connection, hours: tuple[int, int], *only: ColumnElement[bool]) -> Work:
    """What came in these hours, from the first to before the last, and for which this holds."""
    known = {name: defaultdict[str, int](count().__next__) for name in KEYS}
    codes: dict[str, list[Numbers]] = {name: [] for name in KEYS}
    numbers: dict[str, list[Numbers]] = {name: [] for name in NUMBERS}
    for row in _months(connection, hours, only):
        for name, told in zip(KEYS, row, strict=False):
            codes[name].append(_coded(from_json(told), known[name]))
        for name, told in zip(NUMBERS, row[len(KEYS) :], strict=True):
            numbers[name].append(np.fromstring(told[1:-1], dtype=np.int64, sep=","))
    return Work(
        codes={name: _joined(parts) for name, parts in codes.items()},
        values={name: list(values) for name, values in known.items()},
        numbers={name: _joined(parts) for name, parts in numbers.items()},
    )


def _months(
    connection: Connection, hours: tuple[int, int], only: Sequence[ColumnElement[bool]]
) -> Iterator[Any]:
    """Those in which there is something."""
    columns = work_facts.c
    keys = [func.coalesce(columns[name], constant("")) for name in KEYS]
    numbers = [func.coalesce(cast(columns[name], Integer), constant(NONE)) for name in NUMBERS]
    listed = select(func.count().label("so_many"), *map(_Listed, [*keys, *numbers])).where(*only)
    first, end = hours
    for since in range(first, end, _AT_ONCE):
        until = min(since + _AT_ONCE, end)
        within = listed.where(columns.came_hour >= since, columns.came_hour < until)
        so_many, *row = connection.execute(within).one()
        if so_many:
            yield row


def _coded(column: Sequence[str], known: Mapping[str, int]) -> Numbers:
    return np.fromiter(map(known.__getitem__, column), np.int64, len(column))


def _joined(parts: Sequence[Numbers]) -> Numbers:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
