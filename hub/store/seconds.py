"""A moment as seconds since 1970, worked out by the database, on both stores alike."""

from typing import Any

from sqlalchemy import ColumnElement, Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class Seconds(FunctionElement[float]):
    """`Seconds(column)` of a column of moments; right to a ten-thousandth."""

    type = Float()
    inherit_cache = True

    def __init__(self, moment: ColumnElement[Any]) -> None:
        super().__init__(moment)


@compiles(Seconds, "sqlite")
def _on_sqlite(element: Seconds, compiler: SQLCompiler, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"((julianday({moment}) - 2440587.5) * 86400)"


@compiles(Seconds, "postgresql")
def _on_postgresql(element: Seconds, compiler: SQLCompiler, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"CAST(extract(epoch FROM {moment}) AS double precision)"
