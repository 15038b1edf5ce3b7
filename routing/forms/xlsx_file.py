"""A model as a workbook, one sheet for each section. Formulas are neither written nor run."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from routing.definition import Definition
from routing.forms.from_sheets import FIRST_ROW, from_sheets
from routing.forms.limits import (
    MOST_COLUMNS,
    MOST_PARTS,
    MOST_ROWS,
    MOST_UNPACKED,
    broken,
    content_of,
    too_many_rows,
)
from routing.forms.matrix import Sheet, to_sheets
from routing.model_file.problem import BrokenModel, Problem
from routing.said import said

_NUMBER = re.compile(r"-?[0-9]{1,9}")
_NOT_ALLOWED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DOCTYPE = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))
_WIDTH = 16


def to_xlsx(definition: Definition) -> bytes:
    """Every cell is text or a whole number; the heads stay in sight."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for sheet in to_sheets(definition):
        page: Any = workbook.create_sheet(sheet.name)
        page.freeze_panes = "A2"
        for number, row in enumerate([sheet.columns, *sheet.rows], 1):
            for column, text in enumerate(row, 1):
                _put(page.cell(number, column), text)
        for column, _ in enumerate(sheet.columns, 1):
            page.cell(1, column).font = Font(bold=True)
            page.column_dimensions[get_column_letter(column)].width = _WIDTH
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def _put(cell: Any, text: str) -> None:
    if not text:
        return
    if _NUMBER.fullmatch(text):
        cell.value = int(text)
        return
    cell.value = _NOT_ALLOWED.sub("\N{REPLACEMENT CHARACTER}", text)
    cell.data_type = "s"


def from_xlsx(path: Path) -> Definition:
    """Raises BrokenModel; its problems name sheet, row and column."""
    content = content_of(path)
    _refuse_bombs(content, str(path))
    try:
        workbook = load_workbook(BytesIO(content), read_only=True, keep_links=False)
        sheets = [_read(workbook[name], name, str(path)) for name in workbook.sheetnames]
    except BrokenModel:
        raise
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise _not_a_workbook(str(path)) from error
    except Exception as error:  # what the library meets in a file that only looks like one
        raise _not_a_workbook(str(path)) from error
    return from_sheets([sheet for sheet in sheets if sheet.columns], str(path))


def _not_a_workbook(file: str) -> BrokenModel:
    return broken(file, 0, said("This is not a workbook."), said("Save it as .xlsx and try again."))


def _refuse_bombs(content: bytes, file: str) -> None:
    """A workbook is a zip of XML: neither may grow without end when it is opened."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                advice = said("Take out pictures and other sheets.")
                raise broken(file, 0, said("This workbook is too large when it is opened."), advice)
            for part in parts:
                text = packed.read(part)
                if any(mark in text for mark in _DOCTYPE):
                    what = said("The part {part} defines entities.", part=part.filename[:60])
                    raise broken(file, 0, what, said("Save it anew with a spreadsheet program."))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _not_a_workbook(file) from error


def _read(page: Any, name: str, file: str) -> Sheet:
    rows: list[tuple[str, ...]] = []
    problems: list[Problem] = []
    page.reset_dimensions()
    for number, row in enumerate(page.iter_rows(max_col=MOST_COLUMNS + 1), 1):
        beyond = any(cell.value is not None for cell in row[MOST_COLUMNS:])
        if number > MOST_ROWS or beyond:
            raise too_many_rows(f"{file}, sheet {name}")
        head = rows[0] if rows else ()
        rows.append(tuple(_cells(row, f"{file}, sheet {name}", number, head, problems)))
    if problems:
        raise BrokenModel(problems)
    columns = tuple(column.strip() for column in rows[0]) if rows else ()
    return Sheet(name, columns, tuple(rows[FIRST_ROW - 1 :]))


def _cells(
    row: Any, where: str, number: int, head: tuple[str, ...], problems: list[Problem]
) -> Iterator[str]:
    for place, cell in enumerate(row):
        if cell.data_type == "f":
            column = head[place] if place < len(head) else get_column_letter(place + 1)
            what = said("A formula stands here; it is not run.")
            problems.append(
                Problem(
                    f"{where}, column {column}", number, what, said("Write its outcome instead.")
                )
            )
        yield _text(cell.value)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() | date():
            return value.strftime("%Y-%m-%d")
        case _:
            return str(value)
