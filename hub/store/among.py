"""`column IN (many values)` as one parameter, so that the statement is the same for any number.

SQLAlchemy's own `in_` writes a parameter for each value: a batch of another size is another
statement, which the driver must prepare and the database plan anew.

A statement that runs for every contact is made once, at import, with `among_named`: making it takes
longer than running it.
"""

import json
from collections.abc import Iterable
from typing import Any, Self

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Dialect, Integer, String, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine


def among(column: Column[Any], values: Iterable[str] | Iterable[int]) -> "Among":
    """Whether a column of text or whole numbers has one of these values."""
    return Among(column, bindparam(None, list(values), type_=_kind(column), unique=True))


def among_named(column: Column[Any], name: str) -> "Among":
    """The same in a statement that is made once: the values come with each use, by this name."""
    return Among(column, bindparam(name, type_=_kind(column)))


def _kind(column: Column[Any]) -> "_Values":
    return _NUMBERS if isinstance(column.type, Integer) else _TEXTS


class Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:  # noqa: ARG002
        # SQLAlchemy would write `… = 1` on SQLite, which then looks at each row of the table.
        return self


class _Values(TypeDecorator[list[Any]]):
    """An array on PostgreSQL, its JSON on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return ARRAY(self.item) if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        values = list(value)
        return values if dialect.name == "postgresql" else json.dumps(values)


_TEXTS = _Values(String())
_NUMBERS = _Values(BigInteger())


@compiles(Among, "sqlite")
def _on_sqlite(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(c, **options) for c in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 (a parameter)


@compiles(Among, "postgresql")
def _on_postgresql(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(c, **options) for c in element.clauses)
    return f"{column} = ANY ({values})"
