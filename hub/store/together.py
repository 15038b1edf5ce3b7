"""Writes that belong together, and the news of them: in one round trip on PostgreSQL."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Insert, Select, Update, func, true

from hub.store import outbox


class Together:
    """Statements made once; what they write has names of its own, so that all go with one set of
    values. None of them sees what another one wrote.

    `forced`: whether the commit waits until it is on disk, on PostgreSQL. What is not may be gone
    after a crash of the database, wholly, and with all that came after it.
    """

    def __init__(self, *statements: Insert | Update, forced: bool = True) -> None:
        self._statements = statements
        parts = (one.cte(f"part_{number}") for number, one in enumerate(statements))
        self._at_once: Select[Any] = outbox.NEWS.add_cte(*parts)
        if not forced:
            unforced = func.set_config("synchronous_commit", "off", true())
            self._at_once = self._at_once.add_columns(unforced)

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(self._at_once, values)
        else:
            for statement in self._statements:
                connection.execute(statement, values)
