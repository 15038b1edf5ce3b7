"""What is known of customers in fields goes along when they are merged, and is found by."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert

import searches
from hub import clock
from hub.custom_fields import Choice, Field, FieldKind
from hub.store import Database, customer_book, customer_fields, merging, searchable
from hub.store.search import Asked, Kind
from hub.store.tables import customer_fields as fields_table
from hub.store.tables import customers
from stores import opened, rows

LEVEL = Field(
    "", "level", FieldKind.ONE_OF, {"en": "Level"}, searchable=True,
    choices=(Choice("gold", {"en": "Gold", "nl": "Goud"}),),
)  # fmt: skip
WINDOW = Field("", "window", FieldKind.TEXT, {"en": "Window"})
JAN, DOUBLE = "01a229b9-7b73-776f-8ba0-b37457720001", "01a229b9-7b73-776f-8ba0-b37457720002"


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        await database.write(_begin)
        yield database


def _begin(connection: Connection) -> None:
    for one in (LEVEL, WINDOW):
        customer_fields.add(connection, one, by="ina")
    plain = {"kind": "person", "target_group": "", "language": "", "created_at": clock.now()}
    people = [
        {"id": JAN, "name": "Jan", "attributes": {"window": "mornings"}},
        {"id": DOUBLE, "name": "Jan", "attributes": {"window": "evenings", "level": "gold"}},
    ]
    connection.execute(insert(customers), [plain | one for one in people])


async def known(database: Database) -> dict[str, dict[str, str]]:
    return {row.id: row.attributes for row in await rows(database, customers)}


async def test_a_merge_fills_in_what_is_not_known_and_its_undoing_takes_that_back(
    database: Database,
) -> None:
    done = await database.write(lambda c: merging.merge(c, JAN, DOUBLE, by="sam"))
    assert (await known(database))[JAN] == {"window": "mornings", "level": "gold"}
    given = {"attributes": {"window": "after six"}}
    await database.write(lambda c: customer_book.change(c, JAN, given, by="sam"))
    await database.write(lambda c: merging.undo(c, done.id, by="sam"))
    assert await known(database) == {
        JAN: {"window": "after six"},
        DOUBLE: {"window": "evenings", "level": "gold"},
    }


async def test_customers_are_found_by_searchable_fields_alone(database: Database) -> None:
    async def found(words: str) -> list[str]:
        later = clock.now() + timedelta(minutes=1)
        while await database.write(lambda c: searchable.take_in(c, later)):
            pass
        return [hit.ref_id for hit in await searches.found(database, Asked(words), Kind.CUSTOMER)]

    assert await found("goud") == [DOUBLE], "a choice is found by what it is called"
    assert await found("mornings") == []
    one = next(row for row in await rows(database, fields_table) if row.key == "window")
    shown = Field(one.id, "window", FieldKind.TEXT, {"en": "Window"}, searchable=True)
    await database.write(lambda c: customer_fields.change(c, shown, by="ina"))
    assert await found("mornings") == [JAN]
    await database.write(lambda c: customer_fields.set_archived(c, one.id, archived=True, by="ina"))
    assert await found("mornings") == []
    given = {"attributes": {"level": "gold"}}
    await database.write(lambda c: customer_book.change(c, JAN, given, by="sam"))
    assert sorted(await found("gold")) == [JAN, DOUBLE]
