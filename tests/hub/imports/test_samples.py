"""The sample files of the documentation go in as they are, in the order that it gives."""

from pathlib import Path

import pytest

from hub.imports import running
from hub.imports.kind import Kind
from hub.imports.kinds import KINDS
from hub.store import Database
from import_files import taking

SAMPLES = Path(__file__).parents[3] / "docs" / "samples"
PAGE = (SAMPLES.parent / "imports.md").read_text()


async def test_every_row_of_the_samples_is_accepted(database: Database, tmp_path: Path) -> None:
    for kind in KINDS:
        report = tmp_path / f"{kind}.csv"
        one = await running.run(database, taking(SAMPLES / f"{kind}.csv", kind, report=report))
        assert one.refused == 0, report.read_text()
        assert one.accepted


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_the_page_names_the_columns(kind: Kind) -> None:
    [line] = [line for line in PAGE.splitlines() if line.startswith(f"| [`{kind.name}`]")]
    if kind.name == "persons":
        return  # it refers to organisations
    for column in kind.columns:
        assert (f"**{column.name}**" if column.required else column.name) in line
