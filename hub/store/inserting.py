"""Inserts that both databases write differently, and hashes that serve as keys."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table, insert
from sqlalchemy.dialects import postgresql, sqlite


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows in one round trip."""
    if rows:
        connection.execute(_insert(table), rows)


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose key is not there yet, and leave the others as they are."""
    if rows:
        connection.execute(_insert_new(table, connection.dialect.name), rows)


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


@cache
def _insert_new(table: Table, dialect: str) -> Insert:
    module = postgresql if dialect == "postgresql" else sqlite
    statement: Insert = module.insert(table).on_conflict_do_nothing()
    return statement


def digest(*parts: str) -> str:
    """A key of fixed length for what may be long or hostile (Message-IDs, provider ids)."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def unique(values: Iterable[str]) -> list[str]:
    """Each value once, sorted: rows locked in one order cannot deadlock."""
    return sorted(set(values))
