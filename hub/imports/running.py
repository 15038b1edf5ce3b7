"""Goes through a file in batches, each in a transaction of its own together with how far it is.

A run that was killed is started again in the same way, and goes on where it was: the end is the
same. Nothing that is imported is told on the bus: it is the past, and nobody is to act on it.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from hub.errors import Rejected
from hub.imports.custom_columns import with_fields
from hub.imports.fields import Reading
from hub.imports.items import Item, batches, items_of
from hub.imports.kind import Became, Kind, Outcome, heads_of
from hub.imports.refusal import BrokenOff, Refused
from hub.imports.report import Line, Report
from hub.imports.sheet import Sheet, open_sheet
from hub.imports.trying import Trial, look_through
from hub.store import Database, imports, outbox
from hub.store.imports import Import

log = structlog.get_logger(__name__)

_PIECE = 1 << 20


@dataclass(frozen=True)
class Run:
    """How a file is taken in. `progress` is told after each batch."""

    kind: Kind
    path: Path
    report: Path
    by: str
    dry_run: bool = False
    reading: Reading = field(default_factory=Reading)
    language: str = "en"
    filename: str = ""
    progress: Callable[[Import], None] = lambda _: None

    def shown_by(self, progress: Callable[[Import], None]) -> "Run":
        return replace(self, progress=progress)


async def run(database: Database, run: Run) -> Import:
    """Take the file in, or say what would become of it. Raises Rejected when it cannot be read, or
    not to its end; what came before stays, and the same file goes on there."""
    kind = await database.read(lambda c: with_fields(c, run.kind))
    with await asyncio.to_thread(open_sheet, run.path) as sheet:
        return await _run(database, replace(run, kind=kind), sheet)


async def _run(database: Database, run: Run, sheet: Sheet) -> Import:
    heads = heads_of(sheet, run.kind)
    trial = await asyncio.to_thread(_trial, run) if run.dry_run else None
    sha256 = await asyncio.to_thread(digest_of, run.path)
    one = await database.write(lambda c: _begin(c, run, sha256))
    report = Report(run.report, run.language, rows_done=one.done and one.done + 1)
    taking = _Taking(database, run, one, report, trial)
    try:
        items = items_of(sheet, heads, run.kind, run.reading)
        async for batch in _ahead(batches(items, one.done, dry_run=run.dry_run)):
            await taking.take(batch)
    except Rejected as error:
        problem = error.code
        if isinstance(error, BrokenOff):
            report.write([Line(error.row, "", Outcome(Became.REFUSED, error.refusal))])
        await database.write(lambda c: imports.end(c, taking.one, problem))
        raise
    finally:
        report.close()
    return await database.write(lambda c: imports.end(c, taking.one))


def _trial(run: Run) -> Trial:
    with open_sheet(run.path) as sheet:
        size, heads = run.path.stat().st_size, heads_of(sheet, run.kind)
        return Trial(run.kind, look_through(sheet, heads, run.kind, run.reading, size))


async def unread(database: Database, path: Path, kind: Kind) -> tuple[str, ...]:
    """The columns that nothing is read of. Raises Rejected for a file that cannot be taken in."""
    here = await database.read(lambda c: with_fields(c, kind))

    def look() -> tuple[str, ...]:
        with open_sheet(path) as sheet:
            return heads_of(sheet, here).unread

    return await asyncio.to_thread(look)


def digest_of(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()


def _begin(connection: Connection, run: Run, sha256: str) -> Import:
    if not run.dry_run:
        before = imports.interrupted(connection, run.kind.name, sha256)
        if before is not None and run.report.exists():
            return before
    return imports.begin(
        connection,
        kind=run.kind.name,
        filename=run.filename or run.path.name,
        sha256=sha256,
        dry_run=run.dry_run,
        by=run.by,
    )


class _Taking:
    """One run over a file: `one` is how far it is."""

    def __init__(
        self, database: Database, run: Run, one: Import, report: Report, trial: Trial | None
    ) -> None:
        self._database = database
        self._run = run
        self._report = report
        self._trial = trial
        self.one = one

    async def take(self, batch: Sequence[Item]) -> None:
        try:
            await self._write(batch)
        except (IntegrityError, DataError) as error:
            if len(batch) > 1:
                # Somebody wrote one of these at the same moment: it alone is refused.
                for item in batch:
                    await self.take([item])
                return
            log.warning("import.row_refused", row=batch[0].rows[0].number, reason=str(error.orig))
            batch[0].refusal = Refused("at_once", "")
            await self._write(batch)
        self._run.progress(self.one)

    async def _write(self, batch: Sequence[Item]) -> None:
        places: list[int] = []

        def cut() -> None:
            while places:
                self._report.cut(places.pop())

        def work(connection: Connection) -> Import:
            cut()  # it is tried again
            lines = _lines(batch, self._outcomes(connection, batch))
            counts = Counter(line.outcome.became.value for line in lines)
            done = batch[-1].rows[-1].number - 1
            moved = imports.advance(connection, self.one, done, counts)
            # Before it is committed: what is committed must be in the report.
            places.append(self._report.write(lines))
            return moved

        try:
            self.one = await self._database.write(work)
        except BaseException:
            cut()
            raise
        if self._trial is not None:
            self._trial.remember(batch)

    def _outcomes(self, connection: Connection, batch: Sequence[Item]) -> list[Outcome]:
        readable = [item for item in batch if item.refusal is None]
        written = iter(self._written(connection, readable) if readable else ())
        return [
            Outcome(Became.REFUSED, item.refusal) if item.refusal else next(written)
            for item in batch
        ]

    def _written(self, connection: Connection, items: Sequence[Item]) -> list[Outcome]:
        with outbox.untold(connection):
            if self._trial is not None:
                return self._trial.outcomes(connection, items)
            return self._run.kind.write(connection, [item.record for item in items])


def _lines(batch: Sequence[Item], outcomes: Sequence[Outcome]) -> list[Line]:
    """Every row of the file has one, also where several make one record."""
    return [
        Line(row.number, item.key, outcome)
        for item, outcome in zip(batch, outcomes, strict=True)
        for row in item.rows
    ]


async def _ahead(batches: Iterator[list[Item]]) -> AsyncIterator[list[Item]]:
    """The next batch is read in a thread, so that the loop stays free."""
    while (batch := await asyncio.to_thread(next, batches, None)) is not None:
        yield batch
