"""Customers as rows of a CSV file that an import of the same kind takes back: in the same columns,
with fields of administrators by their key, and what else is known as `detail.KEY`.

Of several mail addresses or phone numbers the first is there; the import of contacts takes others.
"""

import csv
import io
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from hub.errors import Rejected
from hub.imports.custom_columns import KIND_OF, with_fields
from hub.imports.kind import DETAIL
from hub.imports.kinds import kind_of
from hub.imports.report import safe
from hub.store import Database, audit
from hub.store.among import among
from hub.store.tables import contact_points, customers

BATCH = 1_000
_HARMLESS = re.compile(r"[+-]\d+(\.\d+)?")
"""A number, which a spreadsheet does not run, and an import reads."""
_POINTS = ("email", "phone", "domain")


async def rows_of(database: Database, name: str, *, by: str) -> AsyncIterator[str]:
    """Pieces of a file of the customers of this kind, the heads first. Raises Rejected for a kind
    that does not go out."""
    if name not in KIND_OF:
        raise Rejected("no_kind", f"What goes out is {' or '.join(KIND_OF)}.")
    kind = await database.read(lambda c: with_fields(c, kind_of(name)))
    # Before anything goes out: who takes most of it and leaves is known too.
    await _record(database, name, by, "customers.export_begun", {})
    columns = [column.name for column in kind.columns]
    others = sorted(await _keys(database, name) - set(columns))
    yield _written([[*columns, *(DETAIL + key for key in others)]])
    count, after = 0, ""
    while found := await database.read(partial(_batch, name=name, after=after)):
        yield _written([[_cell(row.get(key, "")) for key in (*columns, *others)] for row in found])
        count, after = count + len(found), found[-1]["id"]
    await _record(database, name, by, "customers.exported", {"rows": count})


async def _record(
    database: Database, name: str, by: str, action: str, details: Mapping[str, Any]
) -> None:
    await database.write(
        lambda c: audit.record(c, actor=by, action=action, about=name, details=dict(details))
    )


async def _keys(database: Database, name: str) -> set[str]:
    """Of all attributes that any of them has."""
    found: set[str] = set()
    after = ""
    while rows := await database.read(partial(_attributes, name=name, after=after)):
        found.update(key for row in rows for key in row.attributes)
        after = rows[-1].id
    return found


def _attributes(connection: Connection, name: str, after: str) -> Sequence[Any]:
    columns = customers.c
    return connection.execute(
        select(columns.id, columns.attributes)
        .where(columns.kind == KIND_OF[name], columns.merged_into.is_(None), columns.id > after)
        .order_by(columns.id)
        .limit(BATCH)
    ).all()


def _batch(connection: Connection, name: str, after: str) -> list[dict[str, str]]:
    """By the name of the column, and their `id`."""
    columns, organisation = customers.c, customers.alias("organisation")
    rows = connection.execute(
        select(customers, organisation.c.number.label("of_number"))
        .outerjoin(organisation, organisation.c.id == columns.organisation_id)
        .where(columns.kind == KIND_OF[name], columns.merged_into.is_(None), columns.id > after)
        .order_by(columns.id)
        .limit(BATCH)
    ).all()
    points = _first_points(connection, [row.id for row in rows])
    return [
        {
            **{key: str(value) for key, value in row.attributes.items()},
            **points.get(row.id, {}),
            "id": row.id,
            "number": row.number or "",
            "name": row.name,
            "target_group": row.target_group,
            "language": row.language,
            "organisation": row.of_number or "",
        }
        for row in rows
    ]


def _first_points(connection: Connection, ids: Sequence[str]) -> Mapping[str, dict[str, str]]:
    columns = contact_points.c
    found: dict[str, dict[str, str]] = {}
    for row in connection.execute(
        select(columns.customer_id, columns.kind, columns.value)
        .where(among(columns.customer_id, ids), columns.kind.in_(_POINTS))
        .order_by(columns.id)
    ):
        found.setdefault(row.customer_id, {}).setdefault(row.kind, row.value)
    return found


def _cell(text: str) -> str:
    return text if _HARMLESS.fullmatch(text) else safe(text)


def _written(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
