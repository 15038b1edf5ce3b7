"""What a kind of import is: its columns, how a row is read, and how rows are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from hub.errors import Rejected
from hub.imports.fields import Reading
from hub.imports.refusal import Refused
from hub.imports.sheet import Row, Sheet
from hub.texts import Said

DETAIL = "detail."
"""Columns that begin with this hold something that we have no column for."""


@dataclass(frozen=True)
class Column:
    """`also`: other names for it, in either language, in small letters with blanks."""

    name: str
    also: tuple[str, ...] = ()
    required: bool = False

    def fits(self, head: str) -> bool:
        return plain_head(head) in (plain_head(self.name), *self.also)


class Became(StrEnum):
    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """What became of a row. `refusal` says why it was not taken."""

    became: Became
    refusal: Refused | None = None


ACCEPTED = Outcome(Became.ACCEPTED)
UNCHANGED = Outcome(Became.UNCHANGED)


def refused(code: str, column: str, **values: object) -> Outcome:
    return Outcome(Became.REFUSED, Refused(code, column, **values))


@dataclass(frozen=True)
class Cells:
    """One row by our names of the columns. `details`: what is in columns that begin so."""

    row: Row
    values: Mapping[str, str]
    details: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass(frozen=True)
class Kind:
    """`read` makes a record of the rows that belong together (one, unless `grouped` names the
    column by which neighbours do), or raises Refused. `keys`: what no two records of a batch may
    share; `beside`: what else the outcome of one may hang on. `write` gives an outcome for each
    record, in order."""

    name: str
    columns: tuple[Column, ...]
    read: Callable[[Sequence[Cells], Reading], Any]
    keys: Callable[[Any], Sequence[str]]
    write: Callable[[Connection, Sequence[Any]], list[Outcome]]
    grouped: str = ""
    details: bool = False
    beside: Callable[[Any], Sequence[str]] = lambda _: ()


@dataclass(frozen=True)
class Heads:
    """Which column of a sheet is which of ours. `unread`: those that are none."""

    names: Mapping[str, str]
    details: Mapping[str, str]
    unread: tuple[str, ...]

    def cells(self, row: Row, separator: str) -> Cells:
        """Raises Refused for a row that cannot be one of ours."""
        if row.extra:
            raise Refused("cells", "", sign=separator or ",")
        for head in row.formulas:
            if head in self.names or head in self.details:
                raise Refused("formula", head)
        values = {ours: row.cells.get(head, "") for head, ours in self.names.items()}
        details = {ours: row.cells.get(head, "") for head, ours in self.details.items()}
        return Cells(row, values, {name: text for name, text in details.items() if text})


def heads_of(sheet: Sheet, kind: Kind) -> Heads:
    """Raises Rejected for a sheet that lacks a column, or has one twice."""
    names: dict[str, str] = {}
    details: dict[str, str] = {}
    unread = []
    for head in sheet.heads:
        ours = next((column.name for column in kind.columns if column.fits(head)), "")
        if kind.details and head.casefold().startswith(DETAIL):
            details[head] = head[len(DETAIL) :].strip().casefold().replace(" ", "_")[:100]
        elif not ours:
            unread.append(head)
        elif ours in names.values():
            detail = Said("Two columns are “{column}”. Leave one of them out.", column=ours)
            raise Rejected("column_twice", detail)
        else:
            names[head] = ours
    _all_there(kind, set(names.values()))
    return Heads(names, details, tuple(unread))


def _all_there(kind: Kind, given: set[str]) -> None:
    lacking = [one.name for one in kind.columns if one.required and one.name not in given]
    if lacking:
        known = ", ".join(column.name for column in kind.columns)
        detail = Said(
            "A column is missing: {lacking}. The first row names the columns; they may be {known}.",
            lacking=", ".join(lacking),
            known=known,
        )
        raise Rejected("column_missing", detail)


def plain_head(head: str) -> str:
    """As heads are compared."""
    return " ".join(head.casefold().replace("_", " ").replace("-", " ").split())
