"""Customers go out in a file that changes nothing when it is taken in again."""

import csv
import io
from pathlib import Path

from hub.custom_fields import Choice, Field, FieldKind
from hub.imports import customers_out
from hub.store import Database, customer_fields, tables
from import_files import refusals, take
from stores import rows

LEVEL = Field(
    "", "level", FieldKind.SEVERAL_OF, {"en": "Level"},
    choices=(Choice("gold", {"en": "Gold"}), Choice("new", {"en": "New"})),
)  # fmt: skip
LIMIT = Field("", "limit", FieldKind.AMOUNT, {"en": "Limit"}, currency="EUR")


async def out(database: Database, kind: str) -> str:
    return "".join([piece async for piece in customers_out.rows_of(database, kind, by="ina")])


async def test_what_goes_out_comes_in_unchanged(database: Database, tmp_path: Path) -> None:
    for one in (LEVEL, LIMIT):
        await database.write(lambda c, one=one: customer_fields.add(c, one, by="ina"))
    await take(database, tmp_path, "organisations", "number,name,limit\nO1,Het Huis,-12.5\n")
    text = "number,name,organisation,email,level,city,detail.shoe\n"
    text += 'K1,"Jan, de ""bakker""",O1,jan@x.example,"gold,new",Delft,43\nK2,=1+1,,,,,\n'
    await take(database, tmp_path, "persons", text)
    assert refusals(tmp_path) == []
    persons = await out(database, "persons")
    jan, evil = csv.DictReader(io.StringIO(persons))
    assert (jan["name"], jan["organisation"], jan["email"]) == (
        'Jan, de "bakker"', "O1", "jan@x.example",
    )  # fmt: skip
    assert (jan["level"], jan["detail.shoe"], evil["name"]) == ("gold,new", "43", "'=1+1")
    [firm] = csv.DictReader(io.StringIO(await out(database, "organisations")))
    assert (firm["number"], firm["limit"]) == ("O1", "-12.50")
    assert "position" not in firm
    again = await take(database, tmp_path, "persons", persons)
    assert (again.unchanged, again.accepted) == (1, 1), "an apostrophe came to what is no name"
    told = [row for row in await rows(database, tables.audit_log) if "exported" in row.action]
    assert [(row.object, row.details) for row in told] == [
        ("persons", {"rows": 2}), ("organisations", {"rows": 1}),
    ]  # fmt: skip


async def test_who_leaves_before_the_end_is_known_too(database: Database, tmp_path: Path) -> None:
    await take(database, tmp_path, "persons", "number,name\nK1,Jan\n")
    pieces = customers_out.rows_of(database, "persons", by="ina")
    await anext(pieces)
    told = [row for row in await rows(database, tables.audit_log) if "export" in row.action]
    assert [(row.actor, row.action, row.object) for row in told] == [
        ("ina", "customers.export_begun", "persons"),
    ]  # fmt: skip
