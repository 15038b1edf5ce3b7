"""Goes through a file in batches, each in a transaction of its own together with how far it is.

A run that was killed is started again in the same way, and goes on where it was: the end is the
same. Nothing that is imported is told on the bus: it is the past, and nobody is to act on it.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from hub.errors import Rejected
from hub.imports.custom_columns import with_fields
from hub.imports.fields import Reading
from hub.imports.kind import Became, Cells, Heads, Kind, Outcome, heads_of
from hub.imports.refusal import BrokenOff, Refused
from hub.imports.report import Line, Report
from hub.imports.sheet import Row, Sheet, open_sheet
from hub.store import Database, imports, outbox
from hub.store.imports import Import

log = structlog.get_logger(__name__)

BATCH = 500
_PIECE = 1 << 20


@dataclass
class _Item:
    """Rows that belong together, and what was made of them: a record, or a refusal."""

    rows: list[Row]
    record: Any = None
    refusal: Refused | None = None
    key: str = ""
    keys: Sequence[str] = ()
    """What no other record of its batch may share."""


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
    sha256 = await asyncio.to_thread(digest_of, run.path)
    one = await database.write(lambda c: _begin(c, run, sha256))
    report = Report(run.report, run.language, rows_done=one.done and one.done + 1)
    taking = _Taking(database, run, one, report)
    try:
        async for batch in _ahead(_batches(_items(sheet, heads, run), one.done)):
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

    def __init__(self, database: Database, run: Run, one: Import, report: Report) -> None:
        self._database = database
        self._run = run
        self._report = report
        self.one = one

    async def take(self, batch: Sequence[_Item]) -> None:
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

    async def _write(self, batch: Sequence[_Item]) -> None:
        places: list[int] = []

        def cut() -> None:
            while places:
                self._report.cut(places.pop())

        def work(connection: Connection) -> Import:
            cut()  # it is tried again
            lines = _lines(batch, _outcomes(connection, self._run, batch))
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


def _outcomes(connection: Connection, run: Run, batch: Sequence[_Item]) -> list[Outcome]:
    records = [item.record for item in batch if item.refusal is None]
    written = iter(_written(connection, run, records) if records else ())
    return [
        Outcome(Became.REFUSED, item.refusal) if item.refusal else next(written) for item in batch
    ]


def _written(connection: Connection, run: Run, records: Sequence[Any]) -> list[Outcome]:
    with outbox.untold(connection):
        if not run.dry_run:
            return run.kind.write(connection, records)
        tried = connection.begin_nested()
        try:
            return run.kind.write(connection, records)
        finally:
            tried.rollback()


def _lines(batch: Sequence[_Item], outcomes: Sequence[Outcome]) -> list[Line]:
    """Every row of the file has one, also where several make one record."""
    return [
        Line(row.number, item.key, outcome)
        for item, outcome in zip(batch, outcomes, strict=True)
        for row in item.rows
    ]


async def _ahead(batches: Iterator[list[_Item]]) -> AsyncIterator[list[_Item]]:
    """The next batch is read in a thread, so that the loop stays free."""
    while (batch := await asyncio.to_thread(next, batches, None)) is not None:
        yield batch


def _batches(items: Iterable[_Item], rows_done: int) -> Iterator[list[_Item]]:
    """Lists in which no key comes twice: what a row does, the next one of its key must see."""
    batch: list[_Item] = []
    seen: set[str] = set()
    try:
        for item in items:
            if item.rows[-1].number - 1 <= rows_done:
                continue
            if len(batch) >= BATCH or not seen.isdisjoint(item.keys):
                yield batch
                batch, seen = [], set()
            batch.append(item)
            seen.update(item.keys)
    except Rejected:
        # The file breaks off here: what came before is taken all the same.
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _items(sheet: Sheet, heads: Heads, run: Run) -> Iterator[_Item]:
    kind = run.kind
    ended: set[str] = set()
    for rows in _grouped(sheet, heads, kind):
        item = _Item([row for row, _ in rows])
        first_key = rows[0][1][kind.columns[0].name] if isinstance(rows[0][1], Cells) else ""
        item.key = first_key[:200]
        refusal = next((one for _, one in rows if isinstance(one, Refused)), None)
        if refusal is None and kind.grouped and item.key:
            if item.key in ended:
                refusal = Refused("apart", kind.grouped)
            ended.add(item.key)
        if refusal is None:
            try:
                cells = [one for _, one in rows if isinstance(one, Cells)]
                item.record = kind.read(cells, run.reading)
                item.keys = kind.keys(item.record)
            except Refused as error:
                refusal = error
        item.refusal = refusal
        yield item


_Read = Cells | Refused


def _grouped(sheet: Sheet, heads: Heads, kind: Kind) -> Iterator[list[tuple[Row, _Read]]]:
    """Neighbours with the same value in the column that groups, else each row alone."""
    group: list[tuple[Row, _Read]] = []
    for row in sheet.rows:
        read = _cells(heads, row, sheet.separator)
        if not kind.grouped:
            yield [(row, read)]
            continue
        if group and not _goes_with(group[0][1], read, kind.grouped):
            yield group
            group = []
        group.append((row, read))
    if group:
        yield group


def _goes_with(first: _Read, read: _Read, column: str) -> bool:
    if isinstance(first, Refused) or isinstance(read, Refused):
        return False
    return bool(read[column]) and first[column] == read[column]


def _cells(heads: Heads, row: Row, separator: str) -> _Read:
    try:
        return heads.cells(row, separator)
    except Refused as error:
        return error
