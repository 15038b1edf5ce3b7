"""Constants that are written into a statement, not sent beside it.

The database chooses an index of a part of a table, and an order to read in, by what it knows when
it plans; it plans a statement once for many uses.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, literal_column


def constant(value: str | int) -> ColumnElement[Any]:
    """Only for words and numbers of our own."""
    return literal_column(str(value) if isinstance(value, int) else f"'{_word(value)}'")


def one_of(column: Column[Any], values: Iterable[str]) -> ColumnElement[bool]:
    return column.in_([constant(value) for value in values])


def _word(value: str) -> str:
    if not value.replace("_", "").isalnum() and value:
        raise ValueError(f"not a word of our own: {value}")
    return value
