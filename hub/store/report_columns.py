"""The finished work of a period as columns of numbers, read once and then grouped in many ways.

A year of it may be several 100,000 rows: a database that groups them anew for each table of a
report takes many times as long.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Integer, select, type_coerce

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
_AT_ONCE = 20_000

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


def read(connection: Connection, only: ColumnElement[bool]) -> Work:
    """The rows for which this holds."""
    columns = work_facts.c
    known: dict[str, dict[str, int]] = {name: {} for name in KEYS}
    codes: dict[str, list[Numbers]] = {name: [] for name in KEYS}
    numbers: dict[str, list[Numbers]] = {name: [] for name in NUMBERS}
    chosen: list[ColumnElement[Any]] = [columns[name] for name in KEYS]
    chosen += [type_coerce(columns[name], Integer) for name in NUMBERS]
    result = connection.execute(select(*chosen).where(only))
    for rows in result.partitions(_AT_ONCE):
        found = list(zip(*rows, strict=True))
        for name, column in zip(KEYS, found, strict=False):
            codes[name].append(_coded(column, known[name]))
        for name, column in zip(NUMBERS, found[len(KEYS) :], strict=True):
            numbers[name].append(
                np.array([NONE if value is None else value for value in column], dtype=np.int64)
            )
    return Work(
        codes={name: _joined(parts) for name, parts in codes.items()},
        values={name: list(values) for name, values in known.items()},
        numbers={name: _joined(parts) for name, parts in numbers.items()},
    )


def _coded(column: Sequence[str | None], known: dict[str, int]) -> Numbers:
    return np.array([known.setdefault(value or "", len(known)) for value in column], dtype=np.int64)


def _joined(parts: Sequence[Numbers]) -> Numbers:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
