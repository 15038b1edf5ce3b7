"""Finds the customers that rows name: by their number, or by an address of theirs."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from hub.imports import fields
from hub.imports.fields import Reading
from hub.imports.refusal import Refused
from hub.references import normal
from hub.store.among import among
from hub.store.tables import contact_points, customers


@dataclass(frozen=True)
class Known:
    id: str
    kind: str
    number: str
    name: str

    @property
    def called(self) -> str:
        """What a report calls them."""
        return self.number or self.name or self.id


def reference(value: str, column: str, reading: Reading, *, required: bool = True) -> str:
    """How a row names a customer: a number, or the key of an address. Raises Refused."""
    if not value:
        if required:
            raise Refused("empty", column)
        return ""
    if "@" in value:
        return f"email:{fields.mail(value, column)}"
    if value.startswith("+"):
        return f"phone:{fields.phone(value, column, reading)}"
    return fields.number(value, column)


def by_references(connection: Connection, references: Iterable[str]) -> dict[str, Known]:
    """In two queries, for any number of references."""
    wanted = {one for one in references if one}
    keys = {one for one in wanted if one.startswith(("email:", "phone:"))}
    found = by_numbers(connection, wanted - keys)
    return found | by_keys(connection, keys)


def by_numbers(connection: Connection, numbers: Iterable[str]) -> dict[str, Known]:
    """The number of somebody who was merged leads to who they are now."""
    columns = customers.c
    who = func.coalesce(columns.merged_into, columns.id).label("id")
    rows = connection.execute(
        select(who, columns.kind, columns.number, columns.name).where(
            among(columns.number, {normal(one) for one in numbers if one})
        )
    )
    return {row.number: Known(row.id, row.kind, row.number, row.name) for row in rows}


def by_keys(connection: Connection, keys: Iterable[str]) -> dict[str, Known]:
    columns = customers.c
    rows = connection.execute(
        select(contact_points.c.key, columns.id, columns.kind, columns.number, columns.name)
        .join(contact_points, contact_points.c.customer_id == columns.id)
        .where(among(contact_points.c.key, {one for one in keys if one}))
    )
    return {row.key: Known(row.id, row.kind, row.number or "", row.name) for row in rows}
