"""Columns for the fields that administrators added to customers: by their key, or their title in
any language. A value is read by the kind of its field, also where it stands in `detail.KEY`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from hub.custom_fields import Field, FieldRefused, Typed, read
from hub.imports.customers import Record
from hub.imports.fields import Reading
from hub.imports.kind import Cells, Column, Kind, plain_head
from hub.store import customer_fields

KIND_OF = {"persons": "person", "organisations": "organisation"}


def with_fields(connection: Connection, kind: Kind) -> Kind:
    """The kind as it is in this organisation."""
    if kind.name not in KIND_OF:
        return kind
    fields = customer_fields.by_key(connection)
    columns = [*kind.columns, *_columns(kind, fields.values())]

    def record(rows: Sequence[Cells], reading: Reading) -> Record:
        found: Record = kind.read(rows, reading)
        cells = {key: rows[0][key] for key in fields if rows[0][key]}
        return replace(found, attributes=_read({**found.attributes, **cells}, fields, reading))

    return replace(kind, columns=tuple(columns), read=record)


def _columns(kind: Kind, fields: Iterable[Field]) -> list[Column]:
    """Of those that are not archived and whose names no column of ours has."""
    taken = {name for one in kind.columns for name in (plain_head(one.name), *one.also)}
    return [
        Column(one.key, tuple({plain_head(title) for title in one.titles.values()} - taken))
        for one in fields
        if not one.archived and one.is_of(KIND_OF[kind.name]) and plain_head(one.key) not in taken
    ]


def _read(
    attributes: Mapping[str, str], fields: Mapping[str, Field], reading: Reading
) -> dict[str, str]:
    """Raises Refused."""
    try:
        return {
            key: read(fields[key], text, Typed(reading=reading)) if key in fields else text
            for key, text in attributes.items()
        }
    except FieldRefused as error:
        raise error.refused from error
