"""Many rows in few statements are the same rows as one by one."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, select

from hub.store import Database
from hub.store.inserting import insert_all, insert_new
from hub.store.tables import customers, originals

AT = datetime(2026, 11, 22, 9, 30, 0, 5, UTC)


def _customer(number: int) -> dict[str, Any]:
    """Of each kind of column one: text, one that may be null, JSON and a moment."""
    elsewhere = timezone(timedelta(hours=number % 3))
    return {
        "id": f"c{number:03}",
        "kind": "person",
        "name": f"d'Artagnan {number} Zoë",
        "organisation_id": None,
        "attributes": {"number": number, "of": [None, "\u2028"]},
        "created_at": (AT + timedelta(seconds=number)).astimezone(elsewhere),
    }


def _found(connection: Connection) -> list[dict[str, Any]]:
    columns = [customers.c[name] for name in _customer(0)]
    return [dict(row._mapping) for row in connection.execute(select(*columns).order_by("id"))]


@pytest.mark.parametrize("count", [0, 1, 2, 31, 32, 71])
async def test_all_come_in(database: Database, count: int) -> None:
    rows = [_customer(number) for number in range(count)]

    def work(connection: Connection) -> list[dict[str, Any]]:
        insert_all(connection, customers, rows)
        return _found(connection)

    assert await database.write(work) == rows


async def test_what_is_there_already_stays_as_it_is(database: Database) -> None:
    old = [_customer(number) for number in range(0, 40, 2)]
    new = [_customer(number) | {"name": "new"} for number in range(40)]

    def work(connection: Connection) -> list[str]:
        insert_all(connection, customers, old)
        insert_new(connection, customers, new)
        return [row["name"] for row in _found(connection)]

    names = await database.write(work)
    assert [name == "new" for name in names] == [number % 2 == 1 for number in range(40)]


async def test_a_row_that_cannot_be_kept_is_an_error(database: Database) -> None:
    """Its neighbours are not kept either, and what it held is not told."""
    orphan = {"interaction_id": "nobody", "content": b"secret \0 bytes"}

    with pytest.raises(Exception, match=r"(?i)foreign key") as error:
        await database.write(lambda c: insert_all(c, originals, [orphan]))

    assert "secret" not in str(error.value)
