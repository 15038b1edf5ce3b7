"""Scans in a folder are taken in once, whole, and moved only when they are kept."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from builders import TOKENS
from connectors.manual import folder as folder_module
from connectors.manual.connector import ManualConnector
from connectors.manual.settings import FolderSettings, ManualSettings
from hub.bus.opening import open_bus
from hub.connector import ConnectorContext
from hub.intake import Intake
from hub.isolation import Workers
from hub.metrics import Metrics
from hub.settings import BusSettings, HubSettings
from hub.store import Blobs, Database
from hub.store.tables import attachments, customers, interactions
from stores import opened, rows
from waiting import eventually

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    async with opened(sqlite_url) as found:
        yield found


@asynccontextmanager
async def watching(
    database: Database, path: Path, **changes: Any
) -> AsyncIterator[ManualConnector]:
    """A connector that looks into this folder, and takes what it finds there at once."""
    quick = {"path": path, "seconds": 0.05, "settle_seconds": 0}
    settings = ManualSettings(folders={"post": FolderSettings.model_validate(quick | changes)})
    metrics, workers = Metrics(), Workers(1)
    context = ConnectorContext(
        hub=HubSettings(),
        intake=Intake(database, TOKENS, metrics, _nothing),
        database=database,
        blobs=Blobs(path.parent / "blobs"),
        tokens=TOKENS,
        bus=open_bus(BusSettings(), database, _bury),
        workers=workers,
        metrics=metrics,
        report=_report,
        wake=_nothing,
    )
    connector = ManualConnector(settings, context)
    await connector.start()
    try:
        yield connector
    finally:
        await connector.stop()
        await workers.stop()


def files(path: Path) -> set[str]:
    return {each.relative_to(path).as_posix() for each in path.rglob("*") if each.is_file()}


def there(path: Path, *names: str) -> Any:
    return lambda: set(names) <= files(path)


async def test_a_scan_becomes_a_contact_and_goes_to_done(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "post"
    path.mkdir()
    (path / "Complaint of Jan.pdf").write_bytes(PDF)
    (path / ".hidden.pdf").write_bytes(PDF + b"1")
    (path / "half.pdf.part").write_bytes(PDF + b"2")
    (tmp_path / "secret.pdf").write_bytes(PDF + b"3")
    (path / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    async with watching(database, path, topic="order", form="fax"):
        await eventually(there(path, "done/Complaint of Jan.pdf"))
        (path / "Complaint of Jan.pdf").write_bytes(PDF + b"another")
        await eventually(lambda: len(files(path / "done")) == 2)
    first, second = await rows(database, interactions)
    assert (first.channel, first.subject, first.topic) == ("manual", "Complaint of Jan", "order")
    assert (first.details, first.account) == ({"form": "fax"}, "folder post")
    assert first.conversation_id != second.conversation_id
    names = {one.filename for one in await rows(database, attachments)}
    assert names == {"Complaint of Jan.pdf"}
    assert {one.name for one in await rows(database, customers)} == {"By letter"}
    assert {".hidden.pdf", "half.pdf.part", "link.pdf"} <= files(path)


async def test_a_crash_before_it_is_moved_makes_no_second_letter(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "post"
    path.mkdir()
    (path / "letter.pdf").write_bytes(PDF)
    with monkeypatch.context() as crashing:
        crashing.setattr(folder_module, "_put_away", lambda *_: None)
        async with watching(database, path):
            await eventually(lambda: rows(database, interactions))
    assert files(path) == {"letter.pdf"}
    async with watching(database, path):
        await eventually(there(path, "done/letter.pdf"))
    assert len(await rows(database, interactions)) == 1


async def test_what_is_no_scan_is_put_aside_with_the_reason(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "post"
    path.mkdir()
    (path / "run.exe").write_bytes(b"MZ\x90\0" * 20)
    (path / "notes.txt").write_text("plain text")
    (path / "huge.pdf").write_bytes(PDF + b" " * 2000)
    async with watching(database, path, size_limit=1000):
        await eventually(lambda: len(files(path / "refused")) == 6)
    assert "larger than 1000 bytes" in (path / "refused" / "huge.pdf.txt").read_text()
    assert "PDF or a picture" in (path / "refused" / "run.exe.txt").read_text()
    assert await rows(database, interactions) == []


async def test_a_file_that_is_still_written_waits(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "post"
    path.mkdir()
    young, old = path / "young.pdf", path / "old.pdf"
    young.write_bytes(PDF)
    old.write_bytes(PDF + b"old")
    os.utime(old, (1_700_000_000, 1_700_000_000))
    async with watching(database, path, settle_seconds=3600):
        await eventually(there(path, "done/old.pdf"))
    assert young.exists()


async def test_a_folder_that_is_not_there_is_said_and_watched_again_when_it_is(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "post"
    async with watching(database, path) as connector:
        await eventually(lambda: connector.problem)
        assert connector.problem == "post: No such file or directory"
        [finding] = await connector.check()
        assert (finding.ok, "there is no folder" in finding.what) == (False, True)
        path.mkdir()
        (path / "letter.pdf").write_bytes(PDF)
        await eventually(there(path, "done/letter.pdf"))
        await eventually(lambda: not connector.problem)
        [finding] = await connector.check()
        assert finding.ok


def _nothing() -> None: ...


async def _report(*_: Any) -> None: ...


async def _bury(letters: Any) -> None:
    raise AssertionError(f"dead letters: {letters}")
