"""Tables for spreadsheets: CSV and XLSX, safe to open."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from hub import locales
from hub.texts import DEFAULT

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_NAME = 31
UTF_8 = "\ufeff"
"""Before a CSV file for people: without it, spreadsheet programs take Zoë for ZoÃ«."""
Cell = str | int | float | None
Table = Sequence[Sequence[Cell]]
"""Its first row names the columns."""


_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def guarded(cell: str) -> str:
    """What a spreadsheet would take for a formula gets an apostrophe: customers write subjects."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def csv_line(cells: Iterable[Cell], language: str = DEFAULT) -> str:
    """As spreadsheet programs in this language read it."""
    line, sign = io.StringIO(), locales.decimal_sign(language)
    writer = csv.writer(line, delimiter=locales.separator(language))
    writer.writerow([_in_csv(cell, sign) for cell in cells])
    return line.getvalue()


def as_csv(table: Table, language: str = DEFAULT) -> str:
    return "".join(csv_line(row, language) for row in table)


def _in_csv(cell: Cell, decimal_sign: str) -> str:
    if isinstance(cell, float):
        return str(cell).replace(".", decimal_sign)
    return "" if cell is None else guarded(cell) if isinstance(cell, str) else str(cell)


def as_workbook(tables: Mapping[str, Table]) -> bytes:
    """Each table on a sheet of its own. Takes a while for long ones: call it in a thread."""
    from openpyxl import Workbook  # noqa: PLC0415 (large, and seldom needed)

    book = Workbook(write_only=True)
    for name, table in tables.items():
        sheet = book.create_sheet(name[:_LONGEST_NAME])
        for row in table:
            sheet.append([_written(cell) if isinstance(cell, str) else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _written(cell: str) -> str:
    """Without what a workbook cannot hold."""
    return guarded(_NOT_IN_XML.sub("", cell))
