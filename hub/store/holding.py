"""Rows that nobody else changes until a transaction ends."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select


def hold(connection: Connection, these: Select[Any], given: Mapping[str, Any]) -> None:
    """Wait until no other transaction has these rows, and keep them until the end of this one.

    SQLite writes one transaction at a time: all that is read in it is held already.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(these.with_for_update(), given)
