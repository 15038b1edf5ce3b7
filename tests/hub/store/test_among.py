"""Many values as one parameter."""

from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, or_, select

from hub import clock
from hub.store import Database
from hub.store.among import among
from hub.store.tables import customers, outbox
from stores import opened

NAMES = ["Jan", "d'Artagnan", '["x"]', "Zoë\u2028", "1"]


def _fill(connection: Connection) -> list[int]:
    """Customers whose id is their name, and as many rows with a number."""
    now = clock.now()
    fixed = {"kind": "person", "attributes": {}, "created_at": now}
    connection.execute(insert(customers), [fixed | {"id": n, "name": n} for n in NAMES])
    fixed = {"topic": "", "queue": "", "subject": "", "body": "", "created_at": now}
    connection.execute(insert(outbox), [fixed | {"event_id": n} for n in NAMES])
    positions = connection.execute(select(outbox.c.position).order_by(outbox.c.position))
    return list(positions.scalars())


@pytest.mark.parametrize("wanted", [[], NAMES[:1], NAMES[1:4], [*NAMES, "nobody"], ["1", "1"]])
async def test_texts(database: Database, wanted: list[str]) -> None:
    def work(connection: Connection) -> set[str]:
        _fill(connection)
        found = select(customers.c.id).where(among(customers.c.id, wanted))
        return set(connection.execute(found).scalars())

    assert await database.write(work) == set(wanted) & set(NAMES)


async def test_numbers_beside_another_condition(database: Database) -> None:
    def work(connection: Connection) -> tuple[list[int], set[int]]:
        positions = _fill(connection)
        wanted = or_(among(outbox.c.position, positions[:2]), outbox.c.event_id == NAMES[-1])
        found = connection.execute(select(outbox.c.position).where(wanted))
        return positions, set(found.scalars())

    positions, found = await database.write(work)
    assert found == {*positions[:2], positions[-1]}


async def test_the_statement_is_the_same_for_any_number(database: Database) -> None:
    sent: list[tuple[str, Any]] = []

    def note(*call: Any) -> None:
        sent.append((call[2], call[3]))

    def work(connection: Connection) -> None:
        event.listen(connection, "before_cursor_execute", note)
        for count in (1, 2, 5):
            connection.execute(select(customers.c.id).where(among(customers.c.id, NAMES[:count])))

    await database.write(work)
    assert len({statement for statement, _ in sent}) == 1


async def test_sqlite_looks_them_up_by_the_index(sqlite_url: str) -> None:
    def work(connection: Connection) -> str:
        sent: list[tuple[str, Any]] = []
        event.listen(connection, "before_cursor_execute", lambda *call: sent.append(call[2:4]))
        connection.execute(select(customers.c.name).where(among(customers.c.id, NAMES)))
        [(statement, parameters)] = sent
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "; ".join(row.detail for row in plan)

    async with opened(sqlite_url) as database:
        plan = await database.write(work)
    assert "SEARCH customers" in plan
    assert "SCAN customers" not in plan
