"""Files to take in, written for a test, and what becomes of their rows."""

import csv
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hub.imports import running
from hub.imports.fields import Reading
from hub.imports.kinds import kind_of
from hub.store import Database
from hub.store.imports import Import

AMSTERDAM = Reading(zone=ZoneInfo("Europe/Amsterdam"))


def taking(path: Path, kind: str, **more: Any) -> running.Run:
    values: dict[str, Any] = {"by": "test", "reading": AMSTERDAM} | more
    values.setdefault("report", path.with_suffix(".report.csv"))
    return running.Run(kind=kind_of(kind), path=path, **values)


def written(folder: Path, text: str | bytes, name: str = "rows.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


async def take(database: Database, folder: Path, kind: str, text: str, **more: Any) -> Import:
    """Take in a CSV file with this text."""
    return await running.run(database, taking(written(folder, text), kind, **more))


def report(folder: Path, name: str = "rows.report.csv") -> list[list[str]]:
    """What the report says, without its heads."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def results(folder: Path) -> list[str]:
    return [line[2] for line in report(folder)]


def refusals(folder: Path) -> list[tuple[str, str]]:
    """Of what was refused, the column and why."""
    return [(line[3], line[4]) for line in report(folder) if line[2] == "refused"]
