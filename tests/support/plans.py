"""What a database is asked, and how it goes about it."""

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, event

Asked = list[tuple[str, Any]]

_WHOLE = re.compile(r"Seq Scan on (\w+)")
"""What PostgreSQL walks through though it was told not to: there is no other way."""


@contextlib.contextmanager
def asked(connection: Connection) -> Iterator[Asked]:
    """The statements of this connection with their parameters, as they come."""
    found: Asked = []

    def note(*call: Any) -> None:
        found.append((call[2], call[3]))

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(connection, "before_cursor_execute", note)


def walked(connection: Connection, statements: Asked) -> set[str]:
    """The tables that these cannot be answered from without looking at every row."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET enable_seqscan = off")
        plans = (_explained(connection, "EXPLAIN", one) for one in statements)
        return {name for plan in plans for name in _WHOLE.findall(plan)}
    lines = plan_of(connection, statements).splitlines()
    return {line.split()[1] for line in lines if line.startswith("SCAN ")}


def plan_of(connection: Connection, statements: Asked) -> str:
    """How the database answers these, line by line."""
    how = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    plans = (_explained(connection, how, one) for one in statements)
    return "\n".join(plans)


def _explained(connection: Connection, how: str, one: tuple[str, Any]) -> str:
    statement, parameters = one
    rows = connection.exec_driver_sql(f"{how} {statement}", parameters)
    return "\n".join(str(row[-1]) for row in rows)


def looked_at(connection: Connection, statements: Asked) -> int:
    """So many rows PostgreSQL reads to answer these, those included that it then leaves out."""
    plans = (_ran(connection, one) for one in statements)
    return sum(_rows_of(node) for plan in plans for node in _nodes(plan))


def _ran(connection: Connection, one: tuple[str, Any]) -> dict[str, Any]:
    statement, parameters = one
    rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
    found = rows.scalar_one()
    [plan] = json.loads(found) if isinstance(found, str) else found
    return dict(plan["Plan"])


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _rows_of(node: dict[str, Any]) -> int:
    if "Relation Name" not in node:
        return 0
    apart = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    return int(sum(node.get(name, 0) for name in apart) * node["Actual Loops"])
