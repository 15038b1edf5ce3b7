"""Takes files in for administrators, one after the other, beside the console's other work.

What a stopped process leaves undone goes on when the same file is handed in again.
"""

import asyncio
import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import structlog

from hub.errors import LoketError, Rejected
from hub.imports import running
from hub.imports.fields import Reading
from hub.imports.kind import Kind
from hub.imports.running import Run, digest_of
from hub.imports.sheet import as_csv_or_why
from hub.isolation import WorkerFailed, Workers
from hub.store import Database
from hub.store.imports import Import

log = structlog.get_logger(__name__)

MOST_BYTES = 64 * 1024**2
MOST_WORKBOOK = 16 * 1024**2
"""A worker process has to read it in the time of one job."""
_KEPT_SECONDS = 30 * 86_400
_ZIP = b"PK\x03\x04"
_PIECE = 1 << 20


@dataclass(frozen=True)
class HandedIn:
    """A file that somebody chose on the page."""

    kind: Kind
    filename: str
    content: BinaryIO
    dry_run: bool
    by: str
    reading: Reading
    language: str


class ImportDesk:
    def __init__(self, database: Database, workers: Workers, folder: Path) -> None:
        self._database = database
        self._workers = workers
        self._folder = folder
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """What is half done stays so, and can be gone on with."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def begin(self, given: HandedIn) -> tuple[str, ...]:
        """Start to take a file in; gives the columns that are not read. Raises Rejected."""
        path = await self._kept(given)
        unread = await running.unread(self._database, path, given.kind)
        run = Run(
            kind=given.kind,
            path=path,
            report=self._report(given.kind.name, path.stem, dry_run=given.dry_run),
            by=given.by,
            dry_run=given.dry_run,
            reading=given.reading,
            language=given.language,
            filename=given.filename,
        )
        task = asyncio.create_task(self._run(run), name="import")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return unread

    def report_of(self, one: Import) -> Path | None:
        """Where its report is, as far as it is written; None once it is gone."""
        path = self._report(one.kind, one.sha256, dry_run=one.dry_run)
        return path if path.exists() else None

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    async def _run(self, run: Run) -> None:
        async with self._turn:
            try:
                await running.run(self._database, run)
            except LoketError as error:
                log.warning("import.failed", file=run.filename, reason=str(error))
            except Exception:
                log.exception("import.failed", file=run.filename)

    def _report(self, kind: str, sha256: str, *, dry_run: bool) -> Path:
        return self._folder / f"{kind}-{sha256}{'-tried' if dry_run else ''}.report.csv"

    async def _kept(self, given: HandedIn) -> Path:
        """The file as CSV, named by its content."""
        beginning = given.content.read(len(_ZIP))
        given.content.seek(0)
        if beginning == _ZIP:
            plain = await self._unpacked(given)
            return await asyncio.to_thread(self._keep, iter([plain]))
        return await asyncio.to_thread(self._keep, _pieces(given.content))

    async def _unpacked(self, given: HandedIn) -> bytes:
        content = await asyncio.to_thread(given.content.read, MOST_WORKBOOK + 1)
        if len(content) > MOST_WORKBOOK:
            raise Rejected("too_large", "The workbook is too large. Save it as CSV.", status=413)
        try:
            plain, code, why = await self._workers.run(as_csv_or_why, content)
        except WorkerFailed as error:
            detail = "The workbook takes too long to read. Save it as CSV."
            raise Rejected("too_large", detail, status=422) from error
        if code:
            raise Rejected(code, why, status=422)
        return plain

    def _keep(self, pieces: Iterator[bytes]) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._tidy()
        descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".new")
        try:
            with os.fdopen(descriptor, "wb") as file:
                for piece in pieces:
                    file.write(piece)
            path = self._folder / f"{digest_of(Path(name))}.csv"
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return path

    def _tidy(self) -> None:
        """Files and reports serve for a month."""
        before = time.time() - _KEPT_SECONDS
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()


def _pieces(content: BinaryIO) -> Iterator[bytes]:
    size = 0
    while piece := content.read(_PIECE):
        size += len(piece)
        if size > MOST_BYTES:
            detail = "The file is too large for this page. Use loket import."
            raise Rejected("too_large", detail, status=413)
        yield piece
