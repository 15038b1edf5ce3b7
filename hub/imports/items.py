"""Makes records of the rows of a file, and batches of these."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hub.errors import Rejected
from hub.imports.fields import Reading
from hub.imports.kind import Cells, Heads, Kind
from hub.imports.refusal import Refused
from hub.imports.sheet import Row, Sheet

BATCH = 500


@dataclass
class Item:
    """Rows that belong together, and what was made of them: a record, or a refusal."""

    rows: list[Row]
    record: Any = None
    refusal: Refused | None = None
    key: str = ""
    keys: Sequence[str] = ()
    """What no other record of its batch may share."""
    beside: Sequence[str] = ()
    """What else of the file it has to do with."""

    @property
    def number(self) -> int:
        """Of its last row."""
        return self.rows[-1].number


def items_of(sheet: Sheet, heads: Heads, kind: Kind, reading: Reading) -> Iterator[Item]:
    ended: set[str] = set()
    for rows in _grouped(sheet, heads, kind):
        item = Item([row for row, _ in rows])
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
                item.record = kind.read(cells, reading)
                item.keys = kind.keys(item.record)
                item.beside = kind.beside(item.record)
            except Refused as error:
                refusal = error
        item.refusal = refusal
        yield item


def batches(items: Iterable[Item], rows_done: int, *, dry_run: bool) -> Iterator[list[Item]]:
    """What comes behind the rows that are done. A trial takes its batches apart by itself."""
    ahead = (item for item in items if item.number - 1 > rows_done)
    return _cut(ahead, split=not dry_run)


def apart(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Lists in which no key comes twice: what a row does, the next one of its key must see."""
    return _cut(items, split=True)


def _cut(items: Iterable[Item], *, split: bool) -> Iterator[list[Item]]:
    batch: list[Item] = []
    seen: set[str] = set()
    try:
        for item in items:
            if len(batch) >= BATCH or (split and not seen.isdisjoint(item.keys)):
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
