"""Row by row: each is reported, killing it in between changes nothing, and again is unchanged."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import IntegrityError

from hub.errors import Rejected
from hub.imports import items, running
from hub.store import Database, imports, tables
from import_files import refusals, report, results, take, taking, written
from stores import count, rows, told

HEAD = "number;name;email\n"


def people(number: int, **names: str) -> str:
    lines = [f"{n};{names.get(f'k{n}', f'Klant {n}')};k{n}@x.example" for n in range(number)]
    return HEAD + "\n".join(lines) + "\n"


async def kept(database: Database) -> list[tuple[Any, ...]]:
    """What matters of the customers, whoever came first."""
    columns = tables.customers.c
    chosen = select(columns.number, columns.name, tables.contact_points.c.value).join(
        tables.contact_points, tables.contact_points.c.customer_id == columns.id
    )
    found = await database.read(lambda c: c.execute(chosen).all())
    return sorted(tuple(row) for row in found)


async def test_every_row_is_reported_and_again_is_unchanged(
    database: Database, tmp_path: Path
) -> None:
    text = people(3) + "3;;k3@x.example\n4;Vier;no address\n5;Vijf\n6;Zes;k6@x.example;more\n"
    one = await take(database, tmp_path, "persons", text)
    assert (one.accepted, one.unchanged, one.refused, one.state) == (4, 0, 3, "done")
    assert [line[0] for line in report(tmp_path)] == [str(number) for number in range(2, 9)]
    assert [column for column, _ in refusals(tmp_path)] == ["name", "email", ""]
    before = await kept(database)
    again = await take(database, tmp_path, "persons", text)
    assert (again.accepted, again.unchanged, again.refused) == (0, 4, 3)
    assert await kept(database) == before
    changed = await take(database, tmp_path, "persons", people(3, k1="Anders"))
    assert (changed.accepted, changed.unchanged) == (1, 2)
    assert results(tmp_path) == ["unchanged", "accepted", "unchanged"]
    assert await told(database) == [], "it is the past: nobody is to act on it"


async def test_a_dry_run_says_the_same_and_keeps_nothing(
    database: Database, tmp_path: Path
) -> None:
    text = people(700) + "x;;\n"
    tried = await take(database, tmp_path, "persons", text, dry_run=True)
    said = results(tmp_path)
    assert (tried.accepted, tried.refused) == (700, 1)
    assert await count(database, tables.customers) == 0
    await take(database, tmp_path, "persons", text)
    assert results(tmp_path) == said


@pytest.mark.parametrize("killed_after", [1, 2])
async def test_killed_and_started_again_it_ends_the_same(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_after: int
) -> None:
    monkeypatch.setattr(items, "BATCH", 10)
    path = written(tmp_path, people(45) + "x;;\n")
    batches: list[int] = []

    def kill(one: imports.Import) -> None:
        batches.append(one.done)
        if len(batches) == killed_after:
            raise asyncio.CancelledError

    with contextlib.suppress(asyncio.CancelledError):
        await running.run(database, taking(path, "persons", progress=kill))
    # What a kill leaves behind: lines of a batch that was not committed.
    with (tmp_path / "rows.report.csv").open("a") as file:
        file.write("30,torn,accepted,,,\n31,to")
    one = await running.run(database, taking(path, "persons"))
    assert (one.done, one.accepted, one.refused) == (46, 45, 1)
    assert [line[0] for line in report(tmp_path)] == [str(number) for number in range(2, 48)]
    assert set(results(tmp_path)[:45]) == {"accepted"}
    assert await count(database, tables.customers) == 45


async def test_a_batch_that_fails_leaves_no_line_behind(database: Database, tmp_path: Path) -> None:
    """A constraint that another process ran into first refuses its row alone."""
    text = people(3)
    done = False

    def meddle(connection: Connection, *_: Any) -> None:
        nonlocal done
        if not done and connection.in_transaction():
            done = True
            raise IntegrityError("insert", {}, Exception("somebody was first"))

    def insert_once(connection: Connection, *call: Any) -> None:
        if call[1].lower().startswith("insert into customers"):
            meddle(connection)

    engine = database
    event.listen(Connection, "before_cursor_execute", insert_once)
    try:
        one = await take(engine, tmp_path, "persons", text)
    finally:
        event.remove(Connection, "before_cursor_execute", insert_once)
    assert done
    assert (one.accepted, one.refused) == (3, 0)
    assert results(tmp_path) == ["accepted"] * 3


async def test_a_file_that_breaks_off_keeps_what_came_before_and_says_so(
    database: Database, tmp_path: Path
) -> None:
    text = people(2) + '2;"Open;' + "x\n" * 60_000
    with pytest.raises(Rejected, match="What came before is kept"):
        await take(database, tmp_path, "persons", text)
    assert await count(database, tables.customers) == 2
    [row] = await rows(database, tables.imports)
    assert row.state == "failed"
    [_, _, broken] = report(tmp_path)
    assert broken[:4] == ["4", "", "refused", "name"]
    assert "not closed" in broken[4]
    with pytest.raises(Rejected):
        await take(database, tmp_path, "persons", text)
    assert len(report(tmp_path)) == 3, "it goes on where it was, and says it once"


@pytest.mark.parametrize(
    ("head", "why"),
    [("name,email", "A column is missing: number"), ("number,nummer,name", "Two columns are")],
)
async def test_columns_that_are_wrong_are_named(
    database: Database, tmp_path: Path, head: str, why: str
) -> None:
    with pytest.raises(Rejected, match=why):
        await take(database, tmp_path, "persons", f"{head}\n1,2,3\n")


async def test_nothing_of_a_file_is_run_by_a_spreadsheet(
    database: Database, tmp_path: Path
) -> None:
    await take(database, tmp_path, "persons", f'{HEAD}"=cmd()";x;@sum\n+1;y;y@x.example\n')
    assert [line[1] for line in report(tmp_path)] == ["'=cmd()", "'+1"]


async def test_a_report_in_dutch(database: Database, tmp_path: Path) -> None:
    await take(database, tmp_path, "persons", HEAD + "1;;\n", language="nl")
    assert report(tmp_path) == [["2", "1", "geweigerd", "name", "Hier staat niets.", "Vul het in."]]
