"""Fields that administrators added are columns of an import of customers."""

from pathlib import Path

from hub.custom_fields import Choice, Field, FieldKind, Whose
from hub.imports import running
from hub.imports.kinds import kind_of
from hub.store import Database, customer_fields, tables
from import_files import refusals, results, take, taking, written
from stores import rows

LEVEL = Field(
    "", "level", FieldKind.ONE_OF, {"en": "Loyalty level", "nl": "Klantniveau"},
    whose=(Whose.PERSON,), choices=(Choice("gold", {"en": "Gold", "nl": "Goud"}),),
)  # fmt: skip
SINCE = Field("", "since", FieldKind.DATE, {"nl": "Klant sinds"})
SIZE = Field("", "size", FieldKind.NUMBER, {"en": "Size"})
LIMIT = Field("", "limit", FieldKind.AMOUNT, {"en": "Limit"}, currency="EUR", required=True)


async def made(database: Database, *fields: Field) -> None:
    for one in fields:
        await database.write(lambda c, one=one: customer_fields.add(c, one, by="ina"))


async def test_columns_by_key_and_title_are_read_by_their_kind(
    database: Database, tmp_path: Path
) -> None:
    await made(database, LEVEL, SINCE, SIZE, LIMIT)
    head = "number;name;Klantniveau;klant sinds;size;detail.limit;detail.shoe\n"
    text = head + "K1;Jan;Goud;9-3-2026;1234,5;1.250;43\nK2;Kim;Zilver;;;;\nK3;Mo;;morgen;;;\n"
    text += "K4;Bo;;;1.234;;\nK5;Ed;;;;veel;\n"
    one = await take(database, tmp_path, "persons", text)
    assert results(tmp_path) == ["accepted", *["refused"] * 4]
    assert refusals(tmp_path) == [
        ("level", "“Zilver” is none of: gold."),
        ("since", "“morgen” is no date."),
        ("size", "“1.234” can be read in two ways."),
        ("limit", "“veel” is no amount in EUR."),
    ]
    [jan] = await rows(database, tables.customers)
    assert jan.attributes == {
        "level": "gold", "since": "2026-03-09", "size": "1234.5", "limit": "1250.00", "shoe": "43",
    }  # fmt: skip
    again = await take(database, tmp_path, "persons", text)
    assert (one.accepted, again.unchanged) == (1, 1)


async def test_columns_of_fields_that_are_not_theirs_are_not_read(
    database: Database, tmp_path: Path
) -> None:
    await made(database, LEVEL, SINCE)
    since = next(row for row in await rows(database, tables.customer_fields) if row.key == "since")
    await database.write(
        lambda c: customer_fields.set_archived(c, since.id, archived=True, by="ina")
    )
    path = written(tmp_path, "number,name,level,since\nO1,Smit,platinum,x\n")
    kind = kind_of("organisations")
    assert await running.unread(database, path, kind) == ("level", "since")
    assert (await running.run(database, taking(path, "organisations"))).accepted == 1
