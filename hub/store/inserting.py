"""Inserts of many rows in few steps, and hashes that serve as keys."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Table, insert
from sqlalchemy.dialects import postgresql

_SIZES = (32, 16, 8, 4, 2, 1)
"""Rows in one statement on SQLite: few sizes, so that the driver knows each statement already."""


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows, all with the same columns, in one round trip."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(_insert(table), rows)
    else:
        _insert_together(connection, table, rows, "")


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose key is not there yet, and leave the others as they are."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(_insert_new(table), rows)
    else:
        _insert_together(connection, table, rows, " ON CONFLICT DO NOTHING")


def digest(*parts: str) -> str:
    """A key of fixed length for what may be long or hostile (Message-IDs, provider ids)."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def unique(values: Iterable[str]) -> list[str]:
    """Each value once, sorted: rows locked in one order cannot deadlock."""
    return sorted(set(values))


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _insert_new(table: Table) -> Insert:
    return postgresql.insert(table).on_conflict_do_nothing()


def _insert_together(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], ending: str
) -> None:
    """Many rows in one statement: between two statements the threads of the process fight for the
    interpreter, and SQLAlchemy takes longer to hand over a row than SQLite to write it."""
    names = tuple(rows[0])
    for together in _cut(rows):
        values = [row[name] for row in together for name in names]
        for place, write in _writers(table, names, connection.dialect):
            these = slice(place, None, len(names))
            values[these] = map(write, values[these])
        statement = _statement(table, names, len(together)) + ending
        connection.exec_driver_sql(statement, tuple(values))


def _cut(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    start = 0
    for size in _SIZES:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size


@cache
def _statement(table: Table, names: tuple[str, ...], count: int) -> str:
    row = f"({', '.join('?' * len(names))})"
    into = f"{table.name} ({', '.join(names)})"
    return f"INSERT INTO {into} VALUES {', '.join([row] * count)}"  # noqa: S608 (names of ours)


@cache
def _writers(
    table: Table, names: tuple[str, ...], dialect: Dialect
) -> list[tuple[int, Callable[[Any], Any]]]:
    """The places of the columns whose values are written in another form, each with how."""
    kinds = (table.c[name].type.dialect_impl(dialect) for name in names)
    writers = ((place, kind.bind_processor(dialect)) for place, kind in enumerate(kinds))
    return [(place, write) for place, write in writers if write]
