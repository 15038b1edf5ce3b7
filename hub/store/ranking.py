"""The order of a queue, in SQL: who waits longest comes first, with priority counted as waiting."""

from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class Rank(FunctionElement[float]):
    """Of a time since when and a number of minutes; sorts as `WorkItem.rank` does."""

    type = Float()
    inherit_cache = True


@compiles(Rank, "sqlite")
def _on_sqlite(element: Rank, compiler: SQLCompiler, **options: Any) -> str:
    since, minutes = (compiler.process(c, **options) for c in element.clauses)
    return f"(julianday({since}) - ({minutes}) / 1440.0)"


@compiles(Rank, "postgresql")
def _on_postgresql(element: Rank, compiler: SQLCompiler, **options: Any) -> str:
    since, minutes = (compiler.process(c, **options) for c in element.clauses)
    return f"(extract(epoch from {since}) - 60 * ({minutes}))"
