"""Reads rows from a CSV or XLSX file that anybody may have made, within limits.

CSV may be UTF-8, UTF-16 or Windows-1252, separated by commas, semicolons or tabs. Nothing in a file
is ever run: of a workbook the formulas are refused, and in CSV they are text.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Any, BinaryIO, Self

from openpyxl import load_workbook

from hub.errors import Rejected
from hub.imports.records import LONGEST_CELL, Broken, records
from hub.imports.refusal import BrokenOff

MOST_BYTES = 512 * 1024**2
MOST_UNPACKED = 1024**3
MOST_PARTS = 1_000
MOST_COLUMNS = 200
_PIECE = 1 << 20
_SEPARATORS = ",;\t"
_DOCTYPE = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
_ZIP = b"PK\x03\x04"
_MARKS = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF8: "utf-8-sig",
}


@dataclass(frozen=True)
class Row:
    """`number` counts as a spreadsheet does: the heads are row 1. `formulas`: columns in which one
    stands. `extra`: whether there are more cells than columns."""

    number: int
    cells: Mapping[str, str]
    formulas: frozenset[str] = field(default_factory=frozenset)
    extra: bool = False


@dataclass(frozen=True)
class Sheet:
    """`heads` as they are written; `rows` are read as they are asked for, until it is closed."""

    heads: tuple[str, ...]
    rows: Iterator[Row]
    file: Any
    separator: str = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


def open_sheet(path: Path) -> Sheet:
    """Raises Rejected for a file that is no sheet or too large. A workbook's first sheet counts."""
    if path.stat().st_size > MOST_BYTES:
        most = f"{MOST_BYTES // 1024**2} MB"
        raise Rejected("too_large", f"{path.name} is larger than {most}. Split it.")
    file = path.open("rb")
    try:
        beginning = file.read(len(_ZIP))
        return _workbook(file) if beginning == _ZIP else _csv(file, path.name)
    except BaseException:
        file.close()
        raise


def as_csv(workbook: bytes) -> bytes:
    """A workbook as CSV, for who lets a worker process read it. Raises Rejected."""
    out = io.StringIO()
    writer = csv.writer(out)
    heads, cells = _cells_of(io.BytesIO(workbook))
    writer.writerow(heads)
    for row in cells:
        if any(cell is FORMULA for cell in row):
            raise Rejected("formula", "A formula stands in the workbook. Save it as CSV.")
        writer.writerow(row)
    return out.getvalue().encode()


def as_csv_or_why(workbook: bytes) -> tuple[bytes, str, str]:
    """The same for a worker process, which cannot raise Rejected to who waits for it: the code and
    the text of it instead."""
    try:
        return as_csv(workbook), "", ""
    except Rejected as error:
        return b"", error.code, error.detail


FORMULA = "\0formula"
"""Stands for a cell with a formula; no text that is read contains a NUL."""


def _csv(file: BinaryIO, name: str) -> Sheet:
    text = io.TextIOWrapper(file, _encoding(file), errors="replace", newline="")
    first = text.readline(LONGEST_CELL)
    separator = max(_SEPARATORS, key=first.count)
    text.seek(0)
    numbered = _numbered(text, separator, name)
    heads = _heads(next(numbered, (1, []))[1], name)
    return Sheet(heads, _csv_rows(numbered, heads), text, separator)


def _csv_rows(numbered: Iterator[tuple[int, list[str]]], heads: Sequence[str]) -> Iterator[Row]:
    for number, cells in numbered:
        if any(cells):
            yield _row(number, heads, cells)


def _numbered(text: Iterable[str], separator: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows as a spreadsheet counts them. Raises BrokenOff, which names the column."""
    lines = (line.replace("\0", "") for line in text)
    heads: list[str] = []
    number = 1
    try:
        for cells in records(lines, separator):
            heads = heads or cells
            yield number, cells
            number += 1
    except Broken as error:
        named = heads[error.index].strip() if error.index < len(heads) else ""
        refusal = error.under(named or str(error.index + 1))
        raise BrokenOff(name, number, refusal) from error


def _encoding(file: BinaryIO) -> str:
    """By its mark; else UTF-8 if all of it is, as other text hardly ever is by chance."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    beginning = file.read(3)
    file.seek(0)
    for mark, encoding in _MARKS.items():
        if beginning.startswith(mark):
            return encoding
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)
    return "utf-8"


def _workbook(file: BinaryIO) -> Sheet:
    heads, cells = _cells_of(file)
    return Sheet(heads, _workbook_rows(heads, cells), file)


def _workbook_rows(heads: Sequence[str], cells: Iterator[list[str]]) -> Iterator[Row]:
    for number, row in enumerate(cells, 2):
        if any(row):
            yield _row(number, heads, row)


def _cells_of(file: BinaryIO) -> tuple[tuple[str, ...], Iterator[list[str]]]:
    _refuse_bombs(file)
    file.seek(0)
    try:
        workbook = load_workbook(file, read_only=True, keep_links=False)
        page: Any = workbook.worksheets[0]
        page.reset_dimensions()
        rows = page.iter_rows(max_col=MOST_COLUMNS + 1)
        heads = _heads([_written(cell) for cell in next(rows, ())], "the workbook")
    except Rejected:
        raise
    except Exception as error:  # what the library meets in a file that only looks like one
        raise _no_workbook() from error
    return heads, _written_rows(rows)


def _written_rows(rows: Iterator[Any]) -> Iterator[list[str]]:
    try:
        for row in rows:
            yield [_written(cell) for cell in row]
    except Exception as error:
        raise _no_workbook() from error


def _refuse_bombs(file: BinaryIO) -> None:
    """A workbook is a zip of XML: neither may grow without end when it is opened."""
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Rejected(
                    "too_large", "The workbook is too large when opened. Save it as CSV."
                )
            for part in parts:
                with packed.open(part) as opened:
                    beginning = opened.read(_PIECE)
                if any(mark in beginning for mark in _DOCTYPE):
                    raise Rejected("entities", "The workbook defines entities. Save it anew.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _no_workbook() from error


def _no_workbook() -> Rejected:
    return Rejected("no_workbook", "This is no workbook that can be read. Save it as .xlsx or CSV.")


def _written(cell: Any) -> str:
    if getattr(cell, "data_type", "") == "f":
        return FORMULA
    value = cell.value
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case float() if value.is_integer():
            text = str(int(value))
        case datetime():
            # A day is a moment for a spreadsheet.
            text = (value.date() if value.time() == time() else value).isoformat().replace("T", " ")
        case _:
            text = str(value).replace("\0", "")
    return text


def _heads(cells: Sequence[str], name: str) -> tuple[str, ...]:
    heads = tuple(cell.strip() for cell in cells)
    while heads and not heads[-1]:
        heads = heads[:-1]
    if not heads:
        raise Rejected("no_heads", f"The first row of {name} is empty: it must name the columns.")
    if len(heads) > MOST_COLUMNS:
        raise Rejected("columns", f"{name} has more than {MOST_COLUMNS} columns. Leave some out.")
    return heads


def _row(number: int, heads: Sequence[str], cells: Sequence[str]) -> Row:
    given = dict(zip(heads, cells, strict=False))
    return Row(
        number,
        {head: cell.strip() for head, cell in given.items() if cell != FORMULA},
        frozenset(head for head, cell in given.items() if cell == FORMULA),
        extra=any(cell.strip() for cell in cells[len(heads) :]),
    )
