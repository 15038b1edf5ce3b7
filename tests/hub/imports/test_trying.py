"""A trial says of each row what the real import then does, also of rows that meet in the file."""

import random
from pathlib import Path

import pytest

from hub.errors import Rejected
from hub.imports import items
from hub.imports.trying import Repeated
from hub.store import Database, tables
from import_files import refusals, report, results, take
from stores import count

HEAD = "number;name;email;phone\n"
CUSTOMERS = f"{HEAD}1;Jan;jan@x.example;\n2;Eva;eva@x.example;\n"


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "BATCH", 3)


async def both(database: Database, folder: Path, kind: str, text: str) -> list[list[str]]:
    """What the trial said, when the real import says the same."""
    await take(database, folder, kind, text, dry_run=True)
    tried = report(folder)
    await take(database, folder, kind, text)
    assert tried == report(folder)
    return tried


async def test_rows_with_the_same_number_or_address_meet(
    database: Database, tmp_path: Path
) -> None:
    lines = [
        "1;Jan;jan@x.example;",
        "2;Eva;jan@x.example;",  # his address
        "3;Kees;;+31612345678",
        "1;Jan;jan@x.example;",  # nothing new
        "4;Piet;;+31612345678",  # the phone of Kees
        "4;Piet;piet@x.example;",  # the row before was refused: a new customer after all
        "5;Ans;piet@x.example;",
        "1;Johan;jan@x.example;",
    ]
    await both(database, tmp_path, "persons", HEAD + "\n".join(lines) + "\n")
    became = "accepted refused accepted unchanged refused accepted refused accepted"
    assert results(tmp_path) == became.split()
    assert [column for column, _ in refusals(tmp_path)] == ["email", "phone", "email"]


async def test_what_hangs_on_a_conversation_meets_too(database: Database, tmp_path: Path) -> None:
    await take(database, tmp_path, "persons", CUSTOMERS)
    lines = [f"{n};{1 if n < 5 else 2};2026-01-0{n};talk" for n in range(1, 7)]
    text = "id;customer;at;conversation\n" + "\n".join([*lines, lines[0]]) + "\n"
    await both(database, tmp_path, "interactions", text)
    assert results(tmp_path) == ["accepted"] * 4 + ["refused"] * 2 + ["unchanged"]


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_meets_in_a_file_the_trial_knows(
    database: Database, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)  # noqa: S311 (to be the same again)
    names, mails = ("Jan", "Eva"), ("", "a@x.example", "b@x.example", "c@x.example")
    phones = ("", "", "+31612345678", "+31612345679")
    rows = [
        f"{rng.randint(1, 5)};{rng.choice(names)};{rng.choice(mails)};{rng.choice(phones)}"
        for _ in range(25)
    ]
    said = await both(database, tmp_path, "persons", HEAD + "\n".join(rows) + "\n")
    assert {line[2] for line in said} >= {"accepted", "refused"}


async def test_a_trial_keeps_nothing_and_breaks_off_where_the_file_does(
    database: Database, tmp_path: Path
) -> None:
    text = CUSTOMERS + '3;Kees;jan@x.example;\n4;"Open;;\n'
    with pytest.raises(Rejected):
        await take(database, tmp_path, "persons", text, dry_run=True)
    assert results(tmp_path) == ["accepted", "accepted", "refused", "refused"]
    assert await count(database, tables.customers) == 0


def test_which_keys_come_again_is_known_without_keeping_them() -> None:
    found = Repeated(1)
    for key in ("a", "b", "a"):
        found.add(key)
    assert ["a" in found, "b" in found, "c" in found] == [True, False, False]
