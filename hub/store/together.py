"""Writes that belong together, and the news of them: in one round trip on PostgreSQL."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Insert, Update

from hub.store import outbox


class Together:
    """Statements made once; what they write has names of its own, so that all go with one set of
    values. None of them sees what another one wrote."""

    def __init__(self, *statements: Insert | Update) -> None:
        self._statements = statements
        parts = (one.cte(f"part_{number}") for number, one in enumerate(statements))
        self._at_once = outbox.NEWS.add_cte(*parts)

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(self._at_once, values)
        else:
            for statement in self._statements:
                connection.execute(statement, values)
